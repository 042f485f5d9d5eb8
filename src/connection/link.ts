import { isTooDeep, tooDeep } from "../protocol/depth.ts";
import { INVALID_REQUEST, overLimit, PARSE_ERROR, SERVER_BUSY } from "../protocol/error-object.ts";
import { LimitError } from "../protocol/errors/limit-error.ts";
import { parseAnyVersion } from "../protocol/legacy.ts";
import { countRefusal, newCounters } from "../protocol/limit-counters.ts";
import type { Limits } from "../protocol/limits.ts";
import type { InvalidMessage, Message, SingleMessage } from "../protocol/message.ts";
import { errorText } from "../protocol/serialize.ts";
import { type Version, version2 } from "../protocol/version.ts";
import type { CallerConnection } from "../service/context.ts";
import type { Logger } from "../service/logger.ts";
import { nameOf } from "../service/peer.ts";
import type { Service } from "../service/service.ts";
import type { Creditor } from "../service/waiting-calls.ts";
import type { Clock } from "../time/clock.ts";
import { type AnsweredLink, AwaitedAnswers } from "./awaited-answers.ts";
import { Cancels } from "./cancels.ts";
import type { Channel, ChannelReceiver, MessageViolation } from "./channel.ts";
import { type Complained, Complaints } from "./complaints.ts";
import type { Dialect } from "./dialect.ts";
import { brokenBy, closedOver, closedTo, cutFrom, endedBy, lostTo } from "./disconnects.ts";
import type { DisconnectError } from "./errors/disconnect-error.ts";
import type { Fellows } from "./fellows.ts";
import { Incoming } from "./incoming.ts";
import { lossOf, Outgoing } from "./outgoing.ts";
import { Patrol, type Patrolled } from "./patrol.ts";
import { PendingCalls } from "./pending-calls.ts";
import { type Reader, Reading } from "./reading.ts";
import { Vigil } from "./vigil.ts";

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
export class Link implements ChannelReceiver, Creditor, Reader, AnsweredLink, Complained, Patrolled {
  readonly #channel: Channel;
  readonly #limits: Limits;
  readonly #version: Version;
  readonly #parse: Version["parse"];
  readonly #clock: Clock;
  /** The peer's calls. */
  readonly #incoming: Incoming;
  /* This side's calls, and the answers to them. Made with the first: many a server's connection makes none. */
  #outgoing: Outgoing | undefined;
  #awaited: AwaitedAnswers | undefined;
  readonly #logger: Logger;
  readonly #connection: CallerConnection;
  readonly #owner: LinkOwner;
  /** Made with the first. */
  #complaints: Complaints | undefined;
  readonly #fellows: Fellows;
  /** Made when there is something to watch over: most connections are idle most of the time. */
  #vigil: Vigil | undefined;
  /** Made with the first call that takes time, or the first reason not to read. */
  #reading: Reading | undefined;
  /** How many texts came. */
  received = 0;
  #disconnect: DisconnectError | undefined;
  #closing = false;

