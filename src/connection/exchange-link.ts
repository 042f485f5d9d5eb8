import type { Limits } from "../protocol/limits.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { Version } from "../protocol/version.ts";
import type { Logger } from "../service/logger.ts";
import { Roster } from "../service/roster.ts";
import type { Clock } from "../time/clock.ts";
import { closedTo, cutFrom, endedBy, lostTo } from "./disconnects.ts";
import { DialError } from "./errors/dial-error.ts";
import { DisconnectError } from "./errors/disconnect-error.ts";
import { ExchangeError } from "./errors/exchange-error.ts";
import { InvalidResponseError } from "./errors/invalid-response-error.ts";
import { MessageTooLongError } from "./errors/message-too-long-error.ts";
import type { Exchange } from "./exchange.ts";
import { ExchangedAnswers } from "./exchanged-answers.ts";
import { Going } from "./going.ts";
import { NextAttempt } from "./next-attempt.ts";
import { lossOf } from "./outgoing.ts";
import { excess, isSettled, type Outlet, textOf, type WaitingMessage } from "./outlet.ts";
import type { PendingCall } from "./pending-call.ts";
import type { PendingCalls } from "./pending-calls.ts";
import { WaitingList } from "./waiting-list.ts";

/** What a link over exchanges is made of. */
export interface ExchangeLinkOptions {
  /** The other end, as errors and the log name it. */
  readonly address: string;
  readonly limits: Limits;
  readonly pending: PendingCalls;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly version: Version;
  /**
   * Milliseconds until what could not be sent is tried again, after so many failures in a row. Without it, that
   * rejects the calls in it at once.
   */
  readonly retryAfter: ((failures: number) => number) | undefined;
  /** Told once that no call can be made any more. Before any pending call is rejected. */
  readonly onDisconnect: (reason: DisconnectError) => void;
  /** Told once, last, that everything is over. */
  readonly onClosed: () => void;
}

/**
 * JSON-RPC over exchanges, this side calling: each call, notification or batch is an exchange of its own, and what
 * does not settle its calls by the end of it never will.
 *
 * A notification is done when its exchange is, so that it can tell whether the peer took it.
 */
export class ExchangeLink implements Outlet {
  readonly #exchange: Exchange;
  readonly #pending: PendingCalls;
  readonly #logger: Logger;
  readonly #options: ExchangeLinkOptions;
  readonly #waiting = new WaitingList<WaitingMessage>(isSettled);
  /** What still goes out after the close. */
  #last: WaitingMessage[] = [];
  readonly #going = new Roster<Going>();
  #disconnect: DisconnectError | undefined;
  #over = false;
  readonly #answers: ExchangedAnswers;
  /** Of what could not be sent, if that is to be tried again. */
  readonly #next: NextAttempt | undefined;

