import type { Channel } from "../../connection/channel.ts";
import type { ServeExchange } from "../../connection/exchange.ts";
import { newCounters } from "../../protocol/limit-counters.ts";
import { resolveLimits } from "../../protocol/limits.ts";
import { InvalidAddressError } from "../../transport/address.ts";
import { routeTo } from "../../transport/registry.ts";
import type { Listener } from "../../transport/transport.ts";
import { ListenError } from "../listen-error.ts";
import { withFraming } from "./address.ts";
import { type ListenOptions, listenTransport } from "./listen-options.ts";

/** Who takes what a listener brings. */
export interface Door {
  accept(channel: Channel): void;
  readonly serve: ServeExchange;
  refused(error: Error): void;
}

/**
 * Listens for texts, without a service behind it.
 *
 * @throws UsageError, InvalidAddressError, ListenError
 */
export async function listenFor(address: string, options: ListenOptions, door: Door): Promise<Listener> {
  const route = routeTo(withFraming(address, options.framing));
  const transport = await route.load();
  const told = {
    limits: resolveLimits(undefined, transport.limits),
    transport: listenTransport(options),
    refused: (error: Error) => door.refused(error),
    serve: door.serve,
    // Nobody knows the methods of what is behind it.
    methods: () => () => {},
    admit: () => () => {},
    counters: newCounters(),
  };
  try {
    return await transport.listen(route.address, told, (channel) => door.accept(channel));
  } catch (error) {
    throw error instanceof InvalidAddressError ? error : new ListenError(route.address.shown, error);
  }
}
