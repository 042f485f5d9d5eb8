import type { Params } from "../protocol/message.ts";
import type { CallContext } from "./context.ts";

/** A call as the middlewares of a service see it. */
export interface IncomingCall {
  /** The name the caller used. Where `known` is false it is whatever somebody made up: no label for a metric. */
  readonly method: string;
  /** Whether the service has a method of that name. */
  readonly known: boolean;
  /** As the caller gave them, or as a middleware outside of this one replaced them. They may not fit the method. */
  readonly params: Params | undefined;
  /** What the method gets as its context, if it asks for one: the same object. */
  readonly context: CallContext;
}

/**
 * Goes on with a call: to the next middleware, and in the end to the method. A middleware may do so once, and only while
 * the call is in flight.
 *
 * @param changes - `params`: what takes the place of the call's own
 * @returns what the method returned: its result, or a promise of it where the method is async
 * @throws what the method threw; `MethodNotFoundError` or `InvalidParamsError`, where there is no method to call; Error
 * when it is called a second time, or after the call was answered
 */
export type ServiceNext = (changes?: { readonly params?: Params | undefined }) => unknown;

/**
 * What goes around a service's calls: it sees each, may refuse it, change its params or its result, or answer it itself.
 *
 * What it returns, or the promise it returns resolves with, is the call's result. What it throws is the call's error: an
 * `RpcError` as it is, anything else as -32000, as from a method.
 */
export type ServiceMiddleware = (call: IncomingCall, next: ServiceNext) => unknown;
