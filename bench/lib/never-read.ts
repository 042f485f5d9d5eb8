import { connect } from "node:net";
import type { WebSocket } from "ws";
import { HOST, type RawRequests } from "./adapter.ts";
import { textOf } from "./load.ts";

export interface NeverReadResult {
  /** How many bytes of requests the server took before it stopped reading, or all of them. */
  readonly taken: number;
  /** Whether the server ended the connection. */
  readonly ended: boolean;
}

/* How long no progress means that the server has stopped reading. */
const STALLED_MS = 700;

/**
 * Asks for answers of `size` characters, until `bytes` were asked for, the server takes no more, or `ms` are over;
 * and never reads. The connection stays open until this process ends.
 */
export async function neverRead(
  raw: RawRequests,
  port: number,
  { bytes, size, ms }: { readonly bytes: number; readonly size: number; readonly ms: number },
  Socket: typeof WebSocket,
): Promise<NeverReadResult> {
  const text = textOf(size);
  const total = Math.ceil(bytes / size);
  const stream = raw.over === "tcp" ? await tcp(port) : await ws(port, Socket);
  const end = Date.now() + ms;
  let last = -1;
  let since = Date.now();
  for (let id = 1; id <= total && !stream.ended() && Date.now() < end; ) {
    // Some at a time, and only as fast as the server takes them: it is the server that must not hoard.
    while (id <= total && stream.queued() < 256 * 1024) stream.send(raw.request(id++, text));
    if (stream.taken() !== last) {
      last = stream.taken();
      since = Date.now();
    } else if (Date.now() - since > STALLED_MS) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { taken: stream.taken(), ended: stream.ended() };
}

interface Stream {
  send(text: string): void;
  queued(): number;
  taken(): number;
  ended(): boolean;
}

async function tcp(port: number): Promise<Stream> {
  const socket = connect(port, HOST);
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.pause();
  let ended = false;
  socket.on("error", () => {
    ended = true;
  });
  socket.on("close", () => {
    ended = true;
  });
  return {
    send: (text) => void socket.write(text),
    queued: () => socket.writableLength,
    taken: () => socket.bytesWritten - socket.writableLength,
    ended: () => ended,
  };
}

async function ws(port: number, Socket: typeof WebSocket): Promise<Stream> {
  const socket = new Socket(`ws://${HOST}:${port}`);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.pause();
  let ended = false;
  let sent = 0;
  socket.on("error", () => {
    ended = true;
  });
  socket.on("close", () => {
    ended = true;
  });
  return {
    send(text) {
      sent += text.length;
      socket.send(text);
    },
    queued: () => socket.bufferedAmount,
    taken: () => sent - socket.bufferedAmount,
    ended: () => ended,
  };
}
