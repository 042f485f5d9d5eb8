import { isTooDeep, tooDeep } from "../protocol/depth.ts";
import {
  DRAINING,
  INVALID_REQUEST,
  overLimit,
  PARSE_ERROR,
  SERVER_BUSY,
  SERVER_TIMEOUT,
} from "../protocol/error-object.ts";
import { LimitError } from "../protocol/errors/limit-error.ts";
import { parseAnyVersion } from "../protocol/legacy.ts";
import { countRefusal, type LimitCounters, newCounters } from "../protocol/limit-counters.ts";
import type { Limits } from "../protocol/limits.ts";
import type { InvalidMessage, Message, ResponseMessage, SingleMessage } from "../protocol/message.ts";
import { errorText } from "../protocol/serialize.ts";
import { type Version, version2 } from "../protocol/version.ts";
import type { Load } from "../service/admission.ts";
import type { Caller } from "../service/caller.ts";
import type { CallerConnection } from "../service/context.ts";
import type { AnswerSink } from "../service/in-flight-call.ts";
import type { Logger } from "../service/logger.ts";
import { nameOf } from "../service/peer.ts";
import { Service } from "../service/service.ts";
import { TokenBucket } from "../service/token-bucket.ts";
import { Turns } from "../service/turns.ts";
import type { Debts } from "../service/waiting-calls.ts";
import type { Clock } from "../time/clock.ts";
import { isRefusalOfClosing, logFlaw, logStray, settle } from "./answers.ts";
import { Cancels } from "./cancels.ts";
import type { Channel, ChannelReceiver, MessageViolation } from "./channel.ts";
import { type Complained, Complaints } from "./complaints.ts";
import type { Dialect } from "./dialect.ts";
import { DisconnectError } from "./errors/disconnect-error.ts";
import { InvalidResponseError } from "./errors/invalid-response-error.ts";
import { lossOf, Outgoing } from "./outgoing.ts";
import { Pace } from "./pace.ts";
import { Patrol, type Patrolled } from "./patrol.ts";
import type { PendingCall } from "./pending-call.ts";
import { PendingCalls } from "./pending-calls.ts";
import { Vigil } from "./vigil.ts";

/** What the connections of a server have in common. */
export interface Fellows {
  readonly counters: LimitCounters;
  readonly patrol: Patrol;
  /** How many calls all of them have in flight. */
  readonly total: Load | undefined;
}

const NONE = Number.POSITIVE_INFINITY;

/** Who hears of the end of links: one for many of them, since functions for each would cost more memory. */
export interface LinkOwner {
  /** No call can be made over it any more. Called once, before any pending call is rejected. */
  disconnected(connection: CallerConnection, reason: DisconnectError): void;
  /** Everything is over. Called once, last. */
  closed(connection: CallerConnection): void;
  /** The peer refuses a call because it is closing. Called each time, before the call is rejected. */
  draining?(connection: CallerConnection): void;
}

/** What a link is made of. */
export interface LinkOptions extends Dialect {
  /** Who answers the peer's requests; without one they are unknown methods. */
  readonly service: Service | undefined;
  readonly limits: Limits;
  /** Default: a table of its own, by the clock. */
  readonly pending?: PendingCalls;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How many of the peer's calls may run at once; Infinity for all. */
  readonly concurrency: number;
  /** Default: it has none, and all of it for itself. */
  readonly fellows?: Fellows | undefined;
  /** What handlers see as the connection. */
  readonly connection: CallerConnection;
  readonly owner: LinkOwner;
}

/**
 * JSON-RPC over one channel, both ways: it sorts what arrives into calls for the service and answers for the pending
 * calls, and sends what either has to say.
 *
 * Its life: open → (ended: the peer will send no more; answers still go out) → closing → closed. Two facts make up
 * its state: `#disconnect`, set once no call can be made any more, and `#closing`, set once nothing more is said.
 */
export class Link implements ChannelReceiver, AnswerSink, Debts, Complained, Patrolled {
  readonly #channel: Channel;
  readonly #service: Service;
  readonly #caller: Caller;
  readonly #limits: Limits;
  readonly #version: Version;
  readonly #parse: Version["parse"];
  readonly #clock: Clock;
  /* This side's calls. Made with the first: many a server's connection makes none. */
  #pending: PendingCalls | undefined;
  #outgoing: Outgoing | undefined;
  readonly #logger: Logger;
  readonly #connection: CallerConnection;
  readonly #owner: LinkOwner;
  /** Whether the peer may call at all. */
  readonly #serves: boolean;
  readonly #cancels: Cancels | undefined;
  /** Made with the first. */
  #complaints: Complaints | undefined;
  readonly #fellows: Fellows;
  /** Made when there is something to watch over: most connections are idle most of the time. */
  #vigil: Vigil | undefined;
  /** Made with the first call that takes time. */
  #pace: Pace | undefined;
  /** How many texts came. */
  received = 0;
  /** Why it is not read, where it is not: the peer does not take what it was sent, or will be sent too much. */
  #pausedByPressure = false;
  #pausedByPace = false;
  #disconnect: DisconnectError | undefined;
  #closing = false;
  #draining = false;
  /** Whether it ever sent an answer. */
  #answered = false;
  /** How many calls had been given up before there was this link. */
  readonly #givenUpBefore: number;
  /** The last error answer that named no call: if the connection ends next, it is likely why. */
  #complaint: Error | undefined;

