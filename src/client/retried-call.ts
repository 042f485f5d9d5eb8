import { CallAbortedError } from "../connection/errors/call-aborted-error.ts";
import { type CallError, type CallOutcome, isCallError } from "../connection/errors/call-error.ts";
import { CallTimeoutError } from "../connection/errors/call-timeout-error.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import { type CallOptions, PendingCall } from "../connection/pending-call.ts";
import type { PendingCalls } from "../connection/pending-calls.ts";
import { isDraining } from "../protocol/errors/from-error-object.ts";
import { outcomeFor, type Retry } from "./retry.ts";

/* What a call without a timeout comes to an end at. With the usual backoff that is after some minutes. */
const MAX_ATTEMPTS = 100;

/** What retried calls need of those who make them. */
export interface RetryHost {
  /** Milliseconds, on the clock's scale. */
  now(): number;
  /** A server that is closing has refused an attempt. */
  refused(): void;
  /** Lets a call rest before its next attempt. */
  rest(method: string, rest: RestOptions): void;
}

/** Makes what a rest is known by, to be made pending in that table. */
export type MakeRest = (
  table: PendingCalls,
  resolve: (result: unknown) => void,
  reject: (error: unknown) => void,
) => PendingCall;

/** What there is to know of a rest. */
export interface RestOptions {
  readonly make: MakeRest;
  /** How much time the call has left, and its signal. */
  readonly options: CallOptions;
  /** How many attempts have failed. */
  readonly failures: number;
  /** It is over. */
  readonly goOn: () => void;
  /** The call came to its end meanwhile. */
  readonly reject: (error: unknown) => void;
}

/** A call that may be tried again. */
export interface RetriedCallOptions {
  readonly method: string;
  readonly retry: Retry;
  /** Milliseconds for all attempts together, Infinity for no end. */
  readonly timeout: number;
  /** Milliseconds for one of them, Infinity for no end. */
  readonly attemptTimeout: number;
  readonly options: CallOptions;
  /** Makes an attempt pending, and sends it. */
  readonly attempt: (
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    options: CallOptions,
  ) => void;
  readonly rest: MakeRest;
  /** Whether nobody waits for it any more. Default: somebody does for as long as it is not settled. */
  readonly isOver?: () => boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A call that is tried again for as long as its errors and its timeout let it. Each attempt, and each rest between two,
 * is a pending call of its own, so that what settles one of them late cannot touch another.
 */
export class RetriedCall {
  readonly #host: RetryHost;
  readonly #options: RetriedCallOptions;
  readonly #end: number;
  #failures = 0;
  #last: unknown;
  /** Whether the attempt that goes on has less time than the call. */
  #hasMore = false;
  /** The last error that left open whether the call was executed: from then on none may say that it was not. */
  #unknown: CallError | undefined;

  constructor(host: RetryHost, options: RetriedCallOptions) {
    this.#host = host;
    this.#options = options;
    this.#end = host.now() + options.timeout;
  }

  /** Its first attempt, for those who make it pending and send it themselves; and with which options. */
  attempt(): readonly [PendingCall, CallOptions] {
    const { method, resolve } = this.#options;
    return [new PendingCall(method, resolve, (error) => this.#failed(error)), this.#begin()];
  }

  /** Makes the next attempt. */
  start(): void {
    this.#options.attempt(this.#options.resolve, (error) => this.#failed(error), this.#begin());
  }

  #failed(error: unknown): void {
    const outcome = outcomeFor(error, this.#hasMore);
    if (outcome === undefined || this.#options.isOver?.()) {
      this.#reject(error);
      return;
    }
    this.#failures++;
    this.#last = error;
    if (outcome === "unknown") this.#unknown = error as CallError;
    const may = outcome === "not-sent" || this.#options.retry === "unknown";
    if (!may || this.#failures === MAX_ATTEMPTS) {
      this.#reject(error);
      return;
    }
    if (isDraining(error)) this.#host.refused();
    this.#rest();
  }

  #rest(): void {
    this.#hasMore = false;
    this.#host.rest(this.#options.method, {
      make: this.#options.rest,
      options: this.#left,
      failures: this.#failures,
      goOn: () => this.start(),
      reject: (error) => this.#reject(error),
    });
  }

  /** In whole milliseconds; at least one, so that its end comes as a timeout. */
  get #left(): CallOptions {
    const timeout = Math.max(1, Math.ceil(this.#end - this.#host.now()));
    const { signal, whenFull } = this.#options.options;
    return { timeout, signal, whenFull };
  }

  /** What the next attempt may take. What may be executed once only is never given up early. */
  #begin(): CallOptions {
    const left = this.#left;
    const { retry, attemptTimeout } = this.#options;
    this.#hasMore = retry === "unknown" && attemptTimeout < (left.timeout as number);
    return this.#hasMore ? { ...left, timeout: attemptTimeout } : left;
  }

  #reject(error: unknown): void {
    // Who ended it from outside knows of all its attempts.
    const isToldAlready = this.#failures === 0 || this.#options.isOver?.();
    this.#options.reject(isToldAlready ? error : this.#wholeStory(error));
  }

  /** The error for all the attempts, which may be more than the last one knows. */
  #wholeStory(error: unknown): unknown {
    const { method, timeout } = this.#options;
    if (error instanceof CallTimeoutError) {
      // The last attempt there may be has had its own time.
      const had = this.#hasMore ? error.timeout : timeout;
      return new CallTimeoutError(method, had, this.#outcomeWith(error), { cause: error.cause ?? this.#last });
    }
    if (error instanceof CallAbortedError) {
      return new CallAbortedError(method, this.#outcomeWith(error), { cause: error.cause });
    }
    if (error instanceof ClosedError) return new ClosedError(method, this.#outcomeWith(error), { cause: this.#last });
    const saysNotSent = isDraining(error) || (isCallError(error) && error.outcome === "not-sent");
    return saysNotSent && this.#unknown ? this.#unknown : error;
  }

  #outcomeWith({ outcome }: CallError): CallOutcome {
    return this.#unknown ? "unknown" : outcome;
  }
}
