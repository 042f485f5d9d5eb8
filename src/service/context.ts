import type { GivenParams } from "../protocol/message.ts";
import type { TraceContext } from "../protocol/trace-context.ts";
import type { Clock } from "../time/clock.ts";
import type { PeerInfo } from "./peer.ts";

/** How a call back is made; see `CallOptions`. */
export interface CallBackOptions {
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The W3C trace context it takes along. */
  readonly trace?: Partial<TraceContext> | undefined;
}

/** The connection a call came by, as a handler may use it: to see who calls, and to call back. */
export interface CallerConnection {
  readonly peer: PeerInfo;
  call(method: string, params?: GivenParams, options?: CallBackOptions): Promise<unknown>;
  notify(method: string, params?: GivenParams, options?: CallBackOptions): Promise<void>;
}

/**
 * What a method can know of the call it answers. A method gets it as its first argument when its registration says
 * `context: true`.
 */
export interface CallContext {
  /** The name the caller used. */
  readonly method: string;
  /** Whether it came as a notification: nobody will see what the method answers. */
  readonly notification: boolean;
  /** The connection it came by; `undefined` where there is none, as with `service.handle(text)`. */
  readonly connection: CallerConnection | undefined;
  /**
   * Aborts when the answer is no longer wanted: on the timeout, on `cancelPending`, when the caller cancels the request
   * (see the option `cancel` of whoever serves), and when the peer has left. The reason is the error that says which.
   */
  readonly signal: AbortSignal;
  /** When the timeout is due, in milliseconds since 1970 as `Date.now()` counts; `undefined` when there is none. */
  readonly deadline: number | undefined;
  /**
   * The W3C trace context the call came with, if the service's option `trace` is on. It is the caller's word, and checked
   * for its form only.
   */
  readonly trace: TraceContext | undefined;
}

/** Says when a call is due that begins now. */
export interface DueTimes {
  readonly clock: Clock;
  /** On the clock's scale, Infinity for never. */
  deadlineOf(method: Timed): number;
}

/** What has a timeout of its own, in milliseconds, or the usual one. */
interface Timed {
  readonly timeout: number | undefined;
}

/** The context of one call. The signal is made when it is first looked at: an unused one would double a call's cost. */
export class HandlerContext implements CallContext {
  readonly method: string;
  readonly notification: boolean;
  readonly connection: CallerConnection | undefined;
  readonly trace: TraceContext | undefined;
  /** Whether the call has been answered, or ended otherwise. */
  over = false;
  readonly #times: DueTimes;
  readonly #method: Timed;
  #due: number | undefined;
  #controller: AbortController | undefined;
  #aborted = false;
  #reason: unknown;

  /** @param name - the one the caller used */
  constructor(
    name: string,
    method: Timed,
    notification: boolean,
    connection: CallerConnection | undefined,
    times: DueTimes,
    trace: TraceContext | undefined,
  ) {
    this.method = name;
    this.#method = method;
    this.notification = notification;
    this.connection = connection;
    this.trace = trace;
    this.#times = times;
  }

  /** When the timeout is due, on the clock's scale. It begins when somebody asks: most calls are over before. */
  get due(): number {
    this.#due ??= this.#times.deadlineOf(this.#method);
    return this.#due;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Throws once the call is over: nobody would see what comes of it. */
  throwIfOver(): void {
    if (this.#aborted) throw this.#reason;
    if (this.over) throw new Error("a middleware called next() after the call was answered");
  }

  get deadline(): number | undefined {
    const { due } = this;
    return due === Number.POSITIVE_INFINITY ? undefined : Date.now() + due - this.#times.clock.now();
  }

  abort(reason: unknown): void {
    this.#aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
