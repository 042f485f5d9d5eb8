import { type Closable, closeWithin } from "../connection/close-within.ts";
import { deferred } from "../connection/deferred.ts";
import type { Dialect } from "../connection/dialect.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import { DialError } from "../connection/errors/dial-error.ts";
import type { DisconnectError } from "../connection/errors/disconnect-error.ts";
import { isExchange } from "../connection/exchange.ts";
import { ExchangeLink, type ExchangeLinkOptions } from "../connection/exchange-link.ts";
import { Link } from "../connection/link.ts";
import { isSettled, type Outlet, type WaitingMessage } from "../connection/outlet.ts";
import type { PendingCall } from "../connection/pending-call.ts";
import type { PendingCalls } from "../connection/pending-calls.ts";
import { WaitingList } from "../connection/waiting-list.ts";
import type { LimitOptions } from "../protocol/limits.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { CallerConnection } from "../service/context.ts";
import type { Logger } from "../service/logger.ts";
import type { PeerInfo } from "../service/peer.ts";
import type { Service } from "../service/service.ts";
import type { Clock } from "../time/clock.ts";
import type { Route } from "../transport/registry.ts";
import { backoff, type RedialOptions } from "./backoff.ts";
import { type Dialled, dial, putAway } from "./dialler.ts";

/** What a line is made of. */
export interface LineOptions extends Dialect {
  readonly route: Route;
  readonly limits: LimitOptions | undefined;
  /** Milliseconds for one attempt, Infinity for no end. */
  readonly dialTimeout: number;
  readonly redial: RedialOptions | undefined;
  readonly transport: Readonly<Record<string, unknown>>;
  readonly service: Service | undefined;
  readonly concurrency: number;
  readonly pending: PendingCalls;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How handlers call back. */
  readonly connection: Omit<CallerConnection, "peer">;
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
  #closed: Promise<void> | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
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
    this.#options.pending.rejectAll((call) => new ClosedError(call.method, call.outcome));
    await Promise.all(closing);
  }

  /** Rejects what comes after the close; true when it did. */
  #refuse(calls: readonly PendingCall[]): boolean {
    if (this.#closed === undefined) return false;
    for (const call of calls) this.#options.pending.reject(call, new ClosedError(call.method, "not-sent"));
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
    const { pending, logger } = this.#options;
    const options = {
      ...this.#options,
      isAwaited: () => pending.size > 0,
      onFailure: (error: DialError) => {
        pending.obstacle = error;
        logger.info(error.message);
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
    this.#options.pending.obstacle = undefined;
    const closed = deferred<void>();
    const link: LiveLink = this.#linkOver(dialled, {
      onDisconnect: (reason) => this.#disconnected(link, reason),
      onClosed: () => {
        this.#open.delete(link);
        closed.resolve();
      },
    });
    this.#open.set(link, closed.promise);
    this.#link = link;
    this.#sendWaiting(link);
    this.#options.logger.debug(`connected to ${this.#options.route.address.shown}`);
    this.#options.onConnect(dialled.carrier.peer);
  }

  #linkOver({ carrier, limits }: Dialled, hooks: Pick<ExchangeLinkOptions, "onDisconnect" | "onClosed">): LiveLink {
    const { connection, redial, route } = this.#options;
    if (!isExchange(carrier)) {
      return new Link(carrier, {
        ...this.#options,
        limits,
        owner: { disconnected: (_, reason) => hooks.onDisconnect(reason), closed: hooks.onClosed },
        connection: { ...connection, peer: carrier.peer },
      });
    }
    if (this.#options.service) {
      this.#options.logger.warn(`the other end of ${route.address.shown} cannot call this client's service`);
    }
    return new ExchangeLink(carrier, {
      ...this.#options,
      ...hooks,
      limits,
      address: route.address.shown,
      retryAfter: redial && ((failures) => backoff(failures, redial)),
    });
  }

  #sendWaiting(link: LiveLink): void {
    for (const message of this.#waiting.takeAll()) link.outgoing.sendMessage(message);
    for (const call of this.#connecting.takeAll()) {
      this.#options.pending.remove(call);
      call.resolve(undefined);
    }
  }

  #dialFailed(error: DialError): void {
    this.#dial = undefined;
    if (this.#closed !== undefined) return;
    this.#options.pending.obstacle = undefined;
    this.#waiting.takeAll();
    this.#connecting.takeAll();
    this.#options.logger.warn(error.message);
    this.#options.pending.rejectAll(() => new DialError(this.#options.route.address.shown, { cause: error.cause }));
  }

  /** It failed, and nobody waited for another attempt. */
  #dialGivenUp(): void {
    this.#dial = undefined;
    this.#options.pending.obstacle = undefined;
    // Unless somebody does since.
    if (this.#closed === undefined && this.#options.pending.size > 0) this.#dialUp();
  }

  #disconnected(link: LiveLink, reason: DisconnectError): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    // Asynchronously, so that a listener finds the pending calls rejected and may call again.
    queueMicrotask(() => this.#options.onDisconnect(reason));
  }
}
