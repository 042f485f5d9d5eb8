import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { cleanUp } from "./cleanup.ts";
import { readAll } from "./read-all.ts";

/** What an HTTP server answered. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a test sends. By default a POST of JSON. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
}

/** A call as a body. */
export function callText(method: string, params: unknown = [], id: unknown = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** Sends a request on a connection of its own, and reads the answer. A header that is `undefined` is left out. */
export async function send(address: string, { method = "POST", path, headers = {}, body }: Sent = {}): Promise<Reply> {
  const url = new URL(address);
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries({ "content-type": "application/json", ...headers })) {
    if (value !== undefined) all[name] = value;
  }
  const sent = request({
    ...whereIs(address),
    path: path ?? url.pathname + url.search,
    method,
    headers: all,
    agent: false,
  });
  sent.end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode, headers: response.headers, body: await readAll(response) };
}

/** A socket to a server, on which the test speaks HTTP, or something else, by itself. */
export async function rawHttp(test: TestContext, address: string): Promise<Socket> {
  const socket = connect(whereIs(address));
  socket.on("error", () => {});
  cleanUp(test, () => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** A POST of JSON to a path, byte for byte. */
export function post(body: string, headers = ""): string {
  const length = new TextEncoder().encode(body).length;
  return `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${headers}\r\n${body}`;
}

/** A server that answers as the test likes; gives its address. */
export async function httpServer(test: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`;
}

/** Reads from a socket until what came is enough, or nothing more comes; all of it from here on. */
export function readUntil(socket: Socket, isEnough: (text: string) => boolean): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    const done = () => {
      socket.off("data", take).off("end", done).off("close", done);
      resolve(text);
    };
    const take = (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (isEnough(text)) done();
    };
    socket.on("data", take).on("end", done).on("close", done);
    if (socket.destroyed) done();
    else socket.resume();
  });
}

function whereIs(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}
