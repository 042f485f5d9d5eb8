/** Texts that arrive in several chunks. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { FramingError } from "../../src/framing/framing-error.ts";
import { Pieces } from "../../src/framing/pieces.ts";

const MiB = 1_024 * 1_024;

function pieces(...chunks: readonly (string | Buffer)[]): Pieces {
  const all = new Pieces();
  for (const chunk of chunks) all.add(Buffer.from(chunk as string));
  return all;
}

describe("pieces", () => {
  it("are joined, whatever their sizes", () => {
    const sizes = [1, 63, 64, 65, 1_023, 1_024, 1_025, 10_000, 65_536, 1];
    const chunks = sizes.map((size, i) => String.fromCharCode(0x61 + i).repeat(size));
    assert.equal(pieces(...chunks).take(), chunks.join(""));
    assert.equal(
      pieces(...chunks.toReversed())
        .takeBytes()
        .toString(),
      chunks.toReversed().join(""),
    );
  });

  for (const [what, size] of [
    ["long", 100_000],
    ["longer than what is joined in one place", 2 * MiB],
  ] as const) {
    it(`that make ${what} texts leave each text as it was when the next comes`, () => {
      const own = pieces();
      const texts: string[] = [];
      for (const letter of ["a", "b", "é", "c"]) {
        for (let i = 0; i < 3; i++) own.add(Buffer.from(letter.repeat(size / 2 + i)));
        texts.push(own.take());
      }
      assert.equal(own.length, 0);
      for (const [i, letter] of ["a", "b", "é", "c"].entries()) {
        assert.ok(texts[i] === letter.repeat((size / 2) * 3 + 3), `the text of ${letter} is another`);
      }
    });
  }

  it("of which there is none, or only an empty one, make an empty text", () => {
    assert.equal(pieces().take(), "");
    assert.equal(pieces("").take(), "");
  });

  it("that are no UTF-8 are refused, and forgotten", () => {
    const own = pieces("x".repeat(2_000), Buffer.from([0xff]), "x".repeat(2_000));
    assert.throws(() => own.take(), FramingError);
    own.add(Buffer.from("next"));
    assert.equal(own.take(), "next");
  });

  it("may end in the middle of a character, as long as the next goes on with it", () => {
    const bytes = Buffer.from("é😀".repeat(1_000));
    const all = new Pieces();
    for (let at = 0; at < bytes.length; at += 1_025) all.add(bytes.subarray(at, at + 1_025));
    assert.equal(all.take(), "é😀".repeat(1_000));
  });
});
