import type { Params } from "../protocol/message.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { Version } from "../protocol/version.ts";
import type { Logger } from "../service/logger.ts";
import { timeoutOf } from "../time/clock.ts";
import { Batch, type BatchMaker, type BatchMember, type MemberAttempt } from "./batch.ts";
import { callTracer } from "./call-trace.ts";
import { deferred } from "./deferred.ts";
import { Departure } from "./departure.ts";
import { CallAbortedError } from "./errors/call-aborted-error.ts";
import { QueueFullError } from "./errors/queue-full-error.ts";
import type { CallMiddleware, CallMiddlewareOptions } from "./middleware.ts";
import type { Outlet, WaitingMember } from "./outlet.ts";
import { type CallOptions, checkWhenFull, PendingCall, type WhenFull } from "./pending-call.ts";
import type { PendingCalls } from "./pending-calls.ts";
import { remoteNamespace } from "./remote-namespace.ts";
import { WrappedCall } from "./wrapped-call.ts";
import { type Trials, WrappedCalls } from "./wrapped-calls.ts";

/** What the calls of a client or connection share. */
export interface RemoteCallsOptions {
  readonly pending: PendingCalls;
  readonly outlet: Outlet;
  readonly logger: Logger;
  /** The default timeout, in milliseconds, Infinity for none. */
  readonly timeout: number;
  readonly version: Version;
  /** The client's, for those who trace its calls: the one that is tried first now. */
  readonly address?: () => string;
  /** Default: `"wait"`. */
  readonly whenFull?: WhenFull | undefined;
}

/** The calling half of clients and connections: makes calls of arguments, and leaves the sending to the outlet. */
export class RemoteCalls implements BatchMaker {
  /** Where calls are pending that are made from now on. */
  pending: PendingCalls;
  readonly outlet: Outlet;
  readonly logger: Logger;
  readonly version: Version;
  readonly #address: (() => string) | undefined;
  readonly #timeout: number;
  readonly #failsWhenFull: boolean;
  #hasMiddlewares = false;
  /** Made with the first call that needs it. */
  #wrapped: WrappedCalls | undefined;

  constructor({ pending, outlet, logger, timeout, version, address, whenFull }: RemoteCallsOptions) {
    checkWhenFull(whenFull);
    this.pending = pending;
    this.outlet = outlet;
    this.logger = logger;
    this.version = version;
    this.#address = address;
    this.#timeout = timeout;
    this.#failsWhenFull = whenFull === "fail";
  }

  get address(): string | undefined {
    return this.#address?.();
  }

  /** How many calls are made and not yet settled. */
  get size(): number {
    return this.pending.size + this.surplus;
  }

  /** How many of these are in no table of what is sent. */
  get surplus(): number {
    return this.#wrapped?.surplus ?? 0;
  }

  /** @throws TypeError when the middleware is no function */
  use(middleware: CallMiddleware, { repeats = false }: CallMiddlewareOptions = {}): void {
    if (typeof middleware !== "function") {
      throw new TypeError(`expected a function as a middleware, got ${typeof middleware}`);
    }
    const wrapped = this.#wrappedCalls;
    wrapped.layers = [...wrapped.layers, { run: middleware, repeats }];
    this.#hasMiddlewares = true;
  }

  /** Nothing can be sent any more: ends the calls that are on their way through middlewares, too. */
  end(error: (call: PendingCall) => unknown): void {
    this.#wrapped?.end(error);
  }

