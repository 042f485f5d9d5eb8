import { ServerTimeoutError } from "../protocol/errors/server-timeout-error.ts";
import { type LimitOptions, resolveLimits, untrusted } from "../protocol/limits.ts";
import type { Params } from "../protocol/message.ts";
import { concurrencyOf } from "../service/concurrency.ts";
import type { CallerConnection } from "../service/context.ts";
import { guardedLogger, type Logger } from "../service/logger.ts";
import type { PeerInfo } from "../service/peer.ts";
import type { Service } from "../service/service.ts";
import { type Clock, systemClock, timeoutOf } from "../time/clock.ts";
import type { AnyApi, CallArguments, MethodName, RemoteNamespace, ResultOf } from "./api.ts";
import type { Batch } from "./batch.ts";
import type { Channel } from "./channel.ts";
import { closeWithin } from "./close-within.ts";
import { type DialectOptions, dialectOf } from "./dialect.ts";
import type { DisconnectError } from "./errors/disconnect-error.ts";
import type { Fellows } from "./fellows.ts";
import { Link, type LinkOwner } from "./link.ts";
import type { CallMiddleware, CallMiddlewareOptions } from "./middleware.ts";
import { Milestone } from "./milestone.ts";
import { lossOf } from "./outgoing.ts";
import { type CallOptions, checkWhenFull, type WhenFull } from "./pending-call.ts";
import type { RemoteCalls } from "./remote-calls.ts";

/** How a connection is made. */
export interface ConnectionOptions extends DialectOptions {
  /** Who answers the peer's calls. Default: nobody; they are unknown methods. */
  readonly service?: Service | undefined;
  /** Milliseconds a call waits for its answer, 0 for ever. Default: 5,000. */
  readonly timeout?: number | undefined;
  /** What calls do while the peer reads too slowly, unless they say otherwise. See `CallOptions`. Default: `"wait"`. */
  readonly whenFull?: WhenFull | undefined;
  /** Default: the `untrusted` profile. */
  readonly limits?: LimitOptions | undefined;
  /**
   * How many of the peer's calls may run at once; the others wait for their turn, in the order in which they came. 1 runs
   * them one at a time. See "Order" in docs/limits.md. Default: Infinity, all of them.
   */
  readonly concurrency?: number | undefined;
  /** Default: warnings and errors go to the console. */
  readonly logger?: Logger | undefined;
  /** Default: the system's. Tests give their own. */
  readonly clock?: Clock | undefined;
}

/** One for all the connections of a server: to hear of each one's end by its promises would cost more memory. */
export interface ConnectionOwner {
  /** No call can be made any more. */
  disconnected(connection: Connection, reason: DisconnectError): void;
  /** Everything is over. */
  closed(connection: Connection): void;
  /**
   * What it has in common with the owner's others. Default: nothing.
   *
   * @internal
   */
  readonly fellows?: Fellows | undefined;
}

/** Milliseconds a call waits for its answer where nobody said otherwise. */
export const DEFAULT_TIMEOUT = 5_000;

/**
 * JSON-RPC 2.0 over one live channel, both ways: its service answers the peer's calls, and it makes calls itself.
 *
 * Servers have one for each client, and a handler finds the one it was called by in its context. It is also the way
 * to speak over anything that is not an address:
 *
 * ```ts
 * const connection = new Connection(new FramedChannel(duplex), { service });
 * ```
 *
 * @typeParam Api - what the peer offers
 */
export class Connection<Api extends object = AnyApi> {
  /** Who is on the other end. */
  readonly peer: PeerInfo;
  #disconnected: Milestone<DisconnectError> | undefined;
  #closed: Milestone<void> | undefined;
  /** Made with the first: many a server's connection makes none. */
  #made: RemoteCalls | undefined;
  readonly #timeout: number;
  readonly #whenFull: WhenFull | undefined;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #owner: ConnectionOwner | undefined;

