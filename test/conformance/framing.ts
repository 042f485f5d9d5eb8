/**
 * What every framing must do. A framing's own test calls {@link framingSuite} with what is its own: golden bytes and
 * violations.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { type FrameDecoder, type Framing, frameAll } from "../../src/framing/framing.ts";
import { FramingError, type FramingViolation } from "../../src/framing/framing-error.ts";
import { countBufferWork } from "../support/buffer-work.ts";

/** What one framing has of its own. */
export interface FramingRows {
  readonly framing: Framing;
  /** A text and its exact bytes. */
  readonly golden: readonly (readonly [text: string, bytes: string | Buffer])[];
  /** Bytes that are no frame: what is wrong, and the texts that come before it. The limit is {@link LIMIT}. */
  readonly violations: readonly ViolationRow[];
  /** The start of a frame whose text has that many bytes, where that says how many they are. */
  readonly announce?: (bytes: number) => string;
}

export interface ViolationRow {
  readonly name: string;
  readonly bytes: string | Buffer;
  readonly violation: FramingViolation;
  /** Default: none. */
  readonly before?: readonly string[];
  /** What is read after it, where it is not fatal. Default: none. */
  readonly after?: readonly string[];
  /** The error comes when the stream ends. */
  readonly atEnd?: boolean;
}

/** The longest text, in bytes, that decoders are told to let in for violations. */
export const LIMIT = 1_000;

const MiB = 1024 * 1024;

/** JSON texts of all sorts: short, long, and with characters of one to four bytes. */
const texts: readonly string[] = [
  "0",
  "[]",
  '{"jsonrpc":"2.0","method":"main.echo","params":["foo"],"id":1}',
  '"ÅÄÖ åäö"',
  '"漢字とかな"',
  '"😀😃😄 \u{10ffff}"',
  '"a,b:c 5:x, \\n\\u0000"',
  '"Content-Length: 1\\r\\n\\r\\n1"',
  JSON.stringify("x".repeat(999)),
  JSON.stringify("é".repeat(700)),
  JSON.stringify("y".repeat(20_000)),
  JSON.stringify("😀".repeat(5_000)),
  '"z"',
];

/** What a decoder makes of bytes: texts, and the names of violations in their place, like `!leading-zero`. */
export function decode(decoder: FrameDecoder, chunks: Iterable<Buffer>, ends = true): string[] {
  const out: string[] = [];
  const note = (error: unknown) => {
    assert(error instanceof FramingError, String(error));
    out.push(`!${error.violation}`);
    return error.fatal;
  };
  for (const chunk of chunks) {
    decoder.feed(chunk);
    for (let calls = 1; ; calls++) {
      // Each text or violation takes a byte at least, and one call says that there are no more.
      assert(calls <= chunk.length + 1, `more than ${chunk.length + 1} calls for ${chunk.length} bytes`);
      try {
        const text = decoder.next();
        if (text === undefined) break;
        out.push(text);
      } catch (error) {
        if (note(error)) return out;
      }
    }
  }
  const error = ends ? decoder.end() : undefined;
  if (error) note(error);
  return out;
}

