import type { Params } from "../protocol/message.ts";
import type { CallOptions } from "./pending-call.ts";

/** A call or notification as the middlewares of a client or connection see it. */
export interface OutgoingCall {
  readonly method: string;
  /** As they were given, or as a middleware outside of this one replaced them. */
  readonly params: Params | undefined;
  /** As they were given; those of a batch are all its members'. */
  readonly options: CallOptions;
  /** Whether it is a notification, which has no answer: its result is `undefined`, once it was handed over. */
  readonly notification: boolean;
  /** Whether it is a member of a batch. */
  readonly inBatch: boolean;
  /** Aborts when nobody waits for it any more: by its timeout or signal, or when nothing can be sent any more. */
  readonly signal: AbortSignal;
}

/** What a middleware may change of a call. */
export interface CallChanges extends CallOptions {
  /** What takes the place of the call's params. */
  readonly params?: Params | undefined;
}

/**
 * Goes on with a call: to the next middleware, and in the end to the peer.
 *
 * @param changes - `params`; `trace`; `timeout` and `signal` of this attempt alone, within those of the call
 * @returns a promise of the result, rejecting as a call does; also with an Error when it is called a second time by a
 * middleware without `repeats`, and with the call's own error once that is over
 */
export type CallNext = (changes?: CallChanges) => Promise<unknown>;

/**
 * What goes around the calls of a client or connection: it sees each, may refuse it, change its params or its result, or
 * answer it itself. What it returns is the call's result, what it throws rejects that call.
 */
export type CallMiddleware = (call: OutgoingCall, next: CallNext) => unknown;

/** How a middleware is added. */
export interface CallMiddlewareOptions {
  /**
   * Whether it may call `next` more than once for a call, which then is made more than once: for those that try again.
   * Whether a call that failed was executed, `outcome` of the error says. Default: `false`, a second `next()` rejects.
   */
  readonly repeats?: boolean;
}
