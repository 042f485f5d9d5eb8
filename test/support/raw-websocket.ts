import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { cleanUp } from "./cleanup.ts";
import { Inbox } from "./inbox.ts";

/*
 * WebSocket by hand (RFC 6455), so that no mistake of a library can hide, and for what no library would say.
 */

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** How a frame may differ from what is right. */
export interface FrameOptions {
  readonly opcode?: number;
  /** Whether it is the last of its message. Default: `true`. */
  readonly last?: boolean;
  /** Default: `true`, as a client must. */
  readonly masked?: boolean;
  /** The length it says it has. Default: what it has. */
  readonly announced?: bigint;
}

/** A frame as a client sends it (section 5.2). */
export function frame(payload: string | Uint8Array, options: FrameOptions = {}): Buffer {
  const { opcode = Opcode.text, last = true, masked = true } = options;
  const bytes = Buffer.from(payload);
  const length = options.announced ?? BigInt(bytes.length);
  const mask = masked ? 0x80 : 0;
  const head = [(last ? 0x80 : 0) | opcode];
  if (length < 126n) head.push(mask | Number(length));
  else if (length < 65_536n) head.push(mask | 126, Number(length >> 8n), Number(length & 0xffn));
  else {
    const eight = Buffer.alloc(8);
    eight.writeBigUInt64BE(length);
    head.push(mask | 127, ...eight);
  }
  if (!masked) return Buffer.concat([Buffer.from(head), bytes]);
  const key = randomBytes(4);
  return Buffer.concat([Buffer.from(head), key, bytes.map((byte, at) => byte ^ (key[at % 4] as number))]);
}

/** A close frame (section 5.5.1). */
export function closeFrame(code: number, reason = ""): Buffer {
  const payload = Buffer.concat([Buffer.alloc(2), Buffer.from(reason)]);
  payload.writeUInt16BE(code);
  return frame(payload, { opcode: Opcode.close });
}

/** A client's request (section 4.1). A header that is `undefined` is left out. */
export function upgradeRequest(address: string, headers: Readonly<Record<string, string | undefined>> = {}): string {
  const { host, pathname, search } = new URL(address);
  const all = {
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `GET ${pathname}${search} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** Reads the head of an HTTP answer off a socket, which goes on behind it. */
export async function answerHead(socket: Socket): Promise<string> {
  let head = "";
  for (;;) {
    const byte: Buffer | null = socket.read(1);
    if (byte) head += byte.toString("latin1");
    else if (socket.readableEnded || socket.destroyed) return head;
    else await Promise.race([once(socket, "readable"), once(socket, "end"), once(socket, "close")]);
    if (head.endsWith("\r\n\r\n")) return head;
  }
}

/** A socket that asks to be a WebSocket, and says `upgraded` when it is one. */
export function upgrading(socket: Socket, ready: "connect" | "secureConnect", address: string): Socket {
  socket.once(ready, () => {
    socket.write(upgradeRequest(address));
    void answerHead(socket).then(() => socket.emit("upgraded"));
  });
  return socket;
}

/** The other end of a WebSocket, played by the test, as a client. */
export class RawWebSocket {
  readonly socket: Socket;
  /** The text messages that came. */
  readonly inbox = new Inbox();
  /** All frames that came: each opcode, and a close frame's code. */
  readonly frames: { readonly opcode: number; readonly code?: number }[] = [];
  /** Resolves with the close frame's code, or `undefined` when the socket is gone without one. */
  readonly closed: Promise<number | undefined>;
  #bytes = Buffer.alloc(0);
  #close!: (code: number | undefined) => void;
  /** Called with each frame. */
  onFrame: (opcode: number) => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    socket.on("close", () => {
      this.inbox.end("the WebSocket is gone");
      this.#close(undefined);
    });
  }

  /**
   * Connects; the socket is put away after the test.
   *
   * @param early - sent without waiting to be let in
   */
  static async dial(test: TestContext, address: string, early: Uint8Array = Buffer.alloc(0)): Promise<RawWebSocket> {
    return RawWebSocket.upgrade(await plainSocket(test, address), address, early);
  }

  /** The same on a socket that is there. */
  static async upgrade(socket: Socket, address: string, early: Uint8Array = Buffer.alloc(0)): Promise<RawWebSocket> {
    socket.write(Buffer.concat([Buffer.from(upgradeRequest(address)), early]));
    const head = await answerHead(socket);
    if (!head.startsWith("HTTP/1.1 101")) throw new Error(`expected to be let in, got ${head}`);
    const raw = new RawWebSocket(socket);
    socket.on("data", (chunk) => raw.#take(chunk));
    return raw;
  }

  /** Sends a frame. */
  say(payload: string | Uint8Array, options?: FrameOptions): void {
    this.socket.write(frame(payload, options));
  }

  call(id: unknown, method: string, params?: unknown): void {
    this.say(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 2) {
      const short = (this.#bytes[1] as number) & 0x7f;
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (this.#bytes.length < start) return;
      const length =
        short < 126 ? short : short === 126 ? this.#bytes.readUInt16BE(2) : Number(this.#bytes.readBigUInt64BE(2));
      if (this.#bytes.length < start + length) return;
      const opcode = (this.#bytes[0] as number) & 0x0f;
      const payload = this.#bytes.subarray(start, start + length);
      this.#bytes = this.#bytes.subarray(start + length);
      if (opcode === Opcode.text) this.inbox.add(payload.toString());
      const code = opcode === Opcode.close && payload.length >= 2 ? payload.readUInt16BE() : undefined;
      this.frames.push(code === undefined ? { opcode } : { opcode, code });
      this.onFrame(opcode);
      if (opcode === Opcode.close) this.#close(code ?? 1005);
    }
  }
}

/** A connected socket to the server of an address; it is put away after the test. */
export async function plainSocket(test: TestContext, address: string): Promise<Socket> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) });
  cleanUp(test, () => socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}
