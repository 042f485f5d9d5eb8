import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAsciiText } from "../../src/framing/text.ts";

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
