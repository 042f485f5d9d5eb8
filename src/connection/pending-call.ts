import type { TraceContext } from "../protocol/trace-context.ts";
import type { WatchedSignal } from "./abort-watch.ts";
import { CallAbortedError } from "./errors/call-aborted-error.ts";
import type { CallOutcome } from "./errors/call-error.ts";
import { CallTimeoutError } from "./errors/call-timeout-error.ts";

/** How a call or a notification is made. */
export interface CallOptions {
  /**
   * Milliseconds, dialling included, after which it rejects with a `CallTimeoutError`; 0 for never. For a
   * notification: the time it may wait to be sent. Default: the client's or connection's own `timeout`, 5,000.
   */
  readonly timeout?: number | undefined;
  /**
   * Aborts it, whatever stage it is in, with a `CallAbortedError`. The other side is told if the client or connection
   * has the option `cancel`.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * The W3C trace context it takes along, in the members `traceparent` and `tracestate` of its request; also of each request
   * of a batch. What is none is not sent. Default: none.
   */
  readonly trace?: Partial<TraceContext> | undefined;
  /**
   * `"not-sent"`: a client tries again what was certainly not executed, that is a call whose error has the outcome
   * `not-sent`, or that a closing server has refused (`isDraining`). `false`: it does not, also where its options say so. A
   * `Connection`, which cannot dial, never tries again. Default: the client's.
   */
  readonly retry?: "not-sent" | false | undefined;
  /**
   * `true`: executing it twice does no harm, so that a client tries it again also when nobody can know whether it was
   * executed, that is after an error with the outcome `unknown`. `false`: where the client's options say it, only what was
   * certainly not executed is tried again. Default: the client's.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * Milliseconds that one attempt of an idempotent call may take before the next one is made: for where nobody tells that a
   * server died, as over NATS. Whatever is not idempotent does not heed it. 0 for the call's own timeout. Default: the
   * client's.
   */
  readonly attemptTimeout?: number | undefined;
  /**
   * What to do while so much waits to be sent that the other end has to read first: `"wait"` for it, within the timeout, or
   * `"fail"` at once with a `QueueFullError`. Default: the client's or connection's own, `"wait"`.
   */
  readonly whenFull?: WhenFull | undefined;
}

/** What to do while the other end reads too slowly. */
export type WhenFull = "wait" | "fail";

/** @throws RangeError when it is neither */
export function checkWhenFull(whenFull: WhenFull | undefined): void {
  if (whenFull === undefined || whenFull === "wait" || whenFull === "fail") return;
  throw new RangeError(`expected "wait" or "fail" as the option whenFull, got ${JSON.stringify(whenFull)}`);
}

/**
 * A call from the moment it is made until it is settled; also a notification for as long as it has to wait.
 *
 * It is kept small, and its numbers whole: thousands of them are outstanding at a time, and what survives a
 * collection of young objects is what that collection costs.
 */
export class PendingCall {
  readonly method: string;
  readonly #resolve: (result: unknown) => void;
  readonly #reject: (error: unknown) => void;

  /** Milliseconds; 0 for none. Given, as the next five are, when it begins to be pending. */
  timeout = 0;
  /** Given by `PendingCalls`, unique among those pending; 0 when it is not pending. */
  id = 0;
  /** In whole milliseconds on the clock's scale; 0 for none, or none yet. */
  deadline = 0;
  /** As which of the texts of its channel it was sent; 0 while it was not. */
  ordinal = 0;
  /** The exchange it is part of, where each message has one. */
  carrier: object | undefined = undefined;
  /** Its signal, if it has one. */
  watched: WatchedSignal | undefined = undefined;

  constructor(method: string, resolve: (result: unknown) => void, reject: (error: unknown) => void) {
    this.method = method;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Settles it; whoever does has taken it out of those pending. */
  resolve(result: unknown): void {
    this.#resolve(result);
  }

  /** As `resolve`. */
  reject(error: unknown): void {
    this.#reject(error);
  }

  /** Whose timeout or signal it was, if it was given up. */
  get governor(): PendingCall {
    return this;
  }

  get pending(): boolean {
    return this.id !== 0;
  }

  /** Whether no timeout ends it, as far as is known since it began to be pending. */
  get isEndless(): boolean {
    return this.timeout === 0;
  }

  /** What became of it if it ends now while its channel lives: what the channel has queued will go out. */
  get outcome(): CallOutcome {
    return this.outcomeOfLoss(Number.POSITIVE_INFINITY);
  }

  /**
   * What became of it if its connection ends now.
   *
   * @param handedOver - how many of the channel's texts got out of here
   */
  outcomeOfLoss(handedOver: number): CallOutcome {
    return this.ordinal > 0 && this.ordinal <= handedOver ? "unknown" : "not-sent";
  }

  timeoutError(cause: unknown): CallTimeoutError {
    return new CallTimeoutError(this.method, this.timeout, this.outcome, cause === undefined ? undefined : { cause });
  }

  abortError(reason: unknown): CallAbortedError {
    return new CallAbortedError(this.method, this.outcome, { cause: reason });
  }
}
