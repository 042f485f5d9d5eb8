import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Channel } from "../../connection/channel.ts";
import type { Address } from "../address.ts";
import { guard, UNAVAILABLE } from "../door.ts";
import { secureListenOptions, watchHandshakes } from "../secure.ts";
import { listening, SocketListener, socketOptions } from "../socket.ts";
import { hostPortAndPath, withPort } from "../socket-address.ts";
import type { AcceptOptions, Listener } from "../transport.ts";
import { listenSettings } from "./options.ts";
import { takePath } from "./paths.ts";
import { answer, Upgrades } from "./upgrades.ts";

/* How often Node.js looks for requests that take too long, at the most and at the least. */
const SELDOM_MS = 1_000;
const OFTEN_MS = 10;

/** Listens with an HTTP server that is there for nothing else. */
export async function listenForWebSockets(
  address: Address,
  options: AcceptOptions,
  accept: (channel: Channel) => void,
): Promise<Listener> {
  const { host, port, path } = hostPortAndPath(address, "listen");
  const settings = listenSettings(options.transport.ws, options.limits);
  // Its sockets have their places before they ask.
  const upgrades = new Upgrades(settings, { ...options, admit: () => () => {} }, accept);
  const patience = settings.handshakeTimeout === Number.POSITIVE_INFINITY ? 0 : Math.ceil(settings.handshakeTimeout);
  const http = {
    ...socketOptions,
    headersTimeout: patience,
    requestTimeout: patience,
    connectionsCheckingInterval: Math.ceil(Math.max(OFTEN_MS, Math.min(SELDOM_MS, patience / 4))),
  };
  let endHandshakes = () => {};
  let server: Server;
  if (address.scheme === "wss") {
    const secure = createSecureServer({ ...secureListenOptions(options), ...http, allowHalfOpen: false });
    endHandshakes = watchHandshakes(secure, options.refused);
    server = secure;
  } else server = createServer(http);
  server.on("request", onRequest);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => onClientError(error, socket, options.refused));
  const release = takePath(server, path, upgrades);
  guard(server, options, address.scheme === "ws" ? () => UNAVAILABLE : undefined);
  await listening(server, { host, port }, options.refused);
  return new SocketListener(withPort(address, (server.address() as AddressInfo).port), server, () => {
    release();
    upgrades.close();
    // Those that became WebSockets are no longer the server's.
    server.closeAllConnections();
    endHandshakes();
  });
}

/** RFC 9110, section 15.5.22. */
function onRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { connection: "close, upgrade", upgrade: "websocket", "content-type": "text/plain" });
  response.end("WebSocket only");
}

function onClientError(error: NodeJS.ErrnoException, socket: Duplex, refused: (error: Error) => void): void {
  refused(new Error(`a client's HTTP request was no good: ${error.message}`, { cause: error }));
  if (!socket.writable || error.code === "ECONNRESET") socket.destroy();
  else if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") answer(socket as Socket, 408);
  else answer(socket as Socket, error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400);
}