  /**
   * @param channel - from here on the connection's; nobody has opened it before
   * @param owner - told of its end
   * @throws RangeError when an option's value makes no sense
   */
  constructor(channel: Channel, options: ConnectionOptions = {}, owner?: ConnectionOwner) {
    // All that can throw comes before the channel is opened.
    const limits = resolveLimits(options.limits, untrusted);
    const dialect = dialectOf(options);
    this.#timeout = timeoutOf(options.timeout ?? DEFAULT_TIMEOUT);
    checkWhenFull(options.whenFull);
    this.#whenFull = options.whenFull;
    const logger = guardedLogger(options.logger);
    this.#clock = options.clock ?? systemClock;
    this.#owner = owner;
    this.peer = channel.peer;
    this.#link = new Link(channel, {
      ...dialect,
      service: options.service,
      limits,
      logger,
      clock: this.#clock,
      concurrency: concurrencyOf(options.concurrency),
      fellows: owner?.fellows,
      // Handlers see it untyped: what one peer offers is no matter of the service, which has many.
      connection: this as unknown as CallerConnection,
      owner: Connection.#links,
    });
  }

  get #calls(): RemoteCalls {
    this.#made ??= this.#link.outgoing.calls(this.#timeout, this.#whenFull);
    return this.#made;
  }

  static readonly #links: LinkOwner = {
    disconnected: (connection, reason) => (connection as unknown as Connection).#lost(reason),
    closed: (connection) => (connection as unknown as Connection).#over(),
  };

  #lost(reason: DisconnectError): void {
    this.#disconnected ??= new Milestone();
    this.#disconnected.reach(reason);
    // When the pending calls are rejected too, as for those who await `disconnected`.
    const [owner, calls] = [this.#owner, this.#made];
    if (!owner && !calls) return;
    queueMicrotask(() => {
      calls?.end((call) => lossOf(call, call.outcome, reason));
      owner?.disconnected(this as unknown as Connection, reason);
    });
  }

  #over(): void {
    this.#closed ??= new Milestone();
    this.#closed.reach();
    this.#owner?.closed(this as unknown as Connection);
  }

  /** Resolves, with the reason, once no call can be made any more: the connection is lost, ended or closed. */
  get disconnected(): Promise<DisconnectError> {
    this.#disconnected ??= new Milestone();
    return this.#disconnected.promise;
  }

  /** Resolves once everything is over. */
  get closed(): Promise<void> {
    this.#closed ??= new Milestone();
    return this.#closed.promise;
  }

  /** How many of the peer's calls are in flight: received and not yet answered. */
  get inFlight(): number {
    return this.#link.inFlight;
  }

  /** How many of this side's calls are pending: made and not yet settled. */
  get pending(): number {
    return this.#made?.size ?? this.#link.pending;
  }

  /** Calls a method of the peer. See `Client.call`. */
  call<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, CallOptions>
  ): Promise<ResultOf<Api, Name>> {
    return this.#calls.call(method, params as Params | undefined, options) as Promise<ResultOf<Api, Name>>;
  }

  /** Notifies the peer. See `Client.notify`. */
  notify<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, CallOptions>
  ): Promise<void> {
    return this.#calls.notify(method, params as Params | undefined, options);
  }

  /** Starts a batch. See `Client.batch`. */
  batch(): Batch<Api> {
    return this.#calls.batch() as Batch<Api>;
  }

  /** A namespace's methods as functions. See `Client.namespace`. */
  namespace<const Namespace extends string, const Separator extends string = ".">(
    name: Namespace,
    separator?: Separator,
  ): RemoteNamespace<Api, Namespace, Separator> {
    return this.#calls.namespace(name, separator ?? ".") as RemoteNamespace<Api, Namespace, Separator>;
  }

  /** Puts a middleware around all calls and notifications to the peer from now on. See `Client.use`. */
  use(middleware: CallMiddleware, options?: CallMiddlewareOptions): this {
    this.#calls.use(middleware, options);
    return this;
  }

  /**
   * Closes it: pending calls reject with a `ClosedError`, handlers' signals abort, what was sent still goes out.
   *
   * @param options - `timeout`: milliseconds until it is cut if the peer does not read what was sent. Default: 5,000
   * @returns a promise that resolves once it is over. Idempotent.
   */
  close({ timeout = 5_000 }: { readonly timeout?: number } = {}): Promise<void> {
    return closeWithin(this.#link, this.closed, timeout, this.#clock);
  }

  /**
   * Refuses the peer's new calls with -32097, telling it to try elsewhere, while those in flight go on.
   *
   * @returns a promise that resolves once none is in flight
   */
  drain(): Promise<void> {
    return this.#link.drain();
  }

  /**
   * Ends the peer's calls that are in flight: answers them with -32098 and aborts the handlers' signals.
   *
   * @param reason - what the signals abort with. Default: a `ServerTimeoutError`
   */
  cancelInFlight(reason: unknown = new ServerTimeoutError()): void {
    this.#link.cancelInFlight(reason);
  }

  /** Ends it at once. What was not handed over to the channel is lost. */
  destroy(reason?: Error): void {
    this.#link.destroy(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
