import { tracer } from "#tracing";
import type { Params } from "../protocol/message.ts";
import type { TraceContext } from "../protocol/trace-context.ts";

/**
 * What goes with the events of the tracing channel `tsjason:call`, of `node:diagnostics_channel`: one call or notification,
 * from when it is made until it settles, a member of a batch from when that is sent. The same object goes with all events.
 */
export interface CallTrace {
  readonly method: string;
  readonly params: Params | undefined;
  readonly notification: boolean;
  /** The client's address, without user and password; `undefined` of calls on a `Connection`. */
  readonly address: string | undefined;
  /** What the call takes along; see `CallOptions.trace`. Whoever listens to `start` may set it. */
  trace: Partial<TraceContext> | undefined;
  /** There once it has one. */
  result?: unknown;
  /** There once it has failed: what the call rejects with. */
  error?: unknown;
}

/** `undefined` where there are no tracing channels. */
export const callTracer = tracer("tsjason:call");

type Resolve = (result: unknown) => void;
type Reject = (error: unknown) => void;

/** Makes a call under the eyes of whoever listens, if anybody does. */
export function traced(
  told: CallTrace,
  resolve: Resolve,
  reject: Reject,
  make: (resolve: Resolve, reject: Reject, trace: CallTrace["trace"]) => void,
): void {
  if (!callTracer?.active) {
    make(resolve, reject, told.trace);
    return;
  }
  const span = callTracer.begin(told);
  const succeed = (result: unknown) => {
    span.succeeded(result);
    resolve(result);
  };
  const fail = (error: unknown) => {
    span.failed(error);
    reject(error);
  };
  span.run(() => make(succeed, fail, told.trace));
}