  constructor(exchange: Exchange, options: ExchangeLinkOptions) {
    this.#exchange = exchange;
    this.#options = options;
    this.#pending = options.pending;
    this.#logger = options.logger;
    this.#answers = new ExchangedAnswers(exchange, options);
    const { retryAfter, clock } = options;
    this.#next = retryAfter && new NextAttempt(clock, retryAfter, () => this.#sendWaiting());
    this.#pending.onGiveUp = (call, id) => this.#givenUp(call, id);
    exchange.onRoom = () => this.#sendWaiting();
    void exchange.closed.then((reason) => this.#closed(reason));
  }

  /** What this side has to say of its own accord: for a link of this kind, all there is. */
  get outgoing(): Outlet {
    return this;
  }

  /** Whether all the exchanges are going on that may at once. */
  get full(): boolean {
    return this.#going.size >= this.#exchange.concurrency;
  }

  sendCall(call: PendingCall, body: RequestBody): void {
    this.sendMessage({ batch: false, members: [{ call, body, notification: false }] });
  }

  /** Never at once: it waits for the end of its exchange, as long as its timeout lets it. */
  sendNotification(): undefined {
    return undefined;
  }

  sendMessage(message: WaitingMessage): void {
    const reason = this.#disconnect;
    const error = excess(message, this.#options.limits.batchLength) ?? this.#endless(message);
    if (reason) for (const { call } of message.members) this.#pending.reject(call, lossOf(call, "not-sent", reason));
    else if (error) for (const { call } of message.members) this.#pending.reject(call, error);
    else {
      this.#waiting.add(message);
      this.#sendWaiting();
    }
  }

  /**
   * Ends it in good order: calls are rejected, and their exchanges given up. Notifications still go out, those that
   * are in one batch with calls only if they are on their way.
   */
  close(): void {
    if (this.#disconnect) return;
    this.#end(closedTo(this.#options.address), notifies);
  }

  /** Ends it at once. */
  destroy(cause?: Error): void {
    this.#end(cutFrom(this.#options.address, cause), () => false);
  }

  #closed(cause: Error | undefined): void {
    const { address } = this.#options;
    this.#end(cause ? lostTo(address, cause) : endedBy(address), () => false);
  }

  // Going out.

  /** Why a message would wait for ever if its answer never came; `undefined` when it would not. */
  #endless({ members }: WaitingMessage): RangeError | undefined {
    if (this.#exchange.needsTimeout !== true) return undefined;
    if (!members.some(({ call, notification }) => call.isEndless && !notification)) return undefined;
    const { transport } = this.#exchange.peer;
    return new RangeError(`expected a timeout above 0, got none: over ${transport} nobody tells when a server dies`);
  }

  #sendWaiting(): void {
    while (this.#going.size < this.#exchange.concurrency && this.#next?.isDue !== true) {
      const message = this.#waiting.take();
      const members = message?.members.filter(({ call }) => call.pending);
      const next = message && members ? { ...message, members } : this.#last.shift();
      if (!next) return;
      this.#send(next);
    }
  }

  #send(message: WaitingMessage): void {
    const going = new Going(message);
    this.#going.add(going);
    for (const { call } of message.members) {
      // From here on nobody can know whether it was executed.
      call.ordinal = 1;
      call.carrier = going;
    }
    void this.#finish(
      going,
      this.#exchange.exchange(textOf(message.batch, message.members, this.#options.version), going),
    );
  }

  async #finish(going: Going, exchange: Promise<string | undefined>): Promise<void> {
    try {
      this.#answered(going, await going.outcome(exchange));
    } catch (error) {
      this.#failed(going, error);
    }
    for (const { call } of going.message.members) if (call.carrier === going) call.carrier = undefined;
    this.#going.delete(going);
    this.#sendWaiting();
    this.#closeIfIdle();
  }

  /** A call timed out or was aborted. When nobody is left to care, its exchange is given up too. */
  #givenUp(call: PendingCall, id: number): void {
    const going = call.carrier as Going | undefined;
    if (!going) return;
    going.calls.delete(id);
    if (--going.wanted === 0) going.giveUp(call.governor.watched?.signal.reason);
  }

  // Coming in.

  #answered(going: Going, text: string | undefined): void {
    this.#reached();
    const rest = text === undefined ? "there is none" : this.#answers.take(going, text);
    const { calls, notifications } = going;
    for (const call of notifications) {
      if (calls.size === 0 && typeof rest !== "string") this.#reject(call, rest);
      else this.#resolve(call);
    }
    for (const call of calls.values()) {
      this.#reject(call, typeof rest === "string" ? new InvalidResponseError(call.method, rest) : rest);
    }
  }

  // What goes wrong.

  #failed(going: Going, error: unknown): void {
    const failure = error instanceof ExchangeError ? error : new ExchangeError("lost", String(error), { cause: error });
    if (failure.kind === "no-text") this.#reached();
    if (failure.kind === "unreachable" && this.#tryAgain(going, failure)) return;
    for (const call of going.calls.values()) this.#reject(call, this.#errorFor(call, failure));
    for (const call of going.notifications) this.#reject(call, this.#errorFor(call, failure));
  }

  #errorFor(call: PendingCall, failure: ExchangeError): Error {
    const { kind, message, cause = failure } = failure;
    if (kind === "unreachable") return new DialError(this.#options.address, { cause });
    if (kind === "too-long") return new MessageTooLongError(call.method, message, { cause });
    if (kind === "no-text") return new InvalidResponseError(call.method, message, { cause });
    return lossOf(call, "unknown", this.#disconnect ?? new DisconnectError("lost", message, { cause }));
  }

  /** Keeps a message that was not sent for another attempt, if there is to be one. */
  #tryAgain({ message }: Going, failure: ExchangeError): boolean {
    if (!this.#next || this.#disconnect) return false;
    for (const { call } of message.members) call.ordinal = 0;
    this.#waiting.add(message);
    if (this.#next.isDue) return true;
    const error = new DialError(this.#options.address, { cause: failure.cause ?? failure });
    this.#pending.obstacle = error;
    this.#logger.info(error.message);
    this.#next.failed();
    return true;
  }

  /** The peer is there. */
  #reached(): void {
    this.#pending.obstacle = undefined;
    this.#next?.succeeded();
  }

  #resolve(notification: PendingCall): void {
    this.#pending.remove(notification);
    notification.resolve(undefined);
  }

  /** Also what is no longer pending, but goes on after the close; for any other that is settled it changes nothing. */
  #reject(call: PendingCall, error: Error): void {
    this.#pending.remove(call);
    call.reject(error);
  }

  // The end.

  #end(reason: DisconnectError, goesOn: (message: WaitingMessage) => boolean): void {
    if (!this.#disconnect) {
      this.#disconnect = reason;
      this.#options.onDisconnect(reason);
      this.#logger[reason.kind === "lost" ? "warn" : "info"](reason.message);
    }
    const why = this.#disconnect;
    this.#next?.callOff();
    const ending = [...this.#going].filter(({ message }) => !goesOn(message));
    const waiting = [...this.#waiting.takeAll(), ...this.#last.splice(0)];
    for (const message of waiting) {
      if (goesOn(message) && !isSettled(message) && notifiesOnly(message)) this.#last.push(message);
      else for (const { call } of message.members) this.#reject(call, lossOf(call, "not-sent", why));
    }
    // From here on no timeout or signal can call back what goes on.
    for (const message of [...this.#last, ...[...this.#going].map((going) => going.message)]) {
      if (!goesOn(message)) continue;
      for (const { call, notification } of message.members) if (notification) this.#pending.remove(call);
    }
    this.#pending.rejectAll((call) => lossOf(call, call.outcome, why));
    for (const going of ending) going.giveUp(why);
    this.#sendWaiting();
    this.#closeIfIdle();
  }

  #closeIfIdle(): void {
    if (!this.#disconnect || this.#going.size > 0 || this.#last.length > 0 || this.#over) return;
    this.#over = true;
    const { onClosed } = this.#options;
    const over = this.#exchange.close();
    if (over === undefined) onClosed();
    else void over.then(onClosed);
  }
}

function notifies({ members }: WaitingMessage): boolean {
  return members.some(({ notification }) => notification);
}

function notifiesOnly({ members }: WaitingMessage): boolean {
  return members.every(({ notification }) => notification);
}
