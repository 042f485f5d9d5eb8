/** Properties of every framing, over random texts, chunks and damage. A failure prints the seed that repeats it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import fc from "fast-check";
import { contentLength } from "../../src/framing/content-length.ts";
import { type Framing, frameAll } from "../../src/framing/framing.ts";
import { netstring } from "../../src/framing/netstring.ts";
import { newline } from "../../src/framing/newline.ts";
import { cut, decode } from "../conformance/framing.ts";

/** JSON texts, most of them short. */
const jsonText = fc.oneof(
  fc.json({ stringUnit: "binary" }),
  fc.string({ unit: "binary", maxLength: 3_000 }).map((text) => JSON.stringify(text)),
);
const jsonTexts = fc.array(jsonText, { maxLength: 8 });

/** Sizes of chunks, taken by turns. */
const chunkSizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2_000 })), {
  minLength: 1,
  maxLength: 20,
});

/** Bytes that mean something to one framing or another. */
const telling = fc
  .constantFrom(
    ...["\n", "\r", "\r\n", "\r\n\r\n", "\r\r\n", " ", "\0", ":", ",", "0", "9", "-", "+", "99999999999999999999"],
    ...["0:,", "3:abc,", "[1]\n", "POST ", "Content-Length: 3\r\n\r\nabc", "content-length:0\r\n", "X: y\r\n"],
    ...["Content-Type: a/b; charset=utf-16\r\n", "é", "\ufeff", "x".repeat(200), `X: ${"y".repeat(5_000)}`],
  )
  .map((text) => Buffer.from(text));
const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 10 }).map((bytes) => Buffer.from(bytes));

/** One wound: at a place, some bytes are taken out and others put in. The place is a part of the whole, 0 to 1. */
const wound = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  out: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 })),
  put: fc.oneof(fc.constant(Buffer.alloc(0)), telling, anyBytes),
});

/** Bytes with wounds, and how many of them are as they were before the first. */
function wounded(bytes: Buffer, wounds: readonly { place: number; out: number; put: Buffer }[]) {
  let whole = bytes.length;
  let hurt = bytes;
  for (const { place, out, put } of wounds) {
    const at = Math.floor(place * hurt.length);
    hurt = Buffer.concat([hurt.subarray(0, at), put, hurt.subarray(at + out)]);
    whole = Math.min(whole, at);
  }
  return { hurt, whole };
}

for (const framing of [netstring, contentLength, newline]) {
  describe(`the framing ${framing.name}, at random`, { timeout: 60_000 }, () => {
    it("reads what it wrote, however it is cut", () => {
      fc.assert(
        fc.property(jsonTexts, chunkSizes, (texts, sizes) => {
          const bytes = Buffer.from(frameAll(framing, texts));
          assert.deepEqual(decode(framing.decoder(1_000_000), cut(bytes, ...sizes)), texts);
        }),
        { numRuns: 300 },
      );
    });

    it("loses no text that came before damage, and makes the same of the rest however it is cut", () => {
      fc.assert(
        fc.property(
          jsonTexts,
          fc.array(wound, { minLength: 1, maxLength: 4 }),
          chunkSizes,
          fc.constantFrom(40, 1_000_000),
          (texts, wounds, sizes, limit) => {
            const { hurt, whole } = wounded(Buffer.from(frameAll(framing, texts)), wounds);
            const outcome = decode(framing.decoder(limit), [hurt]);
            assert.deepEqual(decode(framing.decoder(limit), cut(hurt, ...sizes)), outcome);
            assert.deepEqual(decode(framing.decoder(limit), cut(hurt, 1)), outcome);
            const before = outcomeBefore(framing, texts, whole, limit);
            assert.deepEqual(outcome.slice(0, before.length), before);
          },
        ),
        { numRuns: 500 },
      );
    });

    it("makes the same of any bytes, however they are cut", () => {
      fc.assert(
        fc.property(fc.array(fc.oneof(telling, anyBytes), { maxLength: 30 }), chunkSizes, (parts, sizes) => {
          const bytes = Buffer.concat(parts);
          const outcome = decode(framing.decoder(100), [bytes]);
          assert.deepEqual(decode(framing.decoder(100), cut(bytes, ...sizes)), outcome);
          assert.deepEqual(decode(framing.decoder(100), cut(bytes, 1)), outcome);
        }),
        { numRuns: 500 },
      );
    });
  });
}

/** What must have come of the frames that end within so many bytes. */
function outcomeBefore(framing: Framing, texts: readonly string[], bytes: number, limit: number): string[] {
  const outcome: string[] = [];
  let end = 0;
  for (const text of texts) {
    end += Buffer.byteLength(framing.frame(text, Buffer.byteLength(text)));
    if (end > bytes) break;
    if (Buffer.byteLength(text) <= limit) outcome.push(text);
    else {
      outcome.push("!too-long");
      if (framing !== newline) break;
    }
  }
  return outcome;
}

describe("a text with raw newlines, at random", () => {
  it("goes out by newline on one line, and means the same", () => {
    const spaces = fc.constantFrom("\n", "\r\n", "\n\t", "\r", " \n \r ");
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), spaces, chunkSizes, (value, space, sizes) => {
        const pretty = space + JSON.stringify([value], null, 1).replaceAll("\n", space) + space;
        const bytes = Buffer.from(frameAll(newline, [pretty, "0"]));
        assert.equal(bytes.filter((byte) => byte === 0x0a).length, 2);
        const [text = "", next] = decode(newline.decoder(1_000_000), cut(bytes, ...sizes));
        assert.deepEqual(JSON.parse(text), JSON.parse(pretty));
        assert.equal(next, "0");
      }),
    );
  });
});
