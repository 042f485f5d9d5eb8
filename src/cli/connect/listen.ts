import type { Channel } from "../../connection/channel.ts";
import type { ServeExchange } from "../../connection/exchange.ts";
import { resolveLimits } from "../../protocol/limits.ts";
import { routeTo } from "../../transport/registry.ts";
import type { Listener } from "../../transport/transport.ts";
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
 * @throws UsageError, InvalidAddressError, or what the platform says
 */
export async function listenFor(address: string, options: ListenOptions, door: Door): Promise<Listener> {
  const route = routeTo(withFraming(address, options.framing));
  const transport = await route.load();
  return await transport.listen(
    route.address,
    {
      limits: resolveLimits(undefined, transport.limits),
      transport: listenTransport(options),
      refused: (error) => door.refused(error),
      serve: door.serve,
    },
    (channel) => door.accept(channel),
  );
}
