import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { FramingError } from "../../src/framing/framing-error.ts";
import { isAsciiText, textOf, textWithin } from "../../src/framing/text.ts";

const PART = 64 * 1_024;

describe("a text is ASCII", () => {
  /* Around where long texts begin, and where they are looked at in several parts. */
  const lengths = [0, 1, 4_095, 4_096, PART - 2, PART - 1, PART, PART + 1, PART + 2, 2 * PART, 3 * PART + 5];
  const others = ["\u0080", "é", "ÿ", "\u0100", "漢", "\uffff", "😀", "\ud800", "\udc00", "\u0000é"];

  for (const length of lengths) {
    test(`or not, of ${length} characters`, () => {
      const text = "\u0000~\u007f".repeat(Math.ceil(length / 3)).slice(0, length);
      assert(isAsciiText(text));
      assert(isAsciiText(`${text.slice(0, length / 2)}${text.slice(length / 2)}`));
      for (const other of others) {
        // At both ends, and on either side of where a part begins.
        for (const at of [0, length, ...[PART - 2, PART - 1, PART, PART + 1].filter((each) => each < length)]) {
          const mixed = text.slice(0, at) + other + text.slice(at);
          assert.equal(isAsciiText(mixed), false, `${JSON.stringify(other)} at ${at}`);
        }
      }
    });
  }

  test("where none of it is", () => {
    for (const other of others) assert.equal(isAsciiText(other.repeat(2 * PART)), false);
  });
});

describe("the text of UTF-8 bytes", () => {
  /* Around where longer ones become text in another way, and where a string is too large for the usual heap. */
  const lengths = [0, 1, 300, 1_020, 1_023, 1_024, 1_025, 40_000, 1_100_000];
  const kinds = ["~", "é", "漢", "😀", "naïve café, 東京 😀 ", "\ufeff\u0000ÿ\u0100\uffff"];

  for (const kind of kinds) {
    test(`is what it was, of ${JSON.stringify(kind)}`, () => {
      for (const length of lengths) {
        const text = kind.repeat(Math.ceil(length / kind.length));
        for (const one of [text, `plain${text}`, `${text}plain`]) {
          assert.ok(textOf(Buffer.from(one)) === one, `${length} characters are others`);
        }
      }
    });
  }

  test("is none where they are not UTF-8, however many there are", () => {
    const flaws = ["80", "c3", "e6bc", "f09f98", "c080", "eda080", "f4908080", "ff", "e28228"];
    for (const length of [0, 1_024, 40_000]) {
      for (const flaw of flaws) {
        const bytes = Buffer.concat([Buffer.from("é".repeat(length)), Buffer.from(flaw, "hex")]);
        assert.throws(() => textOf(bytes), FramingError, flaw);
        assert.throws(() => textOf(Buffer.concat([bytes, Buffer.from("é".repeat(length))])), FramingError, flaw);
      }
    }
  });
});

describe("the text within UTF-8 bytes", () => {
  for (const length of [1, 1_023, 1_024]) {
    test(`is that of its bytes, also where it has a replacement character of its own, of about ${length} of them`, () => {
      for (const text of ["x".repeat(length), `\ufffd${"x".repeat(length - 1)}`, `${"é".repeat(length / 2)}\ufffd`]) {
        const bytes = Buffer.from(`漢${text}漢`);
        assert.ok(textWithin(bytes, 3, bytes.length - 3) === text);
      }
    });

    test(`is none where these are not UTF-8, whatever surrounds them, of about ${length} of them`, () => {
      const bytes = Buffer.from(`é${"é".repeat(length)}é`);
      assert.throws(() => textWithin(bytes, 1, bytes.length), FramingError);
      assert.throws(() => textWithin(bytes, 0, bytes.length - 1), FramingError);
    });
  }
});
