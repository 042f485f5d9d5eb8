import type { InvalidMessage, ResponseMessage } from "../protocol/message.ts";
import type { Logger } from "../service/logger.ts";
import { isRefusalOfClosing, logFlaw, logStray, settle } from "./answers.ts";
import type { Cancels } from "./cancels.ts";
import { InvalidResponseError } from "./errors/invalid-response-error.ts";
import type { PendingCall } from "./pending-call.ts";
import type { PendingCalls } from "./pending-calls.ts";

/** What there is to know of the link, and what it is told. */
export interface AnsweredLink {
  /** The peer, as the log names it. */
  readonly who: string;
  /** How many messages came. */
  readonly received: number;
  /** Whether this side ever sent anything but calls. */
  readonly hasSaidMore: boolean;
  /** Where to report what makes no sense. */
  readonly log: Pick<Logger, "warn">;
  /** The peer refuses a call because it is closing. Called before the call is rejected. */
  refusedAsClosing(): void;
}

/**
 * What a link's peer answers: finds the call that each answer is meant for and settles it, and knows which answers may
 * still come.
 */
export class AwaitedAnswers {
  /** The calls. Those of a client may be older than the link. */
  readonly pending: PendingCalls;
  readonly #link: AnsweredLink;
  readonly #logger: Logger;
  /** How many calls had been given up before there was this link. */
  readonly #givenUpBefore: number;
  #cancels: Cancels | undefined;
  /** The last error answer that named no call, and which message it was. */
  #complaint: Error | undefined;
  #complainedAt = 0;

  constructor(pending: PendingCalls, link: AnsweredLink, logger: Logger) {
    this.pending = pending;
    this.#link = link;
    this.#logger = logger;
    this.#givenUpBefore = pending.givenUp;
  }

  /** From now on the peer is told of each call that is given up. */
  cancelBy(cancels: Cancels): void {
    this.#cancels = cancels;
    this.pending.onGiveUp = (call, id) => cancels.tell(call, id);
  }

  /** How many calls were sent and given up: the peer may still answer them. */
  get givenUp(): number {
    return this.pending.givenUp - this.#givenUpBefore;
  }

  /** Whether any may still come. */
  get mayCome(): boolean {
    return this.pending.size > 0 || this.givenUp > 0;
  }

  /** The error answer that named no call, if nothing came after it: when the connection ends next, it is likely why. */
  get lastComplaint(): Error | undefined {
    return this.#complainedAt === this.#link.received ? this.#complaint : undefined;
  }

  take(response: ResponseMessage): void {
    const { id, flaw } = response;
    const call = typeof id === "number" ? this.pending.take(id) : undefined;
    if (!call) this.#takeStray(response);
    else {
      if (flaw !== undefined) logFlaw(flaw, this.#link.who, this.#link.log);
      if (isRefusalOfClosing(response)) this.#link.refusedAsClosing();
      settle(call, response);
    }
  }

  /** Takes what is no JSON-RPC 2.0 for an answer, if it can have been meant as one. */
  takeInvalid({ answers }: InvalidMessage): boolean {
    const call = answers === undefined ? undefined : this.pending.take(answers);
    if (!call) return false;
    const flaw = "it has neither a result nor an error";
    logFlaw(flaw, this.#link.who, this.#link.log);
    call.reject(new InvalidResponseError(call.method, flaw));
    return true;
  }

  #takeStray(response: ResponseMessage): void {
    if (this.#cancels?.takesLate(response.id)) {
      this.#logger.debug(`${this.#link.who} answered call ${response.id} after it was cancelled`);
      return;
    }
    const complaint = logStray(response, this.#link.who, this.#link.log);
    if (response.id !== null || !complaint) return;
    this.#complaint = complaint;
    this.#complainedAt = this.#link.received;
    for (const call of this.#theOnlyOneMeant()) this.pending.reject(call, complaint);
  }

  /** The calls of the one message that the peer has not answered, if it is the only one: they need not time out. */
  #theOnlyOneMeant(): readonly PendingCall[] {
    if (this.#link.hasSaidMore || this.givenUp > 0) return [];
    const calls = this.pending.all().filter((call) => call.ordinal > 0);
    return calls.every((call) => call.ordinal === calls[0]?.ordinal) ? calls : [];
  }
}
