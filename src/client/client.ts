import type { AnyApi, CallArguments, MethodName, RemoteNamespace, ResultOf } from "../connection/api.ts";
import type { Batch } from "../connection/batch.ts";
import { DEFAULT_TIMEOUT } from "../connection/connection.ts";
import { dialectOf } from "../connection/dialect.ts";
import { Emitter } from "../connection/emitter.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import type { DisconnectError } from "../connection/errors/disconnect-error.ts";
import type { CallMiddleware, CallMiddlewareOptions } from "../connection/middleware.ts";
import type { CallOptions } from "../connection/pending-call.ts";
import { resolveLimits, untrusted } from "../protocol/limits.ts";
import type { Params } from "../protocol/message.ts";
import { concurrencyOf } from "../service/concurrency.ts";
import { guardedLogger } from "../service/logger.ts";
import type { PeerInfo } from "../service/peer.ts";
import { systemClock, timeoutOf } from "../time/clock.ts";
import { Addresses } from "./addresses.ts";
import { checkRedial, type RedialOptions } from "./backoff.ts";
import { Line } from "./line.ts";
import type { ClientOptions } from "./options.ts";
import { retryOf } from "./retry.ts";
import { RetryingCalls } from "./retrying-calls.ts";

/** The events of a client. */
export type ClientEvents = {
  /** There is a connection. */
  connect: readonly [peer: PeerInfo];
  /** There is none any more. */
  disconnect: readonly [reason: DisconnectError];
};

/**
 * Calls the methods of a server. It needs no step to connect: it dials when a call needs it, and again after a loss.
 *
 * ```ts
 * const client = new Client<Api>("tcp://127.0.0.1:7080");
 * const text = await client.call("main.echo", ["foo"]);
 * ```
 *
 * Where there are several addresses it dials them in turn, and stays with the one that answers for as long as it does.
 * A server that says that it is closing is left for another: it still answers what it was asked, and the next call dials.
 *
 * Nothing is ever sent twice unless `retry` or `idempotent` says that it may be: a call whose connection is lost
 * rejects with what became of it, `not-sent` or `unknown`, and the caller decides.
 *
 * @typeParam Api - the server's methods: an interface of functions by name, see `Exports`. Without it any method can
 * be called, and results are `unknown`.
 */
export class Client<Api extends object = AnyApi> {
  readonly #addresses: Addresses;
  readonly #events: Emitter<ClientEvents>;
  readonly #calls: RetryingCalls;
  readonly #line: Line;

