import type { Channel } from "../../connection/channel.ts";
import { untrusted } from "../../protocol/limits.ts";
import { type Address, InvalidAddressError } from "../address.ts";
import type { DialOptions, Transport } from "../transport.ts";
import { BrowserWire, type PlatformWebSocket } from "./browser-wire.ts";
import { WebSocketChannel } from "./channel.ts";
import { dialSettings } from "./options.ts";

/* The platform's own, which types for Node.js 20 do not have. */
const platform = globalThis as { readonly WebSocket?: new (url: string, subprotocols: string[]) => PlatformWebSocket };

/**
 * WebSocket in a browser, by the platform's own; it only dials. `ws://host:port/path`, `wss://host/path`. What a page
 * cannot do there: send headers, ping, choose certificates, and learn why a dial failed.
 */
export const webSocket: Transport = {
  limits: untrusted,

  async connect(address, options) {
    const { url, text } = address;
    if (url.hash !== "") throw new InvalidAddressError(text, `expected no fragment, got ${JSON.stringify(url.hash)}`);
    const { headers, subprotocols } = dialSettings(options.transport);
    if (Object.keys(headers).length > 0) {
      throw new TypeError("expected no ws.headers: a browser's WebSocket cannot send them");
    }
    if (!platform.WebSocket) throw new Error("there is no WebSocket here");
    options.signal.throwIfAborted();
    return opened(new platform.WebSocket(url.href, [...subprotocols]), address, options);
  },

  async listen() {
    throw new Error("a browser cannot listen");
  },
};

/** Waits for a WebSocket to open; when the signal aborts first, it is closed. */
function opened(webSocket: PlatformWebSocket, address: Address, { signal, limits }: DialOptions): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      signal.removeEventListener("abort", onAbort);
      webSocket.onopen = null;
      webSocket.onclose = null;
    };
    const onAbort = () => {
      settle();
      webSocket.close();
      reject(signal.reason);
    };
    webSocket.onopen = () => {
      settle();
      const subprotocol = webSocket.protocol === "" ? undefined : webSocket.protocol;
      const peer = { transport: address.scheme, address: address.url.hostname, subprotocol };
      resolve(new WebSocketChannel(new BrowserWire(webSocket, limits.messageBytes), { limits, peer }));
    };
    // The browser's console may know more; a page may not, lest it explores its user's network.
    webSocket.onclose = () => {
      settle();
      reject(new Error("the WebSocket could not be opened; a browser does not say why"));
    };
    signal.addEventListener("abort", onAbort);
  });
}
