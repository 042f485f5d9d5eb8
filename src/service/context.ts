import type { GivenParams } from "../protocol/message.ts";
import type { TraceContext } from "../protocol/trace-context.ts";
import type { Clock } from "../time/clock.ts";
import { Aborted } from "./aborted.ts";
import type { PeerInfo } from "./peer.ts";

const inspected = Symbol.for("nodejs.util.inspect.custom");

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
 * `context: true`. It is to be passed on as it is, or taken apart by name: `{ ...context }` has little of it, since most is
 * made when it is looked at.
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

/** Who makes a call, as the context of that call needs it. */
export interface ContextCaller {
  readonly connection: CallerConnection | undefined;
  readonly times: DueTimes;
}

/** What only few calls have. */
export interface ContextExtra {
  /** The name the caller used, where it is not the method's. */
  readonly name?: string | undefined;
  readonly trace?: TraceContext | undefined;
}

/**
 * The context of one call. It is small, and what can wait is made when somebody looks: to fill it is most of what it costs,
 * and an unused signal would double a call's cost.
 */
export class HandlerContext implements CallContext {
  readonly notification: boolean;
  /** Whether the call has been answered, or ended otherwise. */
  over = false;
  readonly #method: Timed & { readonly name: string };
  readonly #caller: ContextCaller;
  readonly #extra: ContextExtra | undefined;
  #due: number | undefined;
  #controller: AbortController | Aborted | undefined;

  constructor(
    method: Timed & { readonly name: string },
    notification: boolean,
    caller: ContextCaller,
    extra: ContextExtra | undefined,
  ) {
    this.#method = method;
    this.notification = notification;
    this.#caller = caller;
    this.#extra = extra;
  }

  get method(): string {
    return this.#extra?.name ?? this.#method.name;
  }

  get connection(): CallerConnection | undefined {
    return this.#caller.connection;
  }

  get trace(): TraceContext | undefined {
    return this.#extra?.trace;
  }

  /** When the timeout is due, on the clock's scale. It begins when somebody asks: most calls are over before. */
  get due(): number {
    this.#due ??= this.#caller.times.deadlineOf(this.#method);
    return this.#due;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Throws once the call is over: nobody would see what comes of it. */
  throwIfOver(): void {
    this.#controller?.signal.throwIfAborted();
    if (this.over) throw new Error("a middleware called next() after the call was answered");
  }

  get deadline(): number | undefined {
    const { due } = this;
    return due === Number.POSITIVE_INFINITY ? undefined : Date.now() + due - this.#caller.times.clock.now();
  }

  /** What Node.js shows of it, as in a log. */
  [inspected](): object {
    const { method, notification, connection, trace } = this;
    return { method, notification, connection, trace };
  }

  abort(reason: unknown): void {
    if (this.#controller) this.#controller.abort(reason);
    else this.#controller = new Aborted(reason);
  }
}
