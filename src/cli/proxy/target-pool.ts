import type { Channel } from "../../connection/channel.ts";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { type Exchange, isExchange } from "../../connection/exchange.ts";
import { ask } from "./ask.ts";
import { ChannelExchange } from "./channel-exchange.ts";

/* How many connections are kept that nobody uses. */
const KEPT = 16;

/** What carries an exchange at a time. */
type Carrier = Pick<ChannelExchange, "reusable" | "exchange" | "close">;

/** Exchanges with the target: each has a connection of its own while it goes on, and the next may get the same. */
export class TargetPool {
  readonly #dial: (signal: AbortSignal) => Promise<Channel | Exchange>;
  readonly #note: (what: string) => void;
  readonly #idle: Carrier[] = [];
  #closed = false;

  constructor(dial: (signal: AbortSignal) => Promise<Channel | Exchange>, note: (what: string) => void) {
    this.#dial = dial;
    this.#note = note;
  }

  /** @throws ExchangeError, as a rejection */
  async exchange(text: string, signal: AbortSignal): Promise<string | undefined> {
    const carrier = await this.#take(signal);
    try {
      return await carrier.exchange(text, signal);
    } finally {
      if (carrier.reusable && this.#idle.length < KEPT && !this.#closed) this.#idle.push(carrier);
      else carrier.close();
    }
  }

  close(): void {
    this.#closed = true;
    for (const carrier of this.#idle.splice(0)) carrier.close();
  }

  async #take(signal: AbortSignal): Promise<Carrier> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.reusable) return idle;
    try {
      const target = await this.#dial(signal);
      return isExchange(target) ? asCarrier(target) : new ChannelExchange(target, this.#note);
    } catch (cause) {
      throw new ExchangeError("unreachable", cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
}

function asCarrier(exchange: Exchange): Carrier {
  let isOver = false;
  void exchange.closed.then(() => {
    isOver = true;
  });
  return {
    get reusable() {
      return !isOver;
    },
    exchange: (text, signal) => ask(exchange, text, signal),
    close: () => exchange.close(),
  };
}
