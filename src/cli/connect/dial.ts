import { Addresses } from "../../client/addresses.ts";
import { dial } from "../../client/dialler.ts";
import type { Channel } from "../../connection/channel.ts";
import type { Exchange } from "../../connection/exchange.ts";
import type { LimitOptions } from "../../protocol/limits.ts";
import { systemClock } from "../../time/clock.ts";
import { observing } from "../wire/observed.ts";
import { showWire } from "../wire/verbose.ts";
import { transportOptions } from "./client.ts";
import type { ConnectOptions } from "./options.ts";
import { targetOf } from "./target.ts";

const DIAL_MS = 5_000;

/**
 * Makes the connections of commands that speak in texts instead of calls. Each call dials once, and takes five seconds at most,
 * or the timeout for answers where that is longer: one that is shorter says nothing of how long a dial may take.
 *
 * @returns the address that will be dialled, also as it may be shown, and what dials it
 * @throws UsageError, InvalidAddressError when the options or the address make no sense; the dial rejects with a DialError
 */
export function diallerOf(address: string, options: ConnectOptions, limits: LimitOptions = "trusted") {
  const target = targetOf(address, options);
  const addresses = new Addresses(target, options.verbose ? observing(showWire(target)) : undefined);
  const transport = { ...transportOptions(target, options) };
  const dialTimeout = options.timeout === 0 ? Number.POSITIVE_INFINITY : Math.max(options.timeout, DIAL_MS);
  return {
    target,
    address: addresses.first.address.shown,
    async dial(signal: AbortSignal): Promise<Channel | Exchange> {
      const dialled = await dial(
        {
          ...{ addresses, limits, dialTimeout, transport },
          redial: undefined,
          clock: systemClock,
          isAwaited: () => false,
          onFailure: () => {},
        },
        signal,
      );
      if (!dialled) throw new Error("the dial was given up");
      return dialled.carrier;
    },
  };
}
