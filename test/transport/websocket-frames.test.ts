import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { textFrames } from "../../src/transport/websocket/frames.ts";

interface Read {
  readonly text: string;
  readonly mask: string | undefined;
}

/** Reads frames as RFC 6455, section 5.2 has them, byte by byte, and holds them to being whole texts. */
function readFrames(bytes: Buffer): Read[] {
  const found: Read[] = [];
  for (let at = 0; at < bytes.length; ) {
    assert.equal(bytes[at++], 0x81);
    const second = bytes[at++] as number;
    let length = second & 0x7f;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      assert(length > 125, "the shortest way to say the length");
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      assert(length > 65_535, "the shortest way to say the length");
      at += 8;
    }
    let mask: Buffer | undefined;
    if (second & 0x80) {
      mask = bytes.subarray(at, at + 4);
      at += 4;
    }
    const payload = bytes.subarray(at, at + length);
    assert.equal(payload.length, length);
    const plain = mask ? Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] as number))) : payload;
    found.push({ text: plain.toString(), mask: mask?.toString("hex") });
    at += length;
  }
  return found;
}

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537, 1_000_001];

describe("frames of texts", () => {
  for (const masked of [false, true]) {
    describe(masked ? "of a client" : "of a server", () => {
      for (const [what, unit] of [
        ["ASCII", "x"],
        ["Latin", "é"],
        ["any script", "a漢😀"],
      ] as const) {
        it(`hold texts of ${what}, of all lengths, at all places`, () => {
          const texts = LENGTHS.map((length) => unit.repeat(Math.ceil(length / Buffer.byteLength(unit))));
          for (const rotated of texts.keys()) {
            const given = [...texts.slice(rotated), ...texts.slice(0, rotated)];
            const read = readFrames(textFrames(given, masked));
            assert.deepEqual(
              read.map(({ text }) => text),
              given,
            );
            assert(read.every(({ mask }) => (mask !== undefined) === masked));
          }
        });
      }
    });
  }

  it("of a client have each a mask of their own", () => {
    const texts = Array.from({ length: 5_000 }, () => "x");
    const masks = new Set(readFrames(textFrames(texts, true)).map(({ mask }) => mask));
    // By chance two of them may be the same; not more than a few.
    assert(masks.size > 4_990);
  });
});
