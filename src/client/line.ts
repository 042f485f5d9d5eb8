import { type Closable, closeWithin } from "../connection/close-within.ts";
import { deferred } from "../connection/deferred.ts";
import type { Dialect } from "../connection/dialect.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import { DialError } from "../connection/errors/dial-error.ts";
import { DisconnectError } from "../connection/errors/disconnect-error.ts";
import { isExchange } from "../connection/exchange.ts";
import { ExchangeLink, type ExchangeLinkOptions } from "../connection/exchange-link.ts";
import { Link } from "../connection/link.ts";
import { isSettled, type Outlet, type WaitingMessage } from "../connection/outlet.ts";
import type { PendingCall } from "../connection/pending-call.ts";
import { PendingCalls } from "../connection/pending-calls.ts";
import { WaitingList } from "../connection/waiting-list.ts";
import type { LimitOptions } from "../protocol/limits.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { CallerConnection } from "../service/context.ts";
import type { Logger } from "../service/logger.ts";
import type { PeerInfo } from "../service/peer.ts";
import type { Service } from "../service/service.ts";
import type { Clock } from "../time/clock.ts";
import type { Route } from "../transport/registry.ts";
import type { Addresses } from "./addresses.ts";
import { backoff, type RedialOptions } from "./backoff.ts";
import { type Dialled, dial, putAway } from "./dialler.ts";

/** What a line is made of. */
export interface LineOptions extends Dialect {
  readonly addresses: Addresses;
  readonly limits: LimitOptions | undefined;
  /** Milliseconds for one attempt at one address, Infinity for no end. */
  readonly dialTimeout: number;
  readonly redial: RedialOptions | undefined;
  readonly transport: Readonly<Record<string, unknown>>;
  readonly service: Service | undefined;
  readonly concurrency: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How handlers call back. */
  readonly connection: Omit<CallerConnection, "peer">;
  /** Told that calls made from now on belong into another table: a link was left, with those it still answers. */
  readonly onRenewed: (pending: PendingCalls) => void;
  readonly onConnect: (peer: PeerInfo) => void;
  /** Told when the pending calls have been rejected. */
  readonly onDisconnect: (reason: DisconnectError) => void;
}

/** What a line talks over, once it has dialled. */
interface LiveLink extends Closable {
  readonly outgoing: Outlet;
}

/**
 * A client's line to its server: a link at most at a time, dialled when something is to be sent, and until then a
 * list of what waits.
 *
 * A link whose server is closing is left, where there is another address or a call to be tried again: what it was asked
 * it still answers, and what comes next goes to a new one. Then each of them has a table of pending calls of its own.
 */
