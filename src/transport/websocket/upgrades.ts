import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { WebSocketServer } from "ws";
import type { Channel } from "../../connection/channel.ts";
import type { PeerInfo } from "../../service/peer.ts";
import { Authorizing } from "../authorizing.ts";
import { pathOf } from "../request-target.ts";
import { securePeer } from "../secure-peer.ts";
import { networkPeer } from "../socket.ts";
import { HttpStatusError } from "../status-error.ts";
import type { AcceptOptions } from "../transport.ts";
import { WebSocketChannel } from "./channel.ts";
import { CloseCode } from "./close.ts";
import { NodeWire, wireOptions } from "./node-wire.ts";
import type { ListenSettings, UpgradeRequest } from "./options.ts";
import { isOriginAllowed } from "./origin.ts";

/* How long to go on reading, and throwing away, behind an answer that refuses. */
const LINGER_MS = 1_000;

type Accepting = Pick<AcceptOptions, "limits" | "refused" | "admit">;

/**
 * Answers requests to connect: looks at their origin, asks `authorize`, and makes channels of those that may (RFC 6455,
 * section 4.2). It is the same whether a server is there for WebSockets only or has other routes too.
 */
export class Upgrades {
  readonly #settings: ListenSettings;
  readonly #options: Accepting;
  readonly #authorizing: Authorizing | undefined;
  readonly #accept: (channel: Channel) => void;
  readonly #server: WebSocketServer;
  /** Sockets whose request is not answered yet. */
  readonly #asking = new Set<Socket>();
  #closed = false;

  constructor(settings: ListenSettings, options: Accepting, accept: (channel: Channel) => void) {
    this.#settings = settings;
    this.#options = options;
    this.#accept = accept;
    const { authorize, handshakeTimeout } = settings;
    this.#authorizing = authorize && new Authorizing(authorize, options.limits, handshakeTimeout);
    this.#server = new WebSocketServer({
      ...wireOptions(options.limits.messageBytes),
      noServer: true,
      clientTracking: false,
      handleProtocols: (offered) => settings.subprotocols.find((name) => offered.has(name)) ?? false,
    });
    this.#server.on("wsClientError", (error, socket, request) => {
      this.#refuse(socket as Socket, request, request.method === "GET" ? 400 : 405, error);
    });
  }

  /** Takes a request from a server's `upgrade` event. */
  take(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // Until it is a WebSocket, a socket that breaks is nobody's concern.
    socket.on("error", () => socket.destroy());
    this.#asking.add(socket);
    socket.once("close", () => this.#asking.delete(socket));
    const asked = upgradeRequestOf(request, socket);
    try {
      socket.on("close", this.#options.admit(socket.remoteAddress));
    } catch (error) {
      this.#refuse(socket, request, 503, error);
      return;
    }
    this.#authorize(asked, socket)
      .then(
        (auth) => this.#upgrade(request, socket, head, asked, auth),
        (error) => this.#refuse(socket, request, statusOf(error), error),
      )
      // As when somebody else has taken the same request.
      .catch((error) => {
        this.#options.refused(error);
        socket.destroy();
      });
  }

  /** Refuses from now on, also those who are asking. Channels live on, and say at their end that the server goes away. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#asking) socket.destroy();
  }

  async #authorize(asked: UpgradeRequest, socket: Socket): Promise<unknown> {
    const { origins } = this.#settings;
    // A draft that `ws` still speaks, where the origin stands in another header.
    if (asked.headers["sec-websocket-version"] === "8") throw new HttpStatusError(400, "expected version 13, got 8");
    if (!isOriginAllowed(origins, asked, socket.localAddress)) {
      throw new HttpStatusError(403, `pages of ${asked.headers.origin} may not connect; see the option ws.origins`);
    }
    return this.#authorizing?.decide(asked);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer, asked: UpgradeRequest, auth: unknown): void {
    if (this.#closed || !this.#asking.has(socket)) return;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#asking.delete(socket);
      const { limits } = this.#options;
      const http = { url: asked.url, headers: asked.headers, auth };
      const subprotocol = webSocket.protocol === "" ? undefined : webSocket.protocol;
      const { heartbeat } = this.#settings;
      const channel = new WebSocketChannel(
        new NodeWire(webSocket, socket, { masked: false, messageBytes: limits.messageBytes, heartbeat }),
        {
          limits,
          peer: { ...asked.peer, http, subprotocol },
          closeCode: () => (this.#closed ? CloseCode.goingAway : CloseCode.normal),
        },
      );
      this.#accept(channel);
    });
  }

  #refuse(socket: Socket, request: IncomingMessage, status: number, cause: unknown): void {
    // Who has left, or was refused already.
    if (!this.#asking.delete(socket)) return;
    const { message } = cause instanceof Error ? cause : new Error(String(cause));
    const from = `${socket.remoteAddress}:${socket.remotePort}`;
    // Without the query, where tokens stand.
    const path = pathOf(request.url ?? "");
    this.#options.refused(new Error(`${from} asked for ${path}, and got ${status}: ${message}`, { cause }));
    // What went wrong inside of this server is nothing the peer needs to know.
    answer(socket, status, status === 500 ? "" : message);
  }
}

/**
 * Answers an HTTP request on a socket that no server looks after any more, and closes it.
 *
 * @param text - default: the status in words
 */
export function answer(socket: Socket, status: number, text = ""): void {
  const body = Buffer.from(text || (STATUS_CODES[status] ?? ""));
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    // RFC 6455, section 4.4: what there would have been to ask for.
    "Sec-WebSocket-Version: 13",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.end(body);
  // Closing a socket with unread bytes would reset it, and the reset could destroy the answer on its way.
  socket.resume();
  socket.once("end", () => socket.destroy());
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(linger));
}

function upgradeRequestOf({ url = "/", headers }: IncomingMessage, socket: Socket): UpgradeRequest {
  return { url, headers, peer: peerOf(socket) };
}

function peerOf(socket: Socket): PeerInfo {
  return socket instanceof TLSSocket ? securePeer("wss", socket) : networkPeer("ws", socket);
}

function statusOf(error: unknown): number {
  const { status } = (error ?? {}) as { readonly status?: unknown };
  return typeof status === "number" && Number.isInteger(status) && status >= 300 && status <= 599 ? status : 500;
}
