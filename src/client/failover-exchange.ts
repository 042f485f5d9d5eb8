import { deferred } from "../connection/deferred.ts";
import { DialError } from "../connection/errors/dial-error.ts";
import { ExchangeError } from "../connection/errors/exchange-error.ts";
import type { Exchange, ExchangeOptions } from "../connection/exchange.ts";
import type { PeerInfo } from "../service/peer.ts";
import type { Route } from "../transport/registry.ts";
import type { Addresses } from "./addresses.ts";

/** What exchanges with several peers are made of. */
export interface FailoverExchangeOptions {
  readonly addresses: Addresses;
  /** The first that was dialled, and what that brought. */
  readonly route: Route;
  readonly exchange: Exchange;
  /** Dials another one. */
  readonly dialOne: (route: Route, signal: AbortSignal) => Promise<Exchange>;
  /** Told of a peer that was not reached, when the next is tried. */
  readonly onFailure: (error: DialError) => void;
}

/**
 * Exchanges with one of several peers, each with the first that is reached. A text goes to another peer only when the
 * one before was not reached, so that none gets it twice.
 */
export class FailoverExchange implements Exchange {
  readonly peer: PeerInfo;
  readonly needsTimeout: boolean;
  onRoom: (() => void) | undefined;
  readonly closed: Promise<undefined>;
  readonly #options: FailoverExchangeOptions;
  readonly #dialled = new Map<Route, Promise<Exchange>>();
  /** Those of them that are there. */
  readonly #present = new Set<Exchange>();
  /** With whom the exchange of a signal was. */
  readonly #partners = new WeakMap<AbortSignal, Route>();
  readonly #dialling = new AbortController();
  readonly #close: (value: undefined) => void;

  constructor(options: FailoverExchangeOptions) {
    const { exchange, route } = options;
    this.#options = options;
    this.peer = exchange.peer;
    this.needsTimeout = exchange.needsTimeout === true;
    const { promise, resolve } = deferred<undefined>();
    this.closed = promise;
    this.#close = resolve;
    void this.#keep(route, Promise.resolve(exchange));
    this.#join(exchange);
  }

  /** That of the one with the most room; while none has any, one of those may have it that were not dialled yet. */
  get concurrency(): number {
    let most = this.#present.size < this.#options.addresses.shown.length ? 1 : 0;
    for (const { concurrency } of this.#present) if (concurrency > most) most = concurrency;
    return most;
  }

  async exchange(text: string, options: ExchangeOptions): Promise<string | undefined> {
    const { addresses, onFailure } = this.#options;
    const errors: DialError[] = [];
    for (const route of addresses.inTurn) {
      try {
        return await this.#exchangeWith(route, text, options);
      } catch (error) {
        if (!isUnreached(error) || options.signal.aborted) throw error;
        const failure = new DialError(route.address.shown, { cause: error.cause ?? error });
        addresses.pass(route);
        onFailure(failure);
        errors.push(failure);
      }
    }
    throw new ExchangeError("unreachable", "none of the addresses was reached", { cause: new AggregateError(errors) });
  }

  /** Whoever answered closes: the others come first, from now on. */
  avoid(signal: AbortSignal): void {
    const route = this.#partners.get(signal);
    if (route) this.#options.addresses.pass(route);
  }

  async close(): Promise<void> {
    this.#dialling.abort(new Error("the client was closed"));
    this.#close(undefined);
    const close = (exchange: Exchange) => exchange.close();
    await Promise.allSettled([...this.#dialled.values()].map((dialled) => dialled.then(close)));
  }

  async #exchangeWith(route: Route, text: string, options: ExchangeOptions): Promise<string | undefined> {
    let exchange: Exchange;
    try {
      exchange = await (this.#dialled.get(route) ?? this.#dial(route));
    } catch (cause) {
      throw new ExchangeError("unreachable", String(cause), { cause });
    }
    // A dial may have taken long.
    options.signal.throwIfAborted();
    if (exchange.concurrency === 0) throw new ExchangeError("unreachable", "nothing can be sent there now");
    this.#partners.set(options.signal, route);
    return exchange.exchange(text, options);
  }

  #dial(route: Route): Promise<Exchange> {
    const dialled = this.#options.dialOne(route, this.#dialling.signal);
    dialled.then(
      (exchange) => this.#join(exchange),
      () => {},
    );
    return this.#keep(route, dialled);
  }

  #join(exchange: Exchange): void {
    const tell = () => this.onRoom?.();
    exchange.onRoom = tell;
    this.#present.add(exchange);
    void exchange.closed.then(() => this.#present.delete(exchange));
    tell();
  }

  /** Until it is lost. One that could not be dialled is not kept either. */
  #keep(route: Route, dialled: Promise<Exchange>): Promise<Exchange> {
    const forget = () => {
      if (this.#dialled.get(route) === dialled) this.#dialled.delete(route);
    };
    this.#dialled.set(route, dialled);
    dialled.then(({ closed }) => closed).then(forget, forget);
    return dialled;
  }
}

function isUnreached(error: unknown): error is ExchangeError {
  return error instanceof ExchangeError && error.kind === "unreachable";
}
