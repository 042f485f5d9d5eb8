import type { ClientRequest, IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { connect as connectSecurely, type TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import type { Channel } from "../../connection/channel.ts";
import type { Address } from "../address.ts";
import { secureDialOptions } from "../secure.ts";
import { securePeer } from "../secure-peer.ts";
import { networkPeer, socketOptions } from "../socket.ts";
import { hostPortAndPath } from "../socket-address.ts";
import { HttpStatusError } from "../status-error.ts";
import type { DialOptions } from "../transport.ts";
import { WebSocketChannel } from "./channel.ts";
import { NodeWire, wireOptions } from "./node-wire.ts";
import { dialSettings } from "./options.ts";

/**
 * Dials by the package `ws`, also where Node.js has a WebSocket of its own: that one takes no certificates, cannot
 * stop reading, cannot ping, has no limit on messages, and does not say why a dial failed.
 *
 * @throws HttpStatusError when the server answers with anything but 101. A redirect is not followed: it could lead a
 * token in the headers anywhere.
 */
export async function dialWebSocket(address: Address, { limits, signal, transport }: DialOptions): Promise<Channel> {
  const { host, port } = hostPortAndPath(address, "dial");
  const { headers, subprotocols, heartbeat } = dialSettings(transport);
  // A WebSocket has no half-close: its close frame ends both ways.
  const plain = { ...socketOptions, allowHalfOpen: false, host, port };
  const secure = address.scheme === "wss" && { ...secureDialOptions({ host, port }, transport), allowHalfOpen: false };
  signal.throwIfAborted();
  const webSocket = new WebSocket(address.url, [...subprotocols], {
    ...wireOptions(limits.messageBytes),
    followRedirects: false,
    headers,
    // The address and the TLS options stay out of what is an option of HTTP.
    createConnection: () => (secure ? connectSecurely(secure) : connect(plain)),
  });
  const wrap = (socket: Socket) =>
    new WebSocketChannel(
      new NodeWire(webSocket, socket, {
        masked: true,
        messageBytes: limits.messageBytes,
        heartbeat,
      }),
      {
        limits,
        peer: {
          ...(secure ? securePeer("wss", socket as TLSSocket) : networkPeer("ws", socket)),
          subprotocol: webSocket.protocol === "" ? undefined : webSocket.protocol,
        },
      },
    );
  return opened(webSocket, signal, wrap);
}

/** Waits for a WebSocket to open; when the signal aborts first, it is gone and nothing is left of it. */
function opened(webSocket: WebSocket, signal: AbortSignal, wrap: (socket: Socket) => Channel): Promise<Channel> {
  return new Promise((resolve, reject) => {
    let socket: Socket;
    const settle = () => {
      signal.removeEventListener("abort", onAbort);
      webSocket.off("upgrade", onUpgrade).off("open", onOpen).off("error", onFailure);
      webSocket.off("unexpected-response", onResponse);
    };
    const onFailure = (error: unknown) => {
      settle();
      // Giving up says so once more.
      webSocket.on("error", () => {});
      webSocket.terminate();
      reject(error);
    };
    const onAbort = () => onFailure(signal.reason);
    const onUpgrade = (response: IncomingMessage) => {
      socket = response.socket;
    };
    const onResponse = (_request: ClientRequest, { statusCode = 500, statusMessage }: IncomingMessage) =>
      onFailure(refusal(statusCode, statusMessage));
    const onOpen = () => {
      settle();
      resolve(wrap(socket));
    };
    webSocket.on("upgrade", onUpgrade).on("open", onOpen).on("error", onFailure);
    webSocket.on("unexpected-response", onResponse);
    signal.addEventListener("abort", onAbort);
  });
}

function refusal(status: number, words: string | undefined): Error {
  const message = `the server answered the request for a WebSocket with ${status}${words ? ` ${words}` : ""}`;
  return status >= 300 && status <= 599 ? new HttpStatusError(status, message) : new Error(message);
}
