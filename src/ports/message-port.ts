import type { Channel } from "../connection/channel.ts";
import { resolveLimits, trusted } from "../protocol/limits.ts";
import { claim } from "./claim.ts";
import { listenForMessages, listenTo, type PortLike } from "./listen.ts";
import { PortChannel, type PortChannelOptions } from "./port-channel.ts";
import type { PortWire, WireEvents } from "./port-wire.ts";

/**
 * A channel over a port that carries nothing else: one end of a `MessageChannel`, of Node.js or of a browser.
 *
 * ```ts
 * const { port1, port2 } = new MessageChannel();
 * const connection = new Connection(portChannel(port1), { service });
 * ```
 *
 * Each text is a message of its own, a string, as others who speak JSON-RPC over ports expect it; another tsjason on the
 * other end is told so by a notification, and then gets arrays of them.
 *
 * @param port - from here on the channel's, and closed with it
 * @throws RangeError when the limits make no sense
 * @throws Error with the code `EADDRINUSE` when another channel has the port
 */
export function portChannel(port: PortLike, { limits }: PortChannelOptions = {}): Channel {
  const resolved = resolveLimits(limits, trusted);
  return new PortChannel(new MessagePortWire(port, false), resolved, { transport: "port" });
}

/** A port of one's own. Node.js tells when its other end is closed; browsers do so only lately. */
export class MessagePortWire implements PortWire {
  readonly meets: boolean;
  readonly state = "ready";
  readonly #port: PortLike;
  readonly #release: () => void;
  #listening: readonly (() => void)[] = [];

  constructor(port: PortLike, meets: boolean) {
    this.#port = port;
    this.meets = meets;
    this.#release = claim(port, "port");
  }

  start(events: WireEvents): void {
    const port = this.#port;
    this.#listening = [
      listenForMessages(port, (message) => events.received(message)),
      listenTo(port, "messageerror", () => events.garbled()),
      // A worker of Node.js, where it stands for a port, exits.
      ...["close", "exit"].map((event) =>
        listenTo(port, event, () => events.broken(new Error("the port was closed underneath"))),
      ),
    ];
    port.start?.();
  }

  post(message: string | readonly string[]): void {
    (this.#port.postMessage as (message: unknown) => void).call(this.#port, message);
  }

  whenWritten(action: () => void): void {
    action();
  }

  close(): void {
    for (const stop of this.#listening) stop();
    this.#port.close?.();
    this.#release();
  }
}
