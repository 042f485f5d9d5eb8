import type { Channel } from "../connection/channel.ts";
import { resolveLimits, untrusted } from "../protocol/limits.ts";
import { claim } from "./claim.ts";
import { listenTo, type TargetPort } from "./listen.ts";
import { type Meetable, MeetingWire } from "./meeting-wire.ts";
import { PortChannel, type PortChannelOptions } from "./port-channel.ts";

/** A window to talk to: an iframe's `contentWindow`, `window.parent`, `window.opener`. */
export interface WindowTarget {
  postMessage(message: unknown, targetOrigin: string, transfer?: never[]): void;
}

/** The window that hears: this one. */
export type ListeningWindow = Pick<TargetPort, "addEventListener" | "removeEventListener">;

/** How a channel between windows is made. */
export interface WindowChannelOptions extends PortChannelOptions {
  /** The other window. Only what comes from it is heard. */
  readonly target: WindowTarget;
  /**
   * The origin that the other window must have for anything to be sent to it, for example `https://app.example`. `"*"`
   * sends to whatever page is there.
   */
  readonly targetOrigin: string;
  /**
   * The origin that is listened to: `"null"` for pages without one, `"*"` for any. Default: `targetOrigin`; it must be
   * given where that is `"*"`.
   */
  readonly origin?: string;
  /** This window. Default: the global object. */
  readonly window?: ListeningWindow;
}

/**
 * A channel to another window, an iframe's for example, that makes one to this window.
 *
 * ```ts
 * const target = frame.contentWindow;
 * const connection = new Connection(windowChannel({ target, targetOrigin: "https://app.example" }), { service });
 * ```
 *
 * The two agree by a few notes on a port of their own, going by origin and window at each note. Other messages are
 * neither read nor disturbed. Its limits are by default those of the `untrusted` profile.
 *
 * @throws TypeError when an origin is missing, or is none
 * @throws RangeError when the limits make no sense
 * @throws Error with the code `EADDRINUSE` when another channel is over this target
 */
export function windowChannel(options: WindowChannelOptions): Channel {
  const { target, targetOrigin, origin = targetOrigin, window = globalThis as unknown as ListeningWindow } = options;
  const limits = resolveLimits(options.limits, untrusted);
  if (typeof target?.postMessage !== "function") throw new TypeError("expected a window as the option target");
  assertOrigin("targetOrigin", targetOrigin, ["*"]);
  if (targetOrigin === "*" && options.origin === undefined) {
    throw new TypeError('expected the option origin, since targetOrigin is "*": who may be listened to?');
  }
  assertOrigin("origin", origin, ["*", "null"]);
  const place: Meetable = {
    exits: false,
    post: (note, transfer) => target.postMessage(note, targetOrigin, transfer as never[]),
    listen: ({ message }) =>
      listenTo(window, "message", (event) => {
        const heard = event as { readonly data: unknown; readonly origin: string; readonly source: unknown };
        if (heard.source === target && (origin === "*" || heard.origin === origin)) message(heard.data);
      }),
  };
  return new PortChannel(new MeetingWire(place, claim(target, "window")), limits, { transport: "window" });
}

function assertOrigin(name: string, origin: unknown, others: readonly string[]): void {
  if (typeof origin === "string" && (others.includes(origin) || isOrigin(origin))) return;
  const expected = ['an origin like "https://app.example"', ...others.map((other) => JSON.stringify(other))].join(
    " or ",
  );
  throw new TypeError(`expected ${expected} as the option ${name}, got ${JSON.stringify(origin)}`);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
