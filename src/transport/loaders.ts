import type { TransportLoader } from "./transport.ts";

/*
 * The transports that come with the package, each loaded when it is first needed. A bundle for browsers has
 * `loaders-browser.ts` in the place of this; package.json says so under "imports".
 */
const webSocket: TransportLoader = async () => (await import("./websocket/websocket.ts")).webSocket;

export const loaders: ReadonlyMap<string, TransportLoader> = new Map<string, TransportLoader>([
  ["tcp", async () => (await import("./tcp.ts")).tcp],
  ["tls", async () => (await import("./tls.ts")).tls],
  ["unix", async () => (await import("./unix/unix.ts")).unix],
  ["stdio", async () => (await import("./stdio/stdio.ts")).stdio],
  ["ws", webSocket],
  ["wss", webSocket],
  ["http", async () => (await import("./http/http.ts")).http],
  ["https", async () => (await import("./http/http.ts")).https],
  ["nats", async () => (await import("./nats/nats.ts")).nats],
]);

/** Where this is, as an error message has it. */
export const place: string = "";