  constructor(channel: Channel, options: LinkOptions) {
    this.#channel = channel;
    // The options themselves are not kept: they are as large as the link.
    this.#connection = options.connection;
    this.#owner = options.owner;
    this.#serves = options.service !== undefined;
    this.#service = options.service ?? new Service();
    this.#limits = options.limits;
    this.#pending = options.pending;
    this.#logger = options.logger;
    const { version, cancellation, clock, limits } = options;
    this.#version = version;
    this.#parse = version === version2 && this.#service.legacy ? parseAnyVersion : version.parse;
    this.#clock = clock;
    this.#givenUpBefore = options.pending?.givenUp ?? 0;
    if (cancellation) {
      this.#cancels = new Cancels(cancellation, this.outgoing);
      const pending = this.#pending as PendingCalls;
      pending.onGiveUp = (call, id) => this.#cancels?.tell(call, id);
    }
    const { fellows = { counters: newCounters(), patrol: new Patrol(clock), total: undefined } } = options;
    this.#fellows = fellows;
    this.#caller = this.#service.open({
      connection: options.connection,
      maxInFlight: limits.inFlight,
      total: fellows.total,
      maxTotal: limits.totalInFlight,
      rate: limits.callsPerSecond < NONE ? new TokenBucket(clock, limits.callsPerSecond) : undefined,
      turns: options.concurrency < NONE ? new Turns(options.concurrency) : undefined,
      debts: limits.queuedBytes < NONE ? this : undefined,
      counters: fellows.counters,
      cancellation,
    });
    fellows.patrol.join(this, Vigil.shortest(limits));
    channel.open(this);
  }

  /** What this side has to say of its own accord. */
  get outgoing(): Outgoing {
    this.#outgoing ??= this.#makeOutgoing();
    return this.#outgoing;
  }

  #makeOutgoing(): Outgoing {
    this.#pending ??= new PendingCalls(this.#clock);
    const [limits, pending, logger, version] = [this.#limits, this.#pending, this.#logger, this.#version];
    const outgoing = new Outgoing(this.#channel, { limits, pending, logger, version });
    if (this.#disconnect) outgoing.end(this.#disconnect);
    return outgoing;
  }

  /** The peer's calls that are in flight. */
  get inFlight(): number {
    return this.#caller.inFlight;
  }

  /** How many of this side's calls are pending. */
  get pending(): number {
    return this.#pending?.size ?? 0;
  }

  look(now: number, anew: boolean): void {
    const { queuedBytes, arriving = 0 } = this.#channel;
    if (!this.#vigil && queuedBytes === 0 && arriving === 0 && this.#limits.idleTime === NONE) return;
    this.#vigil ??= new Vigil(this.#channel, this.#limits, this);
    this.#vigil.look(now, anew);
  }

  // What comes in.

  message(text: string): void {
    this.#complaint = undefined;
    this.received++;
    let message: Message | undefined = this.#parse(text, this.#limits.batchLength);
    if (text.length > 2 * this.#limits.depth && isTooDeep(message, text, this.#limits.depth)) {
      this.#fellows.counters.depth++;
      message = tooDeep(message, this.#limits.depth);
      if (!message) return;
    } else if (message.kind === "invalid") countRefusal(this.#fellows.counters, message.error);
    if (message.kind === "response") this.#settle(message);
    else if (message.kind === "batch") this.#receiveBatch(message.members);
    else this.#receive(message);
  }

  #receiveBatch(members: readonly SingleMessage[]): void {
    const calls: SingleMessage[] = [];
    for (const member of members) {
      if (member.kind === "response") this.#settle(member);
      else if (member.kind !== "invalid" || !this.#disposeOf(member)) calls.push(member);
    }
    // Unless one of them was one too many.
    if (calls.length > 0 && !this.#closing) this.#caller.receive({ kind: "batch", members: calls }, this);
  }

  #receive(message: Message): void {
    if (message.kind !== "invalid" || !this.#disposeOf(message)) this.#caller.receive(message, this);
  }

  /** Takes what is wrong for an answer, if it can have been meant as one: an answer is not answered. */
  #disposeOf({ answers, error }: InvalidMessage): boolean {
    const call = answers === undefined ? undefined : this.#pending?.take(answers);
    const flaw = "it has neither a result nor an error";
    if (call) {
      logFlaw(flaw, this.who, this.#log);
      call.reject(new InvalidResponseError(call.method, flaw));
    } else if (this.#serves) return false;
    else this.#log.warn(`${this.who} sent something that is no JSON-RPC 2.0: ${error.message}`);
    return true;
  }

  /** What the service has to say. */
  answer(text: string): void {
    this.#answered = true;
    this.#channel.send(text);
  }

  #settle(response: ResponseMessage): void {
    const { id } = response;
    const call = typeof id === "number" ? this.#pending?.take(id) : undefined;
    if (!call) this.#unexpected(response);
    else {
      if (response.flaw !== undefined) logFlaw(response.flaw, this.who, this.#log);
      if (isRefusalOfClosing(response)) this.#owner.draining?.(this.#connection);
      settle(call, response);
    }
  }

  #unexpected(response: ResponseMessage): void {
    if (this.#cancels?.takesLate(response.id)) {
      this.#logger.debug(`${this.who} answered call ${response.id} after it was cancelled`);
      return;
    }
    const complaint = logStray(response, this.who, this.#log);
    if (response.id !== null || !complaint) return;
    this.#complaint = complaint;
    for (const call of this.#theOnlyOneMeant()) this.#pending?.reject(call, complaint);
  }

  /** The calls of the one message that the peer has not answered, if it is the only one: they need not time out. */
  #theOnlyOneMeant(): readonly PendingCall[] {
    if (this.#notified || this.#answered || this.#hasGivenUp) return [];
    const calls = (this.#pending?.all() ?? []).filter((call) => call.ordinal > 0);
    return calls.every((call) => call.ordinal === calls[0]?.ordinal) ? calls : [];
  }

  /** How many of its calls were sent and given up. */
  get #givenUp(): number {
    return (this.#pending?.givenUp ?? 0) - this.#givenUpBefore;
  }

  /** Whether it ever sent a notification. */
  get #notified(): boolean {
    return this.#outgoing?.notified === true;
  }

  /** Whether the peer may still answer calls that are no longer pending. */
  get #hasGivenUp(): boolean {
    return this.#givenUp > 0;
  }

  malformed(violation: MessageViolation): void {
    if (this.#serves) this.#channel.send(errorText("null", PARSE_ERROR));
    if (violation.violation === "too-long") this.#fellows.counters.messageBytes++;
    if (!violation.fatal) {
      this.#log.warn(`${this.who} sent something that is no message: ${violation.message}`);
      return;
    }
    this.#end(
      new DisconnectError("violation", `${this.who} broke the framing: ${violation.message}`, {
        cause: violation,
      }),
    );
  }

  /** Where to report what makes no sense. */
  get #log(): Complaints {
    this.#complaints ??= new Complaints(this.#logger, this);
    return this.#complaints;
  }

  /** Ends it with a peer that makes no sense too often. Late answers to what was given up are no fault of its own. */
  complained(count: number): void {
    const { violations } = this.#limits;
    if (count <= violations + this.#givenUp || this.#disconnect) return;
    const message = `more than ${violations} messages made no sense`;
    this.late(new LimitError("violations", violations, message));
  }

  /** A limit was met that it does not survive. */
  late(error: LimitError): void {
    const { limit, max } = error;
    if (limit === "stallTime") {
      this.#channel.destroy(error);
      return;
    }
    if (limit !== "idleTime") this.#channel.send(errorText("null", overLimit(INVALID_REQUEST, limit, max)));
    const kind = limit === "idleTime" ? "closed" : "violation";
    const message = `this side closed the connection to ${this.who}: ${error.message}`;
    this.#end(new DisconnectError(kind, message, { cause: error }));
  }

  /** Whether nobody waits for anything. */
  get idle(): boolean {
    return this.#caller.inFlight === 0 && this.pending === 0;
  }

  // Pressure.

  pressed(): void {
    this.outgoing.press();
    /*
     * A peer that reads too slowly is not read from. Unless it may owe this side something: two peers that both
     * stopped reading would wait for ever. What fills the queue is then answers to the peer's own calls and nothing
     * else, so the peer is owed something and reads.
     */
    if (this.mayPause) {
      this.#pausedByPressure = true;
      this.#channel.pause();
    } else this.#applyRefusal();
  }

  drained(): void {
    this.#outgoing?.release();
    this.#applyRefusal();
    this.#pausedByPressure = false;
    this.#read();
  }

  // Pace.

  get guess(): number {
    return Pace.guessFor(this.#limits.queuedBytes);
  }

  owe(characters: number): void {
    this.#pace ??= new Pace(this.#limits.queuedBytes, this);
    this.#pace.owe(characters);
  }

  settle(characters: number): void {
    this.#pace?.settle(characters);
  }

  /** Whether the peer owes this side nothing. */
  get mayPause(): boolean {
    return this.pending === 0 && !this.#hasGivenUp && !this.#notified;
  }

  /** Reads no more for now: enough calls are in flight for what the peer takes. */
  pause(): void {
    this.#pausedByPace = true;
    this.#channel.pause();
  }

  resume(): void {
    this.#pausedByPace = false;
    this.#read();
  }

  #read(): void {
    if (!this.#pausedByPressure && !this.#pausedByPace) this.#channel.resume();
  }

  // The end.

  /** Refuses new calls of the peer as a closing server does; resolves once none is in flight. */
  drain(): Promise<void> {
    this.#draining = true;
    this.#applyRefusal();
    return new Promise((resolve) => this.#whenIdle(resolve));
  }

  /** Answers what is in flight with an error, so that nothing is. */
  cancelInFlight(reason: unknown): void {
    this.#caller.cancel(SERVER_TIMEOUT, reason);
  }

  /** Ends it in good order, as seen from this side. What was sent still goes out. */
  close(): void {
    this.#end(new DisconnectError("closed", `this side closed the connection to ${this.who}`));
  }

  /** Ends it at once. What was not handed over is lost. */
  destroy(reason?: Error): void {
    const why = reason ? `: ${reason.message}` : "";
    const message = `this side cut the connection to ${this.who}${why}`;
    const closed = new DisconnectError("closed", message, reason && { cause: reason });
    this.#disconnected(closed, this.#channel.handedOver);
    this.#closing = true;
    this.#leaveService();
    this.#channel.destroy(reason);
  }

  ended(why?: Error): void {
    this.#disconnected(this.#endedByPeer(why));
    this.#whenIdle(() => this.#closeChannel());
  }

  closed(reason: Error | undefined): void {
    if (reason && this.#disconnect && this.#disconnect.cause !== reason) {
      this.#logger.warn(`the connection to ${this.who} was lost while it closed: ${reason.message}`);
    }
    this.#disconnected(reason ? this.#lost(reason) : this.#endedByPeer(), this.#channel.handedOver);
    this.#closing = true;
    this.#leaveService();
    this.#owner.closed(this.#connection);
  }

  #lost(cause: Error): DisconnectError {
    return new DisconnectError("lost", `the connection to ${this.who} was lost: ${cause.message}`, { cause });
  }

  #endedByPeer(why?: Error): DisconnectError {
    const cause = this.#complaint ?? why;
    const message = `${this.who} ended the connection${why ? `: ${why.message}` : ""}`;
    return new DisconnectError("ended", message, cause && { cause });
  }

  #end(reason: DisconnectError): void {
    this.#disconnected(reason);
    this.#leaveService();
    this.#closeChannel();
  }

  #closeChannel(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#channel.close();
  }

  #leaveService(): void {
    this.#pace?.stop();
    this.#fellows.patrol.leave(this);
    this.#caller.abandon(this.#disconnect);
    this.#service.release(this.#caller);
  }

  /**
   * From now on no call can be made, and none that was made gets an answer.
   *
   * @param handedOver - how many texts got out of here. Default: what the channel has queued will
   */
  #disconnected(reason: DisconnectError, handedOver = Number.POSITIVE_INFINITY): void {
    if (this.#disconnect) return;
    this.#disconnect = reason;
    if (reason.cause instanceof LimitError) this.#fellows.counters[reason.cause.limit]++;
    this.#complaints?.sumUp();
    this.#owner.disconnected(this.#connection, reason);
    this.#outgoing?.end(reason);
    this.#pending?.rejectAll((call) => lossOf(call, call.outcomeOfLoss(handedOver), reason));
    const level = reason.kind === "lost" || reason.kind === "violation" ? "warn" : "info";
    this.#logger[level](reason.message);
  }

  #whenIdle(action: () => void): void {
    const caller = this.#caller;
    if (caller.inFlight === 0) action();
    else {
      const before = caller.onIdle;
      caller.onIdle = () => {
        caller.onIdle = undefined;
        before?.();
        action();
      };
    }
  }

  #applyRefusal(): void {
    const busy = this.#outgoing?.pressed ? overLimit(SERVER_BUSY, "queuedBytes", this.#limits.queuedBytes) : undefined;
    this.#caller.refusal = this.#draining ? DRAINING : busy;
  }

  get who(): string {
    return nameOf(this.#channel.peer);
  }
}