  /**
   * @param address - `tcp://host:port`, `tls://host:port`, `ws://host:port/path`, `wss://host:port/path`,
   * `http://host:port/path`, `https://host/path`, `nats://host:port/subject.prefix`, `unix:/path`, `stdio:`, or of a
   * registered transport; or several of servers that can stand in for each other, in the order in which they are to be tried
   * @throws TypeError when there is none
   * @throws InvalidAddressError when it is no address
   * @throws RangeError when an option's value makes no sense
   */
  constructor(address: string | URL | readonly (string | URL)[], options: ClientOptions = {}) {
    const addresses = new Addresses(address, options.interpose);
    this.#addresses = addresses;
    // What the limits are is known when the transport is; whether they make sense, now.
    resolveLimits(options.limits, untrusted);
    const { limits, service, tls, stdio, ws, http, nats, transport } = options;
    const { version, cancellation } = dialectOf(options);
    const logger = guardedLogger(options.logger);
    const clock = options.clock ?? systemClock;
    this.#events = new Emitter(logger);
    const retry = retryOf(options);
    const redial = redialOf(options.redial);
    const connection = {
      call: (method: string, params?: Params, options?: CallOptions) => this.#calls.call(method, params, options),
      notify: (method: string, params?: Params, options?: CallOptions) => this.#calls.notify(method, params, options),
    };
    this.#line = new Line({
      version,
      cancellation,
      addresses,
      limits,
      dialTimeout: timeoutOf(options.dialTimeout ?? (addresses.several ? 2_000 : 10_000)),
      redial,
      transport: { ...transport, tls, stdio, ws, http, nats },
      service,
      concurrency: concurrencyOf(options.concurrency),
      logger,
      clock,
      connection,
      onRenewed: (pending) => {
        this.#calls.pending = pending;
      },
      onConnect: (peer) => this.#events.emit("connect", peer),
      onDisconnect: (reason) => this.#events.emit("disconnect", reason),
    });
    this.#calls = new RetryingCalls({
      pending: this.#line.pending,
      outlet: this.#line,
      logger,
      timeout: timeoutOf(options.timeout ?? DEFAULT_TIMEOUT),
      version,
      address: () => this.address,
      clock,
      retry,
      attemptTimeout: timeoutOf(options.attemptTimeout ?? 0),
      backoff: redial ?? {},
      onRefused: () => this.#line.leaveClosing(),
      whenFull: options.whenFull,
    });
  }

  /**
   * The address it talks to, or will dial first, as it was given but for a user and password in it, and the values
   * of its parameters. Where there are several, that can change with every dial.
   */
  get address(): string {
    return this.#addresses.first.address.shown;
  }

  /** All its addresses, in the order in which they were given. */
  get addresses(): readonly string[] {
    return this.#addresses.shown;
  }

  /**
   * Whether there is a connection now. Over HTTP, which has none that could be lost, that is from the first call, or
   * `connect`, until `close`; over NATS also while its broker is away and looked for.
   */
  get connected(): boolean {
    return this.#line.connected;
  }

  /** How many calls are pending: made and not yet settled. */
  get pending(): number {
    return this.#line.size + this.#calls.surplus;
  }

  /**
   * Calls a method.
   *
   * @param params - an array for params by position, an object for params by name; sent as they are
   * @returns a promise of the result
   * @throws RpcError, as a rejection like all of these: the server's error answer
   * @throws CallTimeoutError, CallAbortedError, ConnectionLostError, DialError, ClosedError, QueueFullError, InvalidResponseError:
   * there is no answer; each says in `outcome` whether the call was sent
   * @throws TypeError when the params cannot be written as JSON, or are by name and `version` is "1.0"
   */
  call<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, CallOptions>
  ): Promise<ResultOf<Api, Name>> {
    return this.#calls.call(method, params as Params | undefined, options) as Promise<ResultOf<Api, Name>>;
  }

  /**
   * Notifies: calls a method and wants no answer.
   *
   * @returns a promise that resolves when the notification was handed to the operating system, which is no promise
   * that it arrives; over HTTP, when the server has taken it, and over NATS, when the broker has. It need not be awaited:
   * one that cannot be sent is logged, and is no unhandled rejection.
   */
  notify<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, CallOptions>
  ): Promise<void> {
    return this.#calls.notify(method, params as Params | undefined, options);
  }

  /**
   * Starts a batch, whose calls travel as one message.
   *
   * @throws Error when `version` is "1.0", which has no batches
   */
  batch(): Batch<Api> {
    return this.#calls.batch() as Batch<Api>;
  }

  /**
   * A namespace's methods as functions, with their arguments by position.
   *
   * ```ts
   * const main = client.namespace("main");
   * await main.echo("foo");
   * ```
   *
   * @param name - `""` for the methods without one
   */
  namespace<const Namespace extends string, const Separator extends string = ".">(
    name: Namespace,
    separator?: Separator,
  ): RemoteNamespace<Api, Namespace, Separator> {
    return this.#calls.namespace(name, separator ?? ".") as RemoteNamespace<Api, Namespace, Separator>;
  }

  /**
   * Puts a middleware around all calls and notifications from now on, also those of batches and namespaces; those that are
   * pending go on as they are. The first that is added is the outermost.
   *
   * ```ts
   * client.use(async (call, next) => {
   *   const result = await next();
   *   console.log(call.method, "was answered");
   *   return result;
   * });
   * ```
   *
   * A call's timeout and signal span all of it. When its time is up, `next()` rejects, and the call does too unless the
   * middlewares make something else of that at once.
   *
   * @throws TypeError when it is no function
   */
  use(middleware: CallMiddleware, options?: CallMiddlewareOptions): this {
    this.#calls.use(middleware, options);
    return this;
  }

  /**
   * Dials now, for those who want to know early. Does nothing when there is a connection.
   *
   * @throws DialError, CallTimeoutError, CallAbortedError or ClosedError, as a rejection
   */
  connect(options?: CallOptions): Promise<void> {
    if (this.#line.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const call = this.#calls.start("connect", () => resolve(), reject, options);
      if (call) this.#line.connect(call);
    });
  }

  /**
   * Closes the client for good: nothing is dialled any more, pending calls reject with a `ClosedError`, and what was
   * sent still goes out.
   *
   * @param options - `timeout`: milliseconds until the connection is cut if the server does not read what was sent.
   * Default: 5,000
   * @returns a promise that resolves once it is over; over stdio, once the program has exited. Idempotent.
   */
  close({ timeout = 5_000 }: { readonly timeout?: number } = {}): Promise<void> {
    const closed = this.#line.close(timeout);
    this.#calls.end((call) => new ClosedError(call.method, call.outcome));
    return closed;
  }

  on<Event extends keyof ClientEvents>(event: Event, listener: (...args: ClientEvents[Event]) => void): this {
    this.#events.on(event, listener);
    return this;
  }

  off<Event extends keyof ClientEvents>(event: Event, listener: (...args: ClientEvents[Event]) => void): this {
    this.#events.off(event, listener);
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function redialOf(redial: boolean | RedialOptions | undefined): RedialOptions | undefined {
  if (!redial) return undefined;
  return redial === true ? {} : checkRedial(redial);
}
