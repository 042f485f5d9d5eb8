import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import type { Exchange } from "../../connection/exchange.ts";
import { exchangeOptions } from "../wire/replies.ts";

/**
 * Passes a text on by an exchange, now or not at all.
 *
 * @throws ExchangeError, as a rejection
 */
export async function ask(exchange: Exchange, text: string, signal: AbortSignal): Promise<string | undefined> {
  if (exchange.concurrency === 0) throw new ExchangeError("unreachable", "the connection to it is down");
  return await exchange.exchange(text, exchangeOptions(text, signal));
}