export class Line implements Outlet {
  readonly #options: LineOptions;
  #link: LiveLink | undefined;
  #dial: AbortController | undefined;
  /** What waits for a link: messages, and those who asked to connect. */
  readonly #waiting = new WaitingList<WaitingMessage>(isSettled);
  readonly #connecting = new WaitingList<PendingCall>((call) => !call.pending);
  /** The links that are not over yet: the live one, and at times one that still flushes its last answers. */
  readonly #open = new Map<LiveLink, Promise<void>>();
  /** The calls that wait for a link, or that the live one has to answer. */
  #pending: PendingCalls;
  /** The calls of the links that were left. */
  readonly #left = new Map<LiveLink, PendingCalls>();
  /** How to leave a link whose server is closing, where it has the only address: while none else wants to try it again. */
  #leaveClosing: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#pending = new PendingCalls(options.clock);
  }

  /** Where calls are to be made pending. */
  get pending(): PendingCalls {
    return this.#pending;
  }

  /** How many calls are pending in all. */
  get size(): number {
    let size = this.#pending.size;
    for (const pending of this.#left.values()) size += pending.size;
    return size;
  }

  get connected(): boolean {
    return this.#link !== undefined;
  }

  /** What waits for a connection does not wait for a reader. */
  get full(): boolean {
    return this.#link?.outgoing.full === true;
  }

  sendCall(call: PendingCall, body: RequestBody): void {
    if (this.#link) this.#link.outgoing.sendCall(call, body);
    else this.#wait({ batch: false, members: [{ call, body, notification: false }] });
  }

  sendNotification(body: RequestBody): Promise<void> | undefined {
    return this.#link?.outgoing.sendNotification(body);
  }

  sendMessage(message: WaitingMessage): void {
    if (this.#link) this.#link.outgoing.sendMessage(message);
    else this.#wait(message);
  }

  /** Resolves a pending call, which is none of the server's, when there is a link. */
  connect(call: PendingCall): void {
    if (this.#refuse([call])) return;
    this.#connecting.add(call);
    this.#dialUp();
  }

  /** A call that its closing server has refused is to be tried again: asking the same link would be no use. */
  leaveClosing(): void {
    this.#leaveClosing?.();
    this.#leaveClosing = undefined;
  }

  /** Ends it for good; see `Client.close`. */
  close(timeout: number): Promise<void> {
    if (!this.#closed) {
      // Before anything happens: what hears of it, such as an aborted handler, may make a call.
      const closed = deferred<void>();
      this.#closed = closed.promise;
      closed.resolve(this.#close(timeout));
    }
    return this.#closed;
  }

  async #close(timeout: number): Promise<void> {
    this.#dial?.abort(new Error("the client was closed"));
    this.#waiting.takeAll();
    this.#connecting.takeAll();
    const closing = [...this.#open].map(([link, closed]) => closeWithin(link, closed, timeout, this.#options.clock));
    this.#pending.rejectAll((call) => new ClosedError(call.method, call.outcome));
    await Promise.all(closing);
  }

  /** Rejects what comes after the close; true when it did. */
  #refuse(calls: readonly PendingCall[]): boolean {
    if (this.#closed === undefined) return false;
    for (const call of calls) this.#pending.reject(call, new ClosedError(call.method, "not-sent"));
    return true;
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
    const { addresses, limits, dialTimeout, redial, transport, clock } = this.#options;
    const options = {
      addresses,
      limits,
      dialTimeout,
      redial,
      transport,
      clock,
      isAwaited: () => this.#pending.size > 0,
      onFailure: (error: DialError) => {
        this.#pending.obstacle = error;
        this.#options.logger.info(error.message);
      },
    };
    dial(options, dialling.signal).then(
      (dialled) => (dialled ? this.#dialled(dialled) : this.#dialGivenUp()),
      (error) => this.#dialFailed(error as DialError),
    );
  }

  #dialled(dialled: Dialled): void {
    this.#dial = undefined;
    if (this.#closed !== undefined) {
      putAway(dialled.carrier);
      return;
    }
    this.#pending.obstacle = undefined;
    const closed = deferred<void>();
    let link: LiveLink;
    try {
      link = this.#linkOver(dialled, {
        onDisconnect: (reason) => this.#disconnected(link, reason),
        onClosed: () => {
          this.#open.delete(link);
          this.#left.delete(link);
          closed.resolve();
        },
      });
    } catch (cause) {
      // What a transport brought is of no use, for example a channel that was opened before.
      putAway(dialled.carrier);
      this.#dialFailed(new DialError(this.#options.addresses.first.address.shown, { cause }));
      return;
    }
    this.#open.set(link, closed.promise);
    this.#link = link;
    this.#sendWaiting(link);
    this.#options.logger.debug(`connected to ${this.#options.addresses.first.address.shown}`);
    this.#options.onConnect(dialled.carrier.peer);
  }

  #linkOver({ carrier, limits }: Dialled, hooks: Pick<ExchangeLinkOptions, "onDisconnect" | "onClosed">): LiveLink {
    const { version, cancellation, service, concurrency, logger, clock, connection, redial, addresses } = this.#options;
    if (!isExchange(carrier)) {
      const route = addresses.first;
      const link: Link = new Link(carrier, {
        version,
        cancellation,
        service,
        concurrency,
        logger,
        clock,
        limits,
        pending: this.#pending,
        owner: {
          disconnected: (_, reason) => hooks.onDisconnect(reason),
          closed: hooks.onClosed,
          draining: () => this.#draining(link, route),
        },
        connection: { ...connection, peer: carrier.peer },
      });
      return link;
    }
    const address = addresses.shown.join(", ");
    if (service) {
      logger.warn(`the other end of ${address} cannot call this client's service`);
    }
    return new ExchangeLink(carrier, {
      ...this.#options,
      ...hooks,
      pending: this.#pending,
      limits,
      address,
      retryAfter: redial && ((failures) => backoff(failures, redial)),
    });
  }

  #draining(link: Link, route: Route): void {
    const leave = () => this.#leave(link, route);
    if (this.#options.addresses.several) leave();
    else this.#leaveClosing = leave;
  }

  /** Its server is closing. It goes on with the calls it has, and is closed when it has none. */
  #leave(link: Link, route: Route): void {
    if (this.#link !== link || this.#closed !== undefined) return;
    const { addresses, clock, logger } = this.#options;
    const left = this.#pending;
    this.#left.set(link, left);
    this.#pending = new PendingCalls(clock, left.lastId);
    this.#options.onRenewed(this.#pending);
    addresses.pass(route);
    left.onIdle = () => void link.drain().then(() => link.close());
    const reason = new DisconnectError("closed", `this side left ${route.address.shown}, whose server is closing`);
    logger.info(reason.message);
    this.#disconnected(link, reason);
    if (left.size === 0) left.onIdle();
  }

  #sendWaiting(link: LiveLink): void {
    for (const message of this.#waiting.takeAll()) link.outgoing.sendMessage(message);
    for (const call of this.#connecting.takeAll()) {
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
    this.#options.logger.warn(error.message);
    this.#pending.rejectAll(() => new DialError(error.address, { cause: error.cause }));
  }

  /** It failed, and nobody waited for another attempt. */
  #dialGivenUp(): void {
    this.#dial = undefined;
    this.#pending.obstacle = undefined;
    // Unless somebody does since.
    if (this.#closed === undefined && this.#pending.size > 0) this.#dialUp();
  }

  #disconnected(link: LiveLink, reason: DisconnectError): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    // Asynchronously, so that a listener finds the pending calls rejected and may call again.
    queueMicrotask(() => this.#options.onDisconnect(reason));
  }
}
