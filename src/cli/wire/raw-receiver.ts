import type { ChannelReceiver } from "../../connection/channel.ts";

/** A receiver of which only some callbacks matter. */
export function receiver(callbacks: Partial<ChannelReceiver>): ChannelReceiver {
  const nothing = () => {};
  return {
    message: nothing,
    malformed: nothing,
    pressed: nothing,
    drained: nothing,
    ended: nothing,
    closed: nothing,
    ...callbacks,
  };
}
