import { isDraining } from "../protocol/errors/from-error-object.ts";
import { isRpcError } from "../protocol/errors/rpc-error.ts";
import { type CallOutcome, isCallError } from "./errors/call-error.ts";
import { type CallOptions, PendingCall } from "./pending-call.ts";
import type { PendingCalls } from "./pending-calls.ts";

/** What a wrapped call needs of those it is one of. */
export interface WrappedCallHost {
  /** Why nothing was sent so far. */
  readonly obstacle: unknown;
}

/**
 * A call as its maker sees it, while middlewares are around it: what is sent for it are its attempts, most often one.
 *
 * Its timeout and signal are those of the whole. When its time is up, its attempts end at once, and the middlewares have the
 * rest of that turn of the event loop to make something of it. Then it rejects, whatever they do.
 */
export class WrappedCall extends PendingCall {
  readonly options: CallOptions;
  readonly notification: boolean;
  readonly inBatch: boolean;
  readonly attempts = new Set<Attempt>();
  readonly #host: WrappedCallHost;
  #controller: AbortController | undefined;
  #error: unknown;
  #timeIsUp = false;
  #settled = false;
  #wasSent = false;
  /** What the last attempt that failed said. */
  #setback: unknown;

  constructor(
    method: string,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    {
      host,
      options = {},
      notification,
      inBatch = false,
    }: { host: WrappedCallHost; options?: CallOptions | undefined; notification: boolean; inBatch?: boolean },
  ) {
    super(method, resolve, reject);
    this.#host = host;
    this.options = options;
    this.notification = notification;
    this.inBatch = inBatch;
  }

  /** Whether it was ended by its timeout, its signal, or with its connection. */
  get timeIsUp(): boolean {
    return this.#timeIsUp;
  }

  /** Made when it is first looked at. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#timeIsUp) this.#controller.abort(this.#error);
    }
    return this.#controller.signal;
  }

  /** What a `next()` that comes too late rejects with; `undefined` while it does not. */
  get tooLate(): unknown {
    if (this.#timeIsUp) return this.#error;
    return this.#settled ? new Error("a middleware called next() after the call was settled") : undefined;
  }

  override resolve(result: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    super.resolve(result);
  }

  /** The middlewares have thrown. */
  fail(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    super.reject(error);
  }

  /** Its time is up. */
  override reject(error: unknown): void {
    if (this.#timeIsUp || this.#settled) return;
    this.#timeIsUp = true;
    this.#error = error;
    const attempts = [...this.attempts];
    // A notification that is the channel's by now cannot be called back: what comes of it, the channel says.
    for (const attempt of attempts) attempt.giveUp(error);
    this.#controller?.abort(error);
    if (attempts.length === 0) this.#failSoon();
  }

  #failSoon(): void {
    setTimeout(() => this.fail(this.#error), 0);
  }

  /** An attempt is over; `false` if it was before. */
  ended(attempt: Attempt, wasSent: boolean, setback?: unknown): boolean {
    if (!this.attempts.delete(attempt)) return false;
    if (wasSent) this.#wasSent = true;
    if (wasSent || setback !== undefined) this.#setback = setback;
    if (this.#timeIsUp && this.attempts.size === 0) this.#failSoon();
    return true;
  }

  override outcomeOfLoss(handedOver: number): CallOutcome {
    if (this.#wasSent) return "unknown";
    for (const attempt of this.attempts) if (attempt.outcomeOfLoss(handedOver) === "unknown") return "unknown";
    return "not-sent";
  }

  override timeoutError(): ReturnType<PendingCall["timeoutError"]> {
    return super.timeoutError(this.#host.obstacle ?? this.#setback);
  }
}

/** What is sent for a wrapped call. */
export class Attempt extends PendingCall {
  readonly #whole: WrappedCall;
  readonly #table: PendingCalls;

  /** @param table - where it is made pending */
  constructor(
    whole: WrappedCall,
    table: PendingCalls,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(whole.method, resolve, reject);
    this.#whole = whole;
    this.#table = table;
    whole.attempts.add(this);
  }

  /** The whole has its timeout in mind. */
  override get isEndless(): boolean {
    return super.isEndless && this.#whole.isEndless;
  }

  /** Ends it if it is pending, and tells the peer where that was asked for. */
  giveUp(error: unknown): void {
    this.#table.giveUp(this, error);
  }

  override get governor(): PendingCall {
    return this.#whole.timeIsUp ? this.#whole : this;
  }

  override resolve(result: unknown): void {
    if (this.#whole.ended(this, this.isSent)) super.resolve(result);
  }

  override reject(error: unknown): void {
    const wasSent = isCallError(error) ? error.outcome === "unknown" : isRpcError(error) && !isDraining(error);
    if (this.#whole.ended(this, wasSent, error)) super.reject(error);
  }

  /** Whether it went out, where it succeeds. */
  protected get isSent(): boolean {
    return true;
  }
}

/** A wait between two attempts, for which nothing is sent. */
export class Rest extends Attempt {
  protected override get isSent(): boolean {
    return false;
  }
}