  constructor(channel: Channel, options: LinkOptions) {
    const { version, cancellation, clock, limits } = options;
    const { fellows = { counters: newCounters(), patrol: new Patrol(clock), total: undefined } } = options;
    // The options themselves are not kept: they are as large as the link.
    this.#channel = channel;
    this.#connection = options.connection;
    this.#owner = options.owner;
    this.#limits = limits;
    this.#logger = options.logger;
    this.#clock = clock;
    this.#fellows = fellows;
    this.#incoming = new Incoming(channel, options, fellows, this);
    this.#version = version;
    this.#parse = version === version2 && this.#incoming.isLegacy ? parseAnyVersion : version.parse;
    if (options.pending) this.#awaited = new AwaitedAnswers(options.pending, this, this.#logger);
    if (cancellation) this.#answers.cancelBy(new Cancels(cancellation, this.outgoing));
    channel.open(this);
    // Not before: who could not open it has nothing to watch over.
    if (!this.#closing) fellows.patrol.join(this, Vigil.shortest(limits));
  }

  /** What this side has to say of its own accord. */
  get outgoing(): Outgoing {
    this.#outgoing ??= this.#makeOutgoing();
    return this.#outgoing;
  }

  #makeOutgoing(): Outgoing {
    const { pending } = this.#answers;
    const [limits, logger, version] = [this.#limits, this.#logger, this.#version];
    const outgoing = new Outgoing(this.#channel, { limits, pending, logger, version });
    if (this.#disconnect) outgoing.end(this.#disconnect);
    return outgoing;
  }

  get #answers(): AwaitedAnswers {
    this.#awaited ??= new AwaitedAnswers(new PendingCalls(this.#clock), this, this.#logger);
    return this.#awaited;
  }

  /** The peer's calls that are in flight. */
  get inFlight(): number {
    return this.#incoming.inFlight;
  }

  /** How many of this side's calls are pending. */
  get pending(): number {
    return this.#awaited?.pending.size ?? 0;
  }

  look(now: number, anew: boolean): void {
    const { queuedBytes, arriving = 0 } = this.#channel;
    if (!this.#vigil && queuedBytes === 0 && arriving === 0 && this.#limits.idleTime === NONE) return;
    this.#vigil ??= new Vigil(this.#channel, this.#limits, this);
    this.#vigil.look(now, anew);
  }

  // What comes in.

  message(text: string): void {
    this.received++;
    let message: Message | undefined = this.#parse(text, this.#limits.batchLength);
    if (text.length > 2 * this.#limits.depth && isTooDeep(message, text, this.#limits.depth)) {
      this.#fellows.counters.depth++;
      message = tooDeep(message, this.#limits.depth);
      if (!message) return;
    } else if (message.kind === "invalid") countRefusal(this.#fellows.counters, message.error);
    if (message.kind === "response") this.#answers.take(message);
    else if (message.kind === "batch") this.#receiveBatch(message.members);
    else if (message.kind !== "invalid" || !this.#disposeOf(message)) this.#incoming.receive(message);
  }

  #receiveBatch(members: readonly SingleMessage[]): void {
    const calls: SingleMessage[] = [];
    for (const member of members) {
      if (member.kind === "response") this.#answers.take(member);
      else if (member.kind !== "invalid" || !this.#disposeOf(member)) calls.push(member);
    }
    // Unless one of them was one too many.
    if (calls.length > 0 && !this.#closing) this.#incoming.receive({ kind: "batch", members: calls });
  }

  /** Takes what is wrong for an answer, if it can have been meant as one: an answer is not answered. */
  #disposeOf(message: InvalidMessage): boolean {
    if (this.#awaited?.takeInvalid(message)) return true;
    if (this.#incoming.serves) return false;
    this.log.warn(`${this.who} sent something that is no JSON-RPC 2.0: ${message.error.message}`);
    return true;
  }

  refusedAsClosing(): void {
    this.#owner.draining?.(this.#connection);
  }

  malformed(violation: MessageViolation): void {
    if (this.#incoming.serves) this.#channel.send(errorText("null", PARSE_ERROR));
    if (violation.violation === "too-long") this.#fellows.counters.messageBytes++;
    if (!violation.fatal) {
      this.log.warn(`${this.who} sent something that is no message: ${violation.message}`);
      return;
    }
    this.#end(() => brokenBy(this.who, violation));
  }

  get log(): Complaints {
    this.#complaints ??= new Complaints(this.#logger, this);
    return this.#complaints;
  }

  /** Ends it with a peer that makes no sense too often. Late answers to what was given up are no fault of its own. */
  complained(count: number): void {
    const { violations } = this.#limits;
    if (count <= violations + (this.#awaited?.givenUp ?? 0) || this.#disconnect) return;
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
    this.#end(() => closedOver(error, limit === "idleTime" ? "closed" : "violation", this.who));
  }

  /** Whether nobody waits for anything. */
  get idle(): boolean {
    return this.inFlight === 0 && this.pending === 0;
  }

  // What goes out.

  get hasSaidMore(): boolean {
    return this.#incoming.hasAnswered || this.#outgoing?.notified === true;
  }

  pressed(): void {
    this.outgoing.press();
    /*
     * A peer that reads too slowly is not read from, unless it may owe this side something. What fills the queue is then
     * answers to the peer's own calls and nothing else, so the peer is owed something and reads.
     */
    if (this.mayPause) this.debts.press();
    else this.#refuseIfPressed();
  }

  drained(): void {
    this.#outgoing?.release();
    this.#refuseIfPressed();
    this.#reading?.drained();
  }

  #refuseIfPressed(): void {
    const isPressed = this.#outgoing?.pressed === true;
    this.#incoming.refuse(isPressed ? overLimit(SERVER_BUSY, "queuedBytes", this.#limits.queuedBytes) : undefined);
  }

  /** What the peer is owed: it decides whether the peer is read from. */
  get debts(): Reading {
    this.#reading ??= new Reading(this.#channel, this.#limits.queuedBytes, this);
    return this.#reading;
  }

  get mayPause(): boolean {
    return this.#awaited?.mayCome !== true && this.#outgoing?.notified !== true;
  }

  // The end.

  /** Refuses new calls of the peer as a closing server does; resolves once none is in flight. */
  drain(): Promise<void> {
    return this.#incoming.drain();
  }

  /** Answers what is in flight with an error, so that nothing is. */
  cancelInFlight(reason: unknown): void {
    this.#incoming.cancelInFlight(reason);
  }

  /** Ends it in good order, as seen from this side. What was sent still goes out. */
  close(): void {
    this.#end(() => closedTo(this.who));
  }

  /** Ends it at once. What was not handed over is lost. */
  destroy(reason?: Error): void {
    this.#disconnected(() => cutFrom(this.who, reason), this.#channel.handedOver);
    this.#closing = true;
    this.#leaveService();
    this.#channel.destroy(reason);
  }

  ended(why?: Error): void {
    this.#disconnected(() => this.#endedByPeer(why));
    this.#incoming.whenIdle(() => this.#closeChannel());
  }

  closed(reason: Error | undefined): void {
    if (reason && this.#disconnect && this.#disconnect.cause !== reason) {
      this.#logger.warn(`the connection to ${this.who} was lost while it closed: ${reason.message}`);
    }
    const why = () => (reason ? lostTo(this.who, reason) : this.#endedByPeer());
    this.#disconnected(why, this.#channel.handedOver);
    this.#closing = true;
    this.#leaveService();
    this.#owner.closed(this.#connection);
  }

  #endedByPeer(why?: Error): DisconnectError {
    return endedBy(this.who, why, this.#awaited?.lastComplaint ?? why);
  }

  #end(why: () => DisconnectError): void {
    this.#disconnected(why);
    this.#leaveService();
    this.#closeChannel();
  }

  #closeChannel(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#channel.close();
  }

  #leaveService(): void {
    this.#reading?.stop();
    this.#fellows.patrol.leave(this);
    this.#incoming.abandon(this.#disconnect);
  }

  /**
   * From now on no call can be made, and none that was made gets an answer.
   *
   * @param why - asked the first time only: an error is dear, and an end has several occasions to be told
   * @param handedOver - how many texts got out of here. Default: what the channel has queued will
   */
  #disconnected(why: () => DisconnectError, handedOver = Number.POSITIVE_INFINITY): void {
    if (this.#disconnect) return;
    const reason = why();
    this.#disconnect = reason;
    if (reason.cause instanceof LimitError) this.#fellows.counters[reason.cause.limit]++;
    this.#complaints?.sumUp();
    this.#owner.disconnected(this.#connection, reason);
    this.#outgoing?.end(reason);
    this.#awaited?.pending.rejectAll((call) => lossOf(call, call.outcomeOfLoss(handedOver), reason));
    const level = reason.kind === "lost" || reason.kind === "violation" ? "warn" : "info";
    this.#logger[level](reason.message);
  }

  get who(): string {
    return nameOf(this.#channel.peer);
  }
}
