import type { Channel } from "../../connection/channel.ts";
import type { ServeExchange } from "../../connection/exchange.ts";
import { newCounters } from "../../protocol/limit-counters.ts";
import { resolveLimits } from "../../protocol/limits.ts";
import { InvalidAddressError } from "../../transport/address.ts";
import { routeTo } from "../../transport/registry.ts";
import type { Listener } from "../../transport/transport.ts";
import { ListenError } from "../listen-error.ts";
import type { ListenOptions } from "./listen-options.ts";
import { listenTransport, placesOf } from "./places.ts";

/** Who takes what a listener brings. */
export interface Door {
  accept(channel: Channel): void;
  readonly serve: ServeExchange;
  refused(error: Error): void;
}

/**
 * Listens for texts, without a service behind it.
 *
 * @param flagOf - how an option is written on the command line
 * @throws UsageError, InvalidAddressError, ListenError
 */
export async function listenFor(
  address: string,
  options: ListenOptions,
  door: Door,
  flagOf?: (option: string) => string,
): Promise<Listener> {
  const [place = address] = placesOf([address], options, flagOf);
  const route = routeTo(place);
  const transport = await route.load();
  const told = {
    limits: resolveLimits(undefined, transport.limits),
    transport: listenTransport([place], options),
    refused: (error: Error) => door.refused(error),
    serve: door.serve,
    // Nobody knows the methods of what is behind it.
    methods: () => () => {},
    anyMethod: true,
    admit: () => () => {},
    counters: newCounters(),
  };
  try {
    return await transport.listen(route.address, told, (channel) => door.accept(channel));
  } catch (error) {
    throw error instanceof InvalidAddressError ? error : new ListenError(route.address.shown, error);
  }
}
