import type { AnyApi, CallArguments, MethodName, RemoteNamespace, ResultOf } from "../connection/api.ts";
import type { Batch } from "../connection/batch.ts";
import { closeWithin } from "../connection/close-within.ts";
import { DEFAULT_TIMEOUT } from "../connection/connection.ts";
import { deferred } from "../connection/deferred.ts";
import { Emitter } from "../connection/emitter.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import { DialError } from "../connection/errors/dial-error.ts";
import type { DisconnectError } from "../connection/errors/disconnect-error.ts";
import { Link } from "../connection/link.ts";
import { isSettled, type Outlet, type WaitingMessage } from "../connection/outlet.ts";
import type { CallOptions, PendingCall } from "../connection/pending-call.ts";
import { PendingCalls } from "../connection/pending-calls.ts";
import { RemoteCalls } from "../connection/remote-calls.ts";
import { WaitingList } from "../connection/waiting-list.ts";
import { type LimitOptions, resolveLimits, untrusted } from "../protocol/limits.ts";
import { guardedLogger, type Logger } from "../service/logger.ts";
import type { PeerInfo } from "../service/peer.ts";
import type { Service } from "../service/service.ts";
import { type Clock, systemClock, timeoutOf } from "../time/clock.ts";
import { type Route, routeTo } from "../transport/registry.ts";
import type { TlsDialOptions } from "../transport/tls.ts";
import { checkRedial, type RedialOptions } from "./backoff.ts";
import { type Dialled, dial } from "./dialler.ts";

/** How a client is made. */
export interface ClientOptions {
  /** Milliseconds a call waits for its answer, dialling included; 0 for ever. Default: 5,000. */
  readonly timeout?: number;
  /** Milliseconds one attempt to dial may take, 0 for no end. Default: 10,000. */
  readonly dialTimeout?: number;
  /**
   * Whether a failed dial is tried again, within the timeouts of the calls that wait for it, after a random wait that
   * grows. Default: `false`, a failed dial rejects them at once.
   */
  readonly redial?: boolean | RedialOptions;
  /** Who answers the calls the server makes on this client's connection. Default: nobody. */
  readonly service?: Service;
  /** Default: the `untrusted` profile for tcp and tls, `trusted` for unix. */
  readonly limits?: LimitOptions;
  /** For `tls:` addresses: authorities, the client's own certificate, … */
  readonly tls?: TlsDialOptions;
  /** Options for registered transports, each under its scheme. */
  readonly transport?: Readonly<Record<string, unknown>>;
  /** Where disconnections and stray answers are reported. Default: warnings and errors go to the console. */
  readonly logger?: Logger;
  /** Default: the system's. Tests give their own. */
  readonly clock?: Clock;
}

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
 * Nothing is ever sent twice: a call whose connection is lost rejects with what became of it, `not-sent` or
 * `unknown`, and the caller decides.
 *
 * @typeParam Api - the server's methods: an interface of functions by name, see `Exports`. Without it any method can
 * be called, and results are `unknown`.
 */
export class Client<Api extends object = AnyApi> {
  /** The address as it was given. */
  readonly address: string;
  readonly #options: ClientOptions;
  readonly #route: Route;
  readonly #dialTimeout: number;
  readonly #redial: RedialOptions | undefined;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #events: Emitter<ClientEvents>;
  readonly #pending: PendingCalls;
  readonly #calls: RemoteCalls;

  #link: Link | undefined;
  #dial: AbortController | undefined;
  /** What waits for a connection: messages, and those who called `connect`. */
  readonly #waiting = new WaitingList<WaitingMessage>(isSettled);
  readonly #connecting = new WaitingList<PendingCall>((call) => call.settled);
  /** The links that are not over yet: the live one, and at times one that still flushes its last answers. */
  readonly #open = new Map<Link, Promise<void>>();
  #closed: Promise<void> | undefined;

