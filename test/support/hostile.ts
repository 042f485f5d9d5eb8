import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, type TestContext } from "node:test";
import { connect as connectSecurely } from "node:tls";
import type { LimitOptions, Limits } from "../../src/protocol/limits.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import type { Server } from "../../src/server/server.ts";
import type { Service } from "../../src/service/service.ts";
import { type Certificate, makeAuthority, makeCertificate } from "./certificates.ts";
import { cleanUp } from "./cleanup.ts";
import { Inbox } from "./inbox.ts";
import type { Log } from "./log.ts";
import { RawWebSocket, frame as webSocketFrame } from "./raw-websocket.ts";
import { exampleService, serve } from "./served.ts";
import { socketAt } from "./socket-at.ts";
import { temporaryDirectory } from "./temporary.ts";
import { frameText, WirePeer } from "./wire-peer.ts";

/*
 * The hostile suite: one file for each limit, each over every address. A peer on a bare socket does what the limit is
 * there for, and the rest of the server must not notice.
 */

/** A peer on a bare socket, whatever it speaks. */
export interface Hostile {
  readonly socket: Socket;
  /** The JSON texts that came. */
  readonly inbox: Inbox;
  /** Resolves once it has no connection any more. */
  readonly gone: Promise<unknown>;
  /** Says a whole text. */
  say(text: string): void;
  /** The bytes of a message that holds a text, to be sent in parts. */
  bytes(text: string): Buffer;
}

export type Scheme = "tcp" | "tls" | "unix" | "ws" | "http";

/** An address, and how to be hostile there. */
export interface Row {
  readonly scheme: Scheme;
  listensAt(test: TestContext): string;
  /** A socket that has connected, and has said nothing of what the scheme speaks. */
  socket(test: TestContext, address: string): Promise<Socket>;
  /** A peer that may speak. */
  peer(socket: Socket, address: string): Promise<Hostile>;
}

let certificate: Promise<{ readonly authority: Certificate; readonly server: Certificate }> | undefined;

async function makeCertificates() {
  const authority = await makeAuthority("hostile");
  return { authority, server: await makeCertificate(authority, { name: "server" }) };
}

const rows: readonly Row[] = [
  { scheme: "tcp", listensAt: () => "tcp://127.0.0.1:0", socket: plain, peer: framed },
  { scheme: "tls", listensAt: () => "tls://127.0.0.1:0", socket: plain, peer: secured },
  { scheme: "unix", listensAt: (test) => `unix:${temporaryDirectory(test)}/s.sock`, socket: plain, peer: framed },
  {
    scheme: "ws",
    listensAt: () => "ws://127.0.0.1:0/rpc",
    socket: plain,
    peer: async (socket, address) => {
      const raw = await RawWebSocket.upgrade(socket, address);
      const bytes = (text: string) => webSocketFrame(text);
      return { socket, inbox: raw.inbox, gone: goneOf(socket), say: (text) => raw.say(text), bytes };
    },
  },
  { scheme: "http", listensAt: () => "http://127.0.0.1:0/rpc", socket: plain, peer: async (socket) => http(socket) },
];

/**
 * Runs something over every address.
 *
 * @param elsewhere - the addresses where the limit does not apply, and why
 */
export function everywhere(
  limit: keyof Limits,
  body: (row: Row) => void,
  elsewhere: { readonly [scheme in Scheme]?: string } = {},
): void {
  for (const row of rows) {
    const skip = elsewhere[row.scheme];
    if (skip === undefined && !(row.scheme === "unix" && process.platform === "win32")) {
      describe(`limits.${limit} over ${row.scheme}`, { timeout: 60_000 }, () => body(row));
    }
  }
}

/** A server with limits, and one who attacks it. */
export interface Attack {
  readonly server: Server & { readonly log: Log };
  /** One more peer; nothing has been said. */
  peer(): Promise<Hostile>;
  /** One more socket, on which nothing was said at all, TLS not either. */
  socket(): Promise<Socket>;
}

export async function attack(
  test: TestContext,
  row: Row,
  limits: LimitOptions,
  { service = exampleService(), ...options }: ServerOptions & { readonly service?: Service } = {},
): Promise<Attack> {
  const tls = row.scheme === "tls" ? await tlsOptions() : undefined;
  const all = { profile: "untrusted", ...(typeof limits === "object" ? limits : { profile: limits }) } as const;
  const server = await serve(test, service, { limits: all, ...tls, ...options }, row.listensAt(test));
  const socket = () => row.socket(test, server.address);
  return { server, socket, peer: async () => row.peer(await socket(), server.address) };
}

async function tlsOptions(): Promise<ServerOptions> {
  certificate ??= makeCertificates();
  return { tls: { ...(await certificate).server } };
}

/** A call as a text. */
export function callText(id: unknown, method: string, params: unknown = []): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** Resolves with what a reader's connection came to, however rudely. */
export function goneOf(socket: Socket): Promise<unknown> {
  if (socket.destroyed) return Promise.resolve();
  socket.on("error", () => {});
  return new Promise((resolve) => socket.once("close", resolve));
}

async function plain(test: TestContext, address: string): Promise<Socket> {
  const socket = connect({ ...socketAt(address), noDelay: true });
  cleanUp(test, () => socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function framed(socket: Socket): Promise<Hostile> {
  const peer = new WirePeer(socket);
  const bytes = (text: string) => Buffer.from(frameText(text));
  return { socket, inbox: peer.inbox, gone: peer.closed, say: (text) => peer.write(frameText(text)), bytes };
}

async function secured(socket: Socket): Promise<Hostile> {
  certificate ??= makeCertificates();
  const secure = connectSecurely({ socket, ca: (await certificate).authority.cert, servername: "localhost" });
  secure.on("error", () => {});
  await once(secure, "secureConnect");
  return framed(secure);
}

/** Sends each text in a request of its own, and takes the texts out of the answers. */
function http(socket: Socket): Hostile {
  const inbox = new Inbox();
  let came = "";
  socket.on("data", (chunk) => {
    came += chunk.toString("latin1");
    for (;;) {
      const head = came.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(came.slice(0, head))?.[1] ?? 0);
      const end = head + 4 + length;
      if (came.length < end) return;
      if (length > 0) inbox.add(Buffer.from(came.slice(head + 4, end), "latin1").toString());
      came = came.slice(end);
    }
  });
  socket.on("close", () => inbox.end("the connection is gone"));
  const bytes = (text: string) => {
    const head = "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
    return Buffer.from(`${head}${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  return { socket, inbox, gone: goneOf(socket), say: (text) => socket.write(bytes(text)), bytes };
}
