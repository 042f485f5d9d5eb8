import { callersOptions } from "../connection/answering-connection.ts";
import type { Channel } from "../connection/channel.ts";
import { Connection, DEFAULT_TIMEOUT } from "../connection/connection.ts";
import { type Deferred, deferred } from "../connection/deferred.ts";
import { dialectOf } from "../connection/dialect.ts";
import { Emitter } from "../connection/emitter.ts";
import type { DisconnectError } from "../connection/errors/disconnect-error.ts";
import type { Fellows } from "../connection/fellows.ts";
import { Patrol } from "../connection/patrol.ts";
import { type LimitCounters, newCounters } from "../protocol/limit-counters.ts";
import { type LimitOptions, type Limits, resolveLimits, untrusted } from "../protocol/limits.ts";
import { concurrencyOf } from "../service/concurrency.ts";
import { Exchanges } from "../service/exchanges.ts";
import { guardedLogger, type Logger } from "../service/logger.ts";
import type { Service } from "../service/service.ts";
import { type Clock, systemClock, timeoutOf } from "../time/clock.ts";
import { beginListening, endListening } from "../transport/listening.ts";
import { routeTo } from "../transport/registry.ts";
import type { AcceptOptions, Attachment, Listener } from "../transport/transport.ts";
import type { ServerOptions } from "./options.ts";
import { Places } from "./places.ts";
import { Refusals } from "./refusals.ts";
import { shutDown } from "./shutdown.ts";

/** How exchanges of one address are served, as transports are told. */
interface ServingExchanges extends Pick<AcceptOptions, "serve" | "methods"> {
  readonly exchanges: Exchanges;
}

/** The events of a server. */
export type ServerEvents = {
  /** A client has connected. */
  connection: readonly [connection: Connection];
  /** Its connection can carry no more calls. */
  disconnection: readonly [connection: Connection, reason: DisconnectError];
};

/**
 * Serves a service on any number of addresses. Made by `listen`.
 *
 * Several servers can serve the same service; closing one leaves the service and the others alone.
 */
