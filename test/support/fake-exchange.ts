import { deferred } from "../../src/connection/deferred.ts";
import { ExchangeError } from "../../src/connection/errors/exchange-error.ts";
import type { Exchange, ExchangeOptions } from "../../src/connection/exchange.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { registerTransport } from "../../src/transport/registry.ts";
import type { Transport } from "../../src/transport/transport.ts";

/** One exchange, whose end the test decides. It ends by itself when it is given up. */
export interface Played {
  readonly text: string;
  readonly options: ExchangeOptions;
  answer(text: string | undefined): void;
  /** It could not be sent. */
  refuse(): void;
  /** It cannot be sent at all. */
  turnDown(why: string): void;
  lose(error?: unknown): void;
}

let count = 0;

/** Exchanges in memory, of a scheme of their own, that the test plays. */
export class FakeExchange implements Exchange {
  readonly peer = { transport: "fake" };
  readonly address: string;
  /** The test may change it, and say so by `onRoom`. */
  concurrency: number;
  onRoom: (() => void) | undefined;
  needsTimeout = false;
  readonly closed: Promise<Error | undefined>;
  /** Every exchange that was begun. */
  readonly begun: Played[] = [];
  /** Whether exchanges heed their signals, as they should. */
  heedful = true;
  /** How often it was put away. */
  closes = 0;
  /** Ends it, as a broker's connection may. */
  readonly lose: (reason: Error | undefined) => void;
  readonly #waiters: ((played: Played) => void)[] = [];
  #taken = 0;

  constructor(concurrency = Number.POSITIVE_INFINITY) {
    const scheme = `exchange${++count}`;
    this.address = `${scheme}:here`;
    this.concurrency = concurrency;
    const { promise, resolve } = deferred<Error | undefined>();
    this.closed = promise;
    this.lose = resolve;
    const transport: Transport = {
      limits: untrusted,
      connect: async () => this,
      listen: () => Promise.reject(new Error("it only dials")),
    };
    registerTransport(scheme, async () => transport);
  }

  exchange(text: string, options: ExchangeOptions): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      options.signal.addEventListener("abort", () => this.heedful && reject(options.signal.reason));
      const played: Played = {
        text,
        options,
        answer: resolve,
        refuse: () => reject(new ExchangeError("unreachable", "nobody there", { cause: new Error("ENOBODY") })),
        turnDown: (why) => reject(new ExchangeError("too-long", why)),
        lose: (error = new ExchangeError("lost", "it broke off")) => reject(error),
      };
      this.begun.push(played);
      const waiter = this.#waiters.shift();
      if (!waiter) return;
      this.#taken++;
      waiter(played);
    });
  }

  close(): void {
    this.closes++;
    this.lose(undefined);
  }

  /** The next exchange that is begun. */
  next(): Promise<Played> {
    const played = this.begun[this.#taken];
    if (!played) return new Promise((resolve) => this.#waiters.push(resolve));
    this.#taken++;
    return Promise.resolve(played);
  }
}
