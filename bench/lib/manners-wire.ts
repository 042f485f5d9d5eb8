import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket, WebSocketServer } from "ws";
import { HOST } from "./adapter.ts";
import type { MannersWire } from "./manners-library.ts";
import { openSocket, portOf } from "./ws.ts";

/** A client that says what it likes, and hears what comes back. */
export interface RawPeer {
  /** One whole message. */
  say(text: string): void;
  /** Byte by byte, where there are bytes. */
  sayInPieces(text: string): Promise<void>;
  /** Goes on with one message that never ends; resolves with the bytes the other side took until it stopped or `ms`. */
  sayForEver(bytes: number, ms: number): Promise<number>;
  /** What was heard so far, message by message. */
  readonly heard: string[];
  readonly ended: boolean;
  close(): void;
}

export function rawPeer(wire: MannersWire, port: number): Promise<RawPeer> {
  return wire === "ws" ? rawWebSocket(port) : rawSocket(wire, port);
}

function framed(wire: MannersWire, text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  if (wire === "netstring") return Buffer.from(`${bytes}:${text},`);
  return Buffer.from(wire === "line" ? `${text}\n` : `Content-Length: ${bytes}\r\n\r\n${text}`);
}

/** Takes whole messages out of what was received; gives back the rest. */
function unframe(wire: MannersWire, received: Buffer, heard: string[]): Buffer {
  for (let rest = received; ; ) {
    const [start, length, after] = frameOf(wire, rest);
    if (start < 0 || rest.length < start + length + after) return rest;
    heard.push(rest.toString("utf8", start, start + length));
    rest = rest.subarray(start + length + after);
  }
}

function frameOf(wire: MannersWire, bytes: Buffer): [start: number, length: number, after: number] {
  if (wire === "line") {
    const end = bytes.indexOf("\n");
    return end < 0 ? [-1, 0, 0] : [0, end, 1];
  }
  if (wire === "netstring") {
    const colon = bytes.indexOf(":");
    return colon < 0 ? [-1, 0, 0] : [colon + 1, Number(bytes.toString("latin1", 0, colon)), 1];
  }
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return [-1, 0, 0];
  const length = /content-length: *(\d+)/i.exec(bytes.toString("latin1", 0, end))?.[1];
  return [end + 4, Number(length), 0];
}

async function rawSocket(wire: MannersWire, port: number): Promise<RawPeer> {
  const socket = connect(port, HOST);
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const heard: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;
  socket.setNoDelay(true);
  socket.on("data", (chunk) => {
    rest = unframe(wire, Buffer.concat([rest, chunk]), heard);
  });
  for (const event of ["end", "error", "close"] as const) {
    socket.on(event, () => {
      ended = true;
    });
  }
  return {
    heard,
    get ended() {
      return ended;
    },
    say: (text) => void socket.write(framed(wire, text)),
    async sayInPieces(text) {
      for (const byte of framed(wire, text)) {
        socket.write(Buffer.of(byte));
        await sleep(1);
      }
    },
    async sayForEver(bytes, ms) {
      const head = { netstring: `${bytes}:`, line: "", "content-length": `Content-Length: ${bytes}\r\n\r\n`, ws: "" };
      socket.write(`${head[wire]}"`);
      const block = Buffer.alloc(256 * 1024, "a");
      const end = Date.now() + ms;
      const before = socket.bytesWritten;
      while (!ended && socket.bytesWritten - before < bytes - 2 * block.length && Date.now() < end) {
        if (socket.writableLength < 4 * block.length) socket.write(block);
        else await sleep(2);
        if (socket.writableLength === 0) await sleep(0);
      }
      await sleep(300);
      return socket.bytesWritten - socket.writableLength - before;
    },
    close: () => socket.destroy(),
  };
}

async function rawWebSocket(port: number): Promise<RawPeer> {
  const socket = await openSocket(new WebSocket(`ws://${HOST}:${port}`));
  const heard: string[] = [];
  let ended = false;
  socket.on("message", (data) => heard.push(String(data)));
  socket.on("close", () => {
    ended = true;
  });
  socket.on("error", () => {
    ended = true;
  });
  return {
    heard,
    get ended() {
      return ended;
    },
    say: (text) => socket.send(text),
    async sayInPieces(text) {
      socket.send(text);
    },
    async sayForEver(bytes, ms) {
      const block = "a".repeat(256 * 1024);
      const end = Date.now() + ms;
      let sent = 0;
      while (!ended && sent < bytes && Date.now() < end) {
        if (socket.bufferedAmount < 4 * block.length) {
          socket.send(block, { fin: false });
          sent += block.length;
        } else await sleep(2);
        await sleep(0);
      }
      await sleep(300);
      return sent - socket.bufferedAmount;
    },
    close: () => socket.terminate(),
  };
}

/** A server that takes connections, and drops one as soon as it hears something. */
export interface DroppingServer {
  readonly port: number;
  /** How many connections there were. */
  readonly connections: number;
  close(): void;
}

export async function droppingServer(wire: MannersWire): Promise<DroppingServer> {
  let connections = 0;
  if (wire === "ws") {
    const server = new WebSocketServer({ port: 0, host: HOST });
    server.on("connection", (socket) => {
      connections++;
      socket.on("message", () => socket.terminate());
    });
    const port = await portOf(server);
    return {
      port,
      get connections() {
        return connections;
      },
      close() {
        for (const client of server.clients) client.terminate();
        server.close();
      },
    };
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    port: (server.address() as { port: number }).port,
    get connections() {
      return connections;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