  call(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<unknown> {
    if (this.isWrapped(options)) return this.#callWrapped(method, params, options);
    const { promise, resolve, reject } = deferred<unknown>();
    try {
      const body = this.version.requestBody(method, params);
      const call = this.start(method, resolve, reject, options);
      if (call) this.outlet.sendCall(call, body);
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  notify(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<void> {
    if (this.isWrapped(options)) return this.#notifyWrapped(method, params, options);
    let sent: Promise<void> | undefined;
    try {
      this.timeoutFor(options);
      checkWhenFull(options?.whenFull);
      const body = this.version.requestBody(method, params);
      sent = options?.signal?.aborted ? undefined : this.outlet.sendNotification(body);
      sent ??= this.#notifyLater(method, body, options);
    } catch (error) {
      sent = Promise.reject(error);
      this.watchNotification(sent, method);
    }
    return sent;
  }

  /** @throws Error when the version has none */
  batch(): Batch {
    if (!this.version.hasBatches) throw new Error("JSON-RPC 1.0 has no batches: make the calls one by one");
    return new Batch(this);
  }

  requestBody(method: string, params: Params | undefined): RequestBody {
    return this.version.requestBody(method, params);
  }

  namespace(name: string, separator: string): object {
    return remoteNamespace((method, args) => this.call(method, args, undefined), name, separator);
  }

  /**
   * Milliseconds a call has, Infinity for no end.
   *
   * @throws RangeError when the options' timeout makes no sense
   */
  timeoutFor(options: CallOptions | undefined): number {
    return options?.timeout === undefined ? this.#timeout : timeoutOf(options.timeout);
  }

  attemptsAt(members: readonly WaitingMember[], _options: CallOptions | undefined): readonly MemberAttempt[] {
    return members;
  }

  mayRetry(_options: CallOptions | undefined): boolean {
    return false;
  }

  trials({ attempt, options, resolve, reject }: Trials): void {
    attempt(resolve, reject, options);
  }

  /** Makes a pending call; `undefined` if its signal was aborted before, which has then rejected it. */
  start(
    method: string,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    options: CallOptions | undefined,
  ): PendingCall | undefined {
    const call = new PendingCall(method, resolve, reject);
    this.begin(call, options);
    return call.pending ? call : undefined;
  }

  begin(call: PendingCall, options: CallOptions | undefined): void {
    const timeout = this.timeoutFor(options);
    const signal = options?.signal;
    const whenFull = options?.whenFull;
    checkWhenFull(whenFull);
    if (whenFull === undefined ? this.#failsWhenFull : whenFull === "fail") {
      if (this.outlet.full) {
        call.reject(new QueueFullError(call.method));
        return;
      }
    }
    if (signal?.aborted) call.reject(new CallAbortedError(call.method, "not-sent", { cause: signal.reason }));
    else this.pending.add(call, timeout, signal);
  }

  /** Whether a call takes the longer way: there are middlewares, someone listens, or it carries a trace context. */
  isWrapped(options: CallOptions | undefined): boolean {
    return this.#hasMiddlewares || callTracer?.active === true || options?.trace !== undefined;
  }

  beginWrapped(members: readonly BatchMember[], options: CallOptions | undefined): () => void {
    const departure = new Departure(this.outlet, members.length);
    const journeys = members.map(({ call, body, notification }, index) => {
      const place = departure.place(index);
      const resolve = (result: unknown) => {
        place.settled();
        call.resolve(result);
      };
      const reject = (error: unknown) => {
        place.settled();
        call.reject(error);
      };
      const given = { host: this.#wrappedCalls, options, notification, inBatch: true };
      const whole = new WrappedCall(call.method, resolve, reject, given);
      return { whole, params: call.params, body, send: place.send };
    });
    for (const { whole } of journeys) this.#beginWhole(whole);
    return () => {
      for (const journey of journeys) if (journey.whole.pending) this.#wrappedCalls.run(journey);
    };
  }

  get #wrappedCalls(): WrappedCalls {
    this.#wrapped ??= new WrappedCalls(this);
    return this.#wrapped;
  }

  #callWrapped(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<unknown> {
    return this.#wrap(method, params, options, false, ({ call, body }) => this.outlet.sendCall(call, body));
  }

  #notifyWrapped(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<void> {
    const sent = this.#wrap(method, params, options, true, (member) => {
      this.outlet.sendMessage({ batch: false, members: [member] });
    }).then(() => undefined);
    this.watchNotification(sent, method);
    return sent;
  }

  #wrap(
    method: string,
    params: Params | undefined,
    options: CallOptions | undefined,
    notification: boolean,
    send: (member: WaitingMember) => void,
  ): Promise<unknown> {
    const { promise, resolve, reject } = deferred<unknown>();
    try {
      const wrapped = this.#wrappedCalls;
      const whole = new WrappedCall(method, resolve, reject, { host: wrapped, options, notification });
      this.#beginWhole(whole);
      if (whole.pending) wrapped.run({ whole, params, send });
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  #beginWhole(whole: WrappedCall): void {
    const timeout = this.timeoutFor(whole.options);
    const { signal } = whole.options;
    if (signal?.aborted) whole.fail(new CallAbortedError(whole.method, "not-sent", { cause: signal.reason }));
    else this.#wrappedCalls.add(whole, timeout);
  }

  #notifyLater(method: string, body: string, options: CallOptions | undefined): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => {
      const call = this.start(method, () => resolve(), reject, options);
      if (call) this.outlet.sendMessage({ batch: false, members: [{ call, body, notification: true }] });
    });
    this.watchNotification(sent, method);
    return sent;
  }

  /** Few await a notification, so a lost one is logged, and never an unhandled rejection. */
  watchNotification(sent: Promise<unknown>, method: string): void {
    sent.catch((error) => this.logger.warn(`the notification ${method} was not sent:`, error));
  }
}
