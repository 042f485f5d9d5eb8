import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { cleanUp } from "./cleanup.ts";
import { Inbox } from "./inbox.ts";
import { socketAt } from "./socket-at.ts";

/** A value as JSON in a netstring. Written here anew, so that no mistake of the library's own can hide. */
export function frame(value: unknown): string {
  return frameText(JSON.stringify(value));
}

export function frameText(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}

/** A peer on a bare socket, which says byte for byte what the script says. */
export class WirePeer {
  readonly inbox = new Inbox();
  readonly socket: Socket;
  /** Resolves once the other end has said that it will send no more. */
  readonly ended: Promise<unknown>;
  /** Resolves once the socket is gone, in whatever way. */
  readonly closed: Promise<unknown>;
  #bytes = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => this.#take(chunk));
    // A reset is an end like any other here.
    socket.on("error", () => {});
    this.ended = new Promise((resolve) => {
      socket.on("end", resolve);
      socket.on("close", resolve);
    });
    this.closed = new Promise((resolve) => socket.on("close", resolve));
    void this.ended.then(() => this.inbox.end("the other end has ended"));
  }

  /** Dials a server; the socket is put away after the test. */
  static async dial(test: TestContext, address: string): Promise<WirePeer> {
    const socket = connect({ ...socketAt(address), allowHalfOpen: true, noDelay: true });
    cleanUp(test, () => socket.destroy());
    await once(socket, "connect");
    return new WirePeer(socket);
  }

  /** Says values, each as JSON in a netstring, all in one packet. */
  say(...values: readonly unknown[]): void {
    this.socket.write(values.map(frame).join(""));
  }

  /** Says bytes as they are. */
  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  call(id: unknown, method: string, params?: unknown): void {
    this.say({ jsonrpc: "2.0", id, method, params });
  }

  answer(id: unknown, result: unknown): void {
    this.say({ jsonrpc: "2.0", id, result });
  }

  /** Says that it will send no more, and goes on reading. */
  end(): void {
    this.socket.end();
  }

  /** Is gone in the rudest way: the other end gets an ECONNRESET. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const colon = this.#bytes.indexOf(":");
      if (colon < 0) return;
      const start = colon + 1;
      const end = start + Number(this.#bytes.toString("latin1", 0, colon));
      if (this.#bytes.length <= end) return;
      this.inbox.add(this.#bytes.toString("utf8", start, end));
      this.#bytes = this.#bytes.subarray(end + 1);
    }
  }
}

/** A server on bare sockets, whose connections the test plays. */
export class WireServer {
  readonly address: string;
  /** Everyone it accepted, in order. */
  readonly peers: WirePeer[] = [];
  readonly #server: Server;
  readonly #waiters: ((peer: WirePeer) => void)[] = [];
  #taken = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (socket) => this.#accept(new WirePeer(socket)));
  }

  /** Listens; everything is put away after the test. */
  static async listen(test: TestContext, port = 0): Promise<WireServer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const wire = new WireServer(server);
    cleanUp(test, () => wire.close());
    return wire;
  }

  /** The next one that connects. */
  peer(): Promise<WirePeer> {
    const peer = this.peers[this.#taken];
    if (!peer) return new Promise((resolve) => this.#waiters.push(resolve));
    this.#taken++;
    return Promise.resolve(peer);
  }

  /** Stops listening, and cuts who is there. */
  async close(): Promise<void> {
    for (const peer of this.peers) peer.socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(peer: WirePeer): void {
    this.peers.push(peer);
    const waiter = this.#waiters.shift();
    if (!waiter) return;
    this.#taken++;
    waiter(peer);
  }
}
