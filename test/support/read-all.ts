import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import { netstring } from "../../src/framing/netstring.ts";

/** Reads a stream to its end. A duplex can still be written to afterwards. */
export function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.once("end", () => resolve(Buffer.concat(chunks).toString()));
    stream.once("error", reject);
  });
}

/** Texts as netstrings, one behind the other. */
export function netstrings(...texts: string[]): string {
  return texts.map((text) => netstring.frame(text, Buffer.byteLength(text))).join("");
}
