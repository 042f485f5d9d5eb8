import type { TransportLoader } from "./transport.ts";

/*
 * The transports that a browser has, with the names and types of `loaders.ts`.
 */
const webSocket: TransportLoader = async () => (await import("./websocket/websocket-browser.ts")).webSocket;

export const loaders: ReadonlyMap<string, TransportLoader> = new Map<string, TransportLoader>([
  ["ws", webSocket],
  ["wss", webSocket],
  ["http", async () => (await import("./http/http-browser.ts")).http],
  ["https", async () => (await import("./http/http-browser.ts")).https],
]);

/** Where this is, as an error message has it. */
export const place: string = " in a browser";
