import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { contentLength } from "../../src/framing/content-length.ts";
import type { FrameDecoder } from "../../src/framing/framing.ts";
import { FramingError } from "../../src/framing/framing-error.ts";
import { netstring } from "../../src/framing/netstring.ts";
import { newline } from "../../src/framing/newline.ts";

const framings = [netstring, contentLength, newline];
const limits = [20, 1_000_000];

/**
 * Any bytes, to every decoder: it makes the same of them however they are cut, lets in nothing over its limit, and what is
 * wrong is a `FramingError`. The first byte says where to cut.
 */
export function fuzzDecoders(input: Uint8Array): void {
  const bytes = Buffer.from(input).subarray(1);
  const size = 1 + ((input[0] ?? 0) % 50);
  for (const framing of framings) {
    for (const limit of limits) {
      const whole = read(framing.decoder(limit), [bytes], limit);
      assert.deepEqual(read(framing.decoder(limit), cut(bytes, size), limit), whole, `${framing.name} by ${size}`);
      assert.deepEqual(read(framing.decoder(limit), cut(bytes, 1), limit), whole, `${framing.name} by 1`);
    }
  }
}

/** What a decoder makes of chunks: texts, and the names of violations. */
function read(decoder: FrameDecoder, chunks: Iterable<Buffer>, limit: number): string[] {
  const outcome: string[] = [];
  for (const chunk of chunks) {
    decoder.feed(chunk);
    for (;;) {
      try {
        const text = decoder.next();
        if (text === undefined) break;
        assert(Buffer.byteLength(text) <= limit, "a text over the limit");
        outcome.push(`text ${text}`);
      } catch (error) {
        if (!(error instanceof FramingError)) throw error;
        outcome.push(`violation ${error.violation}`);
        if (error.fatal) return outcome;
      }
    }
  }
  const end = decoder.end();
  if (end) outcome.push(`end ${(end as FramingError).violation}`);
  return outcome;
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