/** Bytes cut into chunks of a size, or of sizes by turns. */
export function* cut(bytes: Buffer, ...sizes: number[]): Iterable<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Every way to cut bytes in two. */
function* halves(bytes: Buffer): Iterable<Buffer[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/** Sizes from 1 to `most` that look random and are the same in every run. */
function sizes(seed: number, most: number): number[] {
  let state = seed;
  return Array.from({ length: 1_000 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return 1 + (state % most);
  });
}

export function framingSuite({ framing, golden, violations, announce }: FramingRows): void {
  const bytesOf = (list: readonly string[]) => Buffer.from(frameAll(framing, list));
  const decoder = (limit = Number.POSITIVE_INFINITY) => framing.decoder(limit);

  describe(`the framing ${framing.name}`, { timeout: 60_000 }, () => {
    for (const [text, bytes] of golden) {
      it(`writes and reads ${JSON.stringify(text.slice(0, 20))}`, () => {
        assert.deepEqual(bytesOf([text]), Buffer.from(bytes));
        assert.deepEqual(decode(decoder(), [Buffer.from(bytes)]), [text]);
      });
    }

    it("reads what it wrote, from one chunk", () => {
      assert.deepEqual(decode(decoder(), [bytesOf(texts)]), texts);
    });

    it("reads it byte by byte", () => {
      assert.deepEqual(decode(decoder(), cut(bytesOf(texts), 1)), texts);
    });

    for (let size = 2; size <= 9; size++) {
      it(`reads it in packets of ${size} bytes`, () => {
        assert.deepEqual(decode(decoder(), cut(bytesOf(texts), size)), texts);
      });
    }

    it("reads it in chunks around the sizes where it stores them in another way", () => {
      for (const size of [63, 64, 65, 1_023, 1_024, 1_025, 8_191, 8_192, 8_193]) {
        assert.deepEqual(decode(decoder(), cut(bytesOf(texts), size)), texts, `chunks of ${size}`);
        assert.deepEqual(decode(decoder(), cut(bytesOf(texts), 1, size)), texts, `chunks of 1 and ${size}`);
      }
    });

    it("reads it from chunks of any sizes", () => {
      for (let seed = 1; seed <= 60; seed++) {
        const chunks = cut(bytesOf(texts), ...sizes(seed, 4 ** (seed % 8)));
        assert.deepEqual(decode(decoder(), chunks), texts, `seed ${seed}`);
      }
    });

    it("reads characters of one to four bytes cut anywhere", () => {
      const list = ['"aé漢😀"', '"😀漢éa"', "1"];
      for (const chunks of halves(bytesOf(list))) assert.deepEqual(decode(decoder(), chunks), list);
    });

    it("takes empty chunks for nothing", () => {
      const [first = Buffer.alloc(0), ...rest] = cut(bytesOf(texts), 7);
      const empty = Buffer.alloc(0);
      assert.deepEqual(decode(decoder(), [empty, first, empty, empty, ...rest, empty]), texts);
    });

    it("reads ten thousand messages from one chunk", () => {
      const list = Array.from({ length: 10_000 }, (_, id) => `{"jsonrpc":"2.0","id":${id},"result":"é"}`);
      assert.deepEqual(decode(decoder(), [bytesOf(list)]), list);
    });

    it("lets a text of the limit's length in, and none that is longer", () => {
      const fits = JSON.stringify("é".repeat(499));
      assert.equal(Buffer.byteLength(fits), LIMIT);
      const long = JSON.stringify("é".repeat(499).concat("e"));
      assert.deepEqual(decode(decoder(LIMIT), [bytesOf([fits, long])]), [fits, "!too-long"]);
    });

    it("has nothing to complain of at an end between two frames", () => {
      assert.equal(decoder().end(), undefined);
      assert.deepEqual(decode(decoder(), [bytesOf(["1"])]), ["1"]);
    });

    it("calls an end at any other place truncated", () => {
      const bytes = bytesOf(["[12]"]);
      for (let at = 1; at < bytes.length; at++) {
        assert.deepEqual(decode(decoder(), [bytes.subarray(0, at)]), ["!truncated"], `after ${at} bytes`);
      }
    });

    it("refuses bytes that are not UTF-8, and reads on behind them", () => {
      const wrong = { lone: [0x80], overlong: [0xc0, 0xaf], surrogate: [0xed, 0xa0, 0x80], cut: [0xf0, 0x9f, 0x98] };
      for (const [name, bytes] of Object.entries(wrong)) {
        // The bytes stand where a text of as many ASCII characters stood.
        const whole = bytesOf(["x".repeat(bytes.length), '"next"']);
        whole.set(bytes, whole.indexOf("x"));
        const expected = ["!not-utf8", '"next"'];
        assert.deepEqual(decode(decoder(), [whole]), expected, `${name}, whole`);
        assert.deepEqual(decode(decoder(), cut(whole, 1)), expected, `${name}, byte by byte`);
      }
    });

    for (const { name, bytes, violation, before = [], after = [], atEnd = false } of violations) {
      it(`calls ${name} ${violation}`, () => {
        const expected = [...before, `!${violation}`, ...after];
        const whole = Buffer.from(bytes);
        assert.deepEqual(decode(decoder(LIMIT), [whole], atEnd), expected, "whole");
        for (const size of [1, 2, 3]) {
          assert.deepEqual(decode(decoder(LIMIT), cut(whole, size), atEnd), expected, `in packets of ${size}`);
        }
        if (whole.length < 200) {
          for (const chunks of halves(whole))
            assert.deepEqual(decode(decoder(LIMIT), chunks, atEnd), expected, "halves");
        }
        const behind = bytesOf(["0", ...before]);
        const chunks = [Buffer.concat([behind.subarray(0, bytesOf(["0"]).length), whole])];
        assert.deepEqual(decode(decoder(LIMIT), chunks, atEnd), ["0", ...expected], "behind another message");
      });
    }

    describe("costs", () => {
      for (const [name, chunkSizes] of [
        ["byte by byte", [1]],
        ["in packets of 9 bytes", [9]],
        ["in chunks of 1 KiB", [1_024]],
        ["in chunks of 1 byte and 1 KiB by turns", [1, 1_024]],
        ["in chunks of 64 KiB", [65_536]],
      ] as const) {
        it(`are linear for a text of 8 MiB ${name}`, () => {
          const bytes = bytesOf([JSON.stringify("x".repeat(8 * MiB))]);
          let read: string[] = [];
          const { allocated, touched } = countBufferWork(() => {
            read = decode(decoder(), cut(bytes, ...chunkSizes));
          });
          assert.equal(read.length, 1);
          assert.equal(read[0]?.length, 8 * MiB + 2);
          // Gathered, joined, looked at and turned into a string: each byte four times, whatever the chunks. Where no
          // length is announced, its end is searched too.
          assert(touched <= (announce ? 4.1 : 5.1) * bytes.length, `${touched} bytes were gone over`);
          assert(allocated <= 3.1 * bytes.length, `${allocated} bytes were allocated`);
        });
      }

      it("are linear for many small messages in large chunks", () => {
        const list = Array.from({ length: 20_000 }, (_, id) => `{"jsonrpc":"2.0","id":${id},"result":"foo"}`);
        for (const last of ["1", '"é"']) {
          const bytes = bytesOf([...list, last]);
          const { allocated, touched } = countBufferWork(() => decode(decoder(), cut(bytes, 65_536)));
          assert(touched <= 4.1 * bytes.length, `${touched} bytes were gone over`);
          assert(allocated <= 3.1 * bytes.length, `${allocated} bytes were allocated`);
        }
      });

      it("stay near what has come, also from a peer that sends little at a time", () => {
        for (const [count, size] of [
          [1, 1],
          [100, 1],
          [3, 1_023],
          [40, 1_025],
        ] as const) {
          const one = decoder(8 * MiB);
          const came = count * size;
          const start = Buffer.from(announce?.(8 * MiB) ?? "");
          const chunks = [start, ...Array.from({ length: count }, () => Buffer.alloc(size))];
          const { allocated } = countBufferWork(() => decode(one, chunks, false));
          assert(allocated <= 3 * came + 200, `${allocated} bytes were allocated for ${came}`);
        }
      });

      it("stay near the limit for a text over it, however much of it comes", () => {
        const bytes = bytesOf(["x".repeat(MiB)]);
        for (const size of [100, 1_024, 65_536, bytes.length]) {
          const chunks = [...cut(bytes, size)];
          const one = decoder(LIMIT);
          const { allocated } = countBufferWork(() => {
            assert.deepEqual(decode(one, chunks, false), ["!too-long"], `in chunks of ${size}`);
          });
          // The last chunk may have become a string.
          assert(allocated <= 3 * LIMIT + size, `${allocated} bytes were allocated in chunks of ${size}`);
        }
      });

      if (!announce) return;

      it("are nothing for what is announced and does not come", () => {
        const one = decoder(8 * MiB);
        const { allocated } = countBufferWork(() => {
          decode(one, [Buffer.from(announce(8 * MiB)), Buffer.from("x")], false);
        });
        assert(allocated <= 100 + announce(8 * MiB).length, `${allocated} bytes were allocated`);
      });

      it("are nothing for an announced text over the limit, which is refused at once", () => {
        const header = Buffer.from(announce(8 * MiB));
        const { allocated } = countBufferWork(() => {
          assert.deepEqual(decode(decoder(8 * MiB - 1), [header], false), ["!too-long"]);
        });
        assert(allocated <= header.length, `${allocated} bytes were allocated`);
      });
    });
  });
}