export class Server {
  readonly service: Service;
  /** Resolves once the server is closed: by `close`, or by itself when its only address was `stdio:` and has ended. */
  readonly closed: Promise<void>;
  readonly #options: ServerOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #events: Emitter<ServerEvents>;
  readonly #listeners: Listener[] = [];
  readonly #connections = new Set<Connection>();
  readonly #owner = {
    disconnected: (connection: Connection, reason: DisconnectError) =>
      this.#events.emit("disconnection", connection, reason),
    closed: (connection: Connection) => this.#connections.delete(connection),
    fellows: undefined as Fellows | undefined,
  };
  readonly #counters = newCounters();
  readonly #total = { inFlight: 0 };
  readonly #places = new Places();
  readonly #refusals: Refusals;
  readonly #over: Deferred<void>;
  /** What serves exchanges, each with what brings them, once that listens. */
  readonly #exchanges = new Map<Exchanges, Listener | undefined>();
  #closed: Promise<void> | undefined;

  /** @throws RangeError when an option's value makes no sense */
  constructor(service: Service, options: ServerOptions = {}) {
    // Said now, rather than by each connection.
    timeoutOf(options.timeout ?? DEFAULT_TIMEOUT);
    resolveLimits(options.limits, untrusted);
    dialectOf({ cancel: options.cancel });
    concurrencyOf(options.concurrency);
    this.service = service;
    this.#over = deferred();
    this.closed = this.#over.promise;
    this.#options = options;
    this.#logger = guardedLogger(options.logger);
    this.#clock = options.clock ?? systemClock;
    this.#events = new Emitter(this.#logger);
    this.#owner.fellows = { counters: this.#counters, patrol: new Patrol(this.#clock), total: this.#total };
    this.#refusals = new Refusals(this.#logger, this.#counters, this.#clock);
  }

  /** The addresses it listens on, with the ports the system picked. */
  get addresses(): readonly string[] {
    return this.#listeners.map(({ address }) => address);
  }

  /**
   * The first of them.
   *
   * @throws Error when it listens nowhere
   */
  get address(): string {
    const [first] = this.#listeners;
    if (!first) throw new Error("this server listens nowhere");
    return first.address;
  }

  /** The connections that are not over. Exchanges, as over HTTP, are none: who sends a text leaves with its answer. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** How often each limit was met, by its name, over all addresses. A service has counters of its own for `handle`. */
  get counters(): Readonly<LimitCounters> {
    return this.#counters;
  }

  /** How many calls are in flight, over all connections and addresses. */
  get inFlight(): number {
    return this.#total.inFlight;
  }

  /**
   * Listens on one more address.
   *
   * @returns the address to dial, with the port the system picked where port 0 was asked for
   * @throws InvalidAddressError when it is no address
   * @throws Error when it cannot be listened on, as the platform says it (`code` is `EADDRINUSE`, `EACCES`, …), or
   * when the server was closed
   */
  async listen(address: string | URL): Promise<string> {
    const route = routeTo(address);
    const transport = await route.load();
    const limits = resolveLimits(this.#options.limits, transport.limits);
    const { tls, unix, ws, http, nats } = this.#options;
    const options = {
      ...this.#accepting(limits, () => route.address.shown),
      transport: { ...this.#options.transport, tls, unix, ws, http, nats },
    };
    this.#assertOpen();
    const listener = await transport.listen(route.address, options, (channel) => this.accept(channel, limits));
    this.#exchanges.set(options.exchanges, listener);
    if (this.#closed !== undefined) {
      await listener.close();
      await listener.end?.(0);
      this.#assertOpen();
    }
    this.#add(listener);
    void listener.ended?.then(() => this.#listenerEnded(listener));
    return listener.address;
  }

  /**
   * Accepts from something that listens already, until this server is closed: `webSocketsOn(httpServer, …)`, for example.
   *
   * @returns its address, as far as it is known
   * @throws Error when it cannot be attached, or the server was closed
   */
  attach(attachment: Attachment): string {
    this.#assertOpen();
    const limits = resolveLimits(this.#options.limits, attachment.limits);
    const accepting = this.#accepting(limits, () => listener.address);
    const listener = attachment.listen(accepting, (channel) => this.accept(channel, limits));
    this.#exchanges.set(accepting.exchanges, listener);
    this.#add(listener);
    return listener.address;
  }

  /**
   * Serves one more client, on a channel that came about in some other way.
   *
   * @param limits - default: the server's
   */
  accept(channel: Channel, limits: LimitOptions | undefined = this.#options.limits): Connection {
    const { timeout, cancel, concurrency } = this.#options;
    const connection = new Connection(
      channel,
      { service: this.service, timeout, cancel, concurrency, limits, logger: this.#logger, clock: this.#clock },
      this.#owner,
    );
    this.#connections.add(connection);
    if (this.#closed !== undefined) connection.destroy(new Error("the server is closed"));
    else this.#events.emit("connection", connection);
    return connection;
  }

  /**
   * Closes the server: stops accepting, answers what is new on its connections with -32097 (`isDraining` tells it on
   * the other side), waits for what is in flight, flushes the answers and ends the connections.
   *
   * @param options - `timeout`: milliseconds for what is in flight; then it is answered with -32098 and its signals
   * abort. Default: 10,000. Flushing has 5,000 more, then a connection is cut.
   * @returns a promise that resolves once it is over. Idempotent. A method that awaits it waits for itself.
   * @throws as a rejection, once all the rest is over, what the platform says of an address that cannot be given up
   */
  close({ timeout = 10_000 }: { readonly timeout?: number } = {}): Promise<void> {
    if (!this.#closed) {
      const closed = deferred<void>();
      this.#closed = closed.promise;
      closed.resolve(this.#close(timeout).finally(this.#over.resolve));
    }
    return this.#closed;
  }

  #accepting(limits: Limits, address: () => string): Omit<AcceptOptions, "transport"> & ServingExchanges {
    const refused = (error: Error) => this.#refusals.report(address(), error);
    return {
      limits,
      refused,
      counters: this.#counters,
      ...this.#serveWithin(limits),
      admit: (from) => {
        try {
          return this.#places.take(from, limits);
        } catch (error) {
          refused(error as Error);
          throw error;
        }
      },
    };
  }

  /** Serves exchanges: those of one address share its limits. */
  #serveWithin(limits: Limits): ServingExchanges {
    const exchanges = new Exchanges(this.service, {
      limits,
      clock: this.#clock,
      concurrency: concurrencyOf(this.#options.concurrency),
      counters: this.#counters,
      total: this.#total,
    });
    this.#exchanges.set(exchanges, undefined);
    const optionsOf = callersOptions(this.#logger);
    return {
      exchanges,
      serve: (text, caller) => exchanges.handle(text, optionsOf(caller)),
      methods: (told) => this.service.eachMethod(told),
    };
  }

  on<Event extends keyof ServerEvents>(event: Event, listener: (...args: ServerEvents[Event]) => void): this {
    this.#events.on(event, listener);
    return this;
  }

  off<Event extends keyof ServerEvents>(event: Event, listener: (...args: ServerEvents[Event]) => void): this {
    this.#events.off(event, listener);
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #close(timeout: number): Promise<void> {
    const [listeners, connections] = [[...this.#listeners], [...this.#connections]];
    return shutDown({ listeners, connections, exchanges: this.#exchanges, clock: this.#clock }, timeout);
  }

  #add(listener: Listener): void {
    this.#listeners.push(listener);
    beginListening(listener);
  }

  /** With the last address that ended by itself, a server nobody is connected to is over. */
  #listenerEnded(listener: Listener): void {
    this.#listeners.splice(this.#listeners.indexOf(listener), 1);
    endListening(listener);
    if (this.#listeners.length === 0 && this.#connections.size === 0) void this.close();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new Error("this server is closed");
  }
}

/**
 * Serves a service on an address, or on several.
 *
 * ```ts
 * const server = await listen(service, "tcp://127.0.0.1:7080");
 * ```
 *
 * @throws as `Server.listen` does; nothing listens then
 */
export async function listen(
  service: Service,
  address: string | URL | readonly (string | URL)[],
  options: ServerOptions = {},
): Promise<Server> {
  const server = new Server(service, options);
  const addresses = typeof address === "string" || address instanceof URL ? [address] : address;
  try {
    for (const one of addresses) await server.listen(one);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}