  /**
   * @param address - `tcp://host:port`, `tls://host:port`, `unix:/path`, or of a registered transport
   * @throws InvalidAddressError when it is no address
   * @throws RangeError when an option's value makes no sense
   */
  constructor(address: string | URL, options: ClientOptions = {}) {
    this.#route = routeTo(address);
    this.address = this.#route.address.text;
    this.#options = options;
    // What the limits are is known when the transport is; whether they make sense, now.
    resolveLimits(options.limits, untrusted);
    this.#redial = redialOf(options.redial);
    this.#dialTimeout = timeoutOf(options.dialTimeout ?? 10_000);
    this.#logger = guardedLogger(options.logger);
    this.#clock = options.clock ?? systemClock;
    this.#events = new Emitter(this.#logger);
    this.#pending = new PendingCalls(this.#clock);
    this.#calls = new RemoteCalls({
      pending: this.#pending,
      outlet: this.#makeOutlet(),
      logger: this.#logger,
      timeout: timeoutOf(options.timeout ?? DEFAULT_TIMEOUT),
    });
  }

  /** Whether there is a connection now. */
  get connected(): boolean {
    return this.#link !== undefined;
  }

  /** How many calls are pending: made and not yet settled. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Calls a method.
   *
   * @param params - an array for params by position, an object for params by name; sent as they are
   * @returns a promise of the result
   * @throws RpcError, as a rejection like all of these: the server's error answer
   * @throws CallTimeoutError, CallAbortedError, ConnectionLostError, DialError, ClosedError, InvalidResponseError:
   * there is no answer; each says in `outcome` whether the call was sent
   * @throws TypeError when the params cannot be written as JSON
   */
  call<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, CallOptions>
  ): Promise<ResultOf<Api, Name>> {
    return this.#calls.call(method, params, options) as Promise<ResultOf<Api, Name>>;
  }

  /**
   * Notifies: calls a method and wants no answer.
   *
   * @returns a promise that resolves when the notification was handed to the operating system, which is no promise
   * that it arrives. It need not be awaited: one that cannot be sent is logged, and is no unhandled rejection.
   */
  notify<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, CallOptions>
  ): Promise<void> {
    return this.#calls.notify(method, params, options);
  }

  /** Starts a batch, whose calls travel as one message. */
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
  namespace<const Namespace extends string>(name: Namespace, separator = "."): RemoteNamespace<Api, Namespace> {
    return this.#calls.namespace(name, separator) as RemoteNamespace<Api, Namespace>;
  }

  /**
   * Dials now, for those who want to know early. Does nothing when there is a connection.
   *
   * @throws DialError, CallTimeoutError, CallAbortedError or ClosedError, as a rejection
   */
  connect(options?: CallOptions): Promise<void> {
    if (this.#link) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const call = this.#calls.start("connect", () => resolve(), reject, options);
      if (!call || this.#refuse([call])) return;
      this.#connecting.add(call);
      this.#dialUp();
    });
  }

  /**
   * Closes the client for good: nothing is dialled any more, pending calls reject with a `ClosedError`, and what was
   * sent still goes out.
   *
   * @param options - `timeout`: milliseconds until the connection is cut if the server does not read what was sent.
   * Default: 5,000
   * @returns a promise that resolves once it is over. Idempotent.
   */
  close({ timeout = 5_000 }: { readonly timeout?: number } = {}): Promise<void> {
    if (!this.#closed) {
      // Before anything happens: what hears of it, such as an aborted handler, may make a call.
      const closed = deferred<void>();
      this.#closed = closed.promise;
      closed.resolve(this.#close(timeout));
    }
    return this.#closed;
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

  async #close(timeout: number): Promise<void> {
    this.#dial?.abort(new Error("the client was closed"));
    this.#waiting.takeAll();
    this.#connecting.takeAll();
    const closing = [...this.#open].map(([link, closed]) => closeWithin(link, closed, timeout, this.#clock));
    this.#pending.rejectAll((call) => new ClosedError(call.method, call.outcome));
    await Promise.all(closing);
  }

  /** Rejects what comes after the close; true when it did. */
  #refuse(calls: readonly PendingCall[]): boolean {
    if (this.#closed === undefined) return false;
    for (const call of calls) this.#pending.reject(call, new ClosedError(call.method, "not-sent"));
    return true;
  }

  #makeOutlet(): Outlet {
    return {
      sendCall: (call, body) => {
        if (this.#link) this.#link.outgoing.sendCall(call, body);
        else this.#wait({ batch: false, members: [{ call, body, notification: false }] });
      },
      sendNotification: (body) => this.#link?.outgoing.sendNotification(body),
      sendMessage: (message) => {
        if (this.#link) this.#link.outgoing.sendMessage(message);
        else this.#wait(message);
      },
    };
  }

  #wait(message: WaitingMessage): void {
    if (this.#refuse(message.members.map(({ call }) => call))) return;
    this.#waiting.add(message);
    this.#dialUp();
  }

  /** Dials, unless that is going on: one dial serves all who wait. */
  #dialUp(): void {
    if (this.#dial) return;
    const dialling = new AbortController();
    this.#dial = dialling;
    const { limits, tls, transport } = this.#options;
    const options = {
      route: this.#route,
      limits,
      dialTimeout: this.#dialTimeout,
      redial: this.#redial,
      transport: { ...transport, tls },
      clock: this.#clock,
      isAwaited: () => this.#pending.size > 0,
      onFailure: (error: DialError) => {
        this.#pending.obstacle = error;
        this.#logger.info(error.message);
      },
    };
    dial(options, dialling.signal).then(
      (dialled) => (dialled ? this.#dialled(dialled) : this.#dialGivenUp()),
      (error) => this.#dialFailed(error as DialError),
    );
  }

  #dialled({ channel, limits }: Dialled): void {
    this.#dial = undefined;
    if (this.#closed !== undefined) {
      channel.destroy();
      return;
    }
    this.#pending.obstacle = undefined;
    const closed = deferred<void>();
    const link: Link = new Link(channel, {
      service: this.#options.service,
      limits,
      pending: this.#pending,
      logger: this.#logger,
      connection: {
        peer: channel.peer,
        call: (method, params, options) => this.#calls.call(method, params, options),
        notify: (method, params, options) => this.#calls.notify(method, params, options),
      },
      onDisconnect: (reason) => this.#disconnected(link, reason),
      onClosed: () => {
        this.#open.delete(link);
        closed.resolve();
      },
    });
    this.#open.set(link, closed.promise);
    this.#link = link;
    this.#sendWaiting(link);
    this.#logger.debug(`connected to ${this.address}`);
    this.#events.emit("connect", channel.peer);
  }

  #sendWaiting(link: Link): void {
    for (const message of this.#waiting.takeAll()) link.outgoing.sendMessage(message);
    for (const call of this.#connecting.takeAll()) {
      if (call.settled) continue;
      this.#pending.remove(call);
      call.resolve(undefined);
    }
  }

  #dialFailed(error: DialError): void {
    this.#dial = undefined;
    if (this.#closed !== undefined) return;
    this.#pending.obstacle = undefined;
    this.#waiting.takeAll();
    this.#connecting.takeAll();
    this.#logger.warn(error.message);
    this.#pending.rejectAll(() => new DialError(this.address, { cause: error.cause }));
  }

  /** It failed, and nobody waited for another attempt. */
  #dialGivenUp(): void {
    this.#dial = undefined;
    this.#pending.obstacle = undefined;
    // Unless somebody does since.
    if (this.#closed === undefined && this.#pending.size > 0) this.#dialUp();
  }

  #disconnected(link: Link, reason: DisconnectError): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    // Asynchronously, so that a listener finds the pending calls rejected and may call again.
    queueMicrotask(() => this.#events.emit("disconnect", reason));
  }
}

function redialOf(redial: boolean | RedialOptions | undefined): RedialOptions | undefined {
  if (!redial) return undefined;
  return redial === true ? {} : checkRedial(redial);
}
