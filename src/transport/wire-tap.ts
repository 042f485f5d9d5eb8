import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";

/** Hears the bytes of a stream as they pass: those that came in, and those that were written. It must not throw. */
export type WireTap = (direction: "in" | "out", bytes: Uint8Array) => void;

/**
 * Lets a tap hear a stream. Its own `push` and `write` are wrapped, where all bytes pass: a listener for `data` would
 * make them flow before anybody reads.
 *
 * @param tap - without one the stream is left as it is
 */
export function tapped<Stream extends Duplex>(stream: Stream, tap: WireTap | undefined): Stream {
  if (!tap) return stream;
  const { push, write } = stream;
  stream.push = (chunk, encoding) => {
    if (chunk !== null) tap("in", bytesOf(chunk, encoding));
    return push.call(stream, chunk, encoding);
  };
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    tap("out", bytesOf(chunk, rest[0]));
    return Reflect.apply(write, stream, [chunk, ...rest]);
  };
  return stream;
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array {
  if (typeof chunk !== "string") return chunk as Uint8Array;
  return Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8");
}
