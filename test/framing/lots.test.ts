import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { frameAll } from "../../src/framing/framing.ts";
import { LOT, Lots } from "../../src/framing/lots.ts";
import { netstring } from "../../src/framing/netstring.ts";

describe("lots", () => {
  const rows: readonly [what: string, texts: readonly string[]][] = [
    ["a text", ["x".repeat(LOT + 1)]],
    ["a text of many lots", ["0123456789".repeat(LOT)]],
    ["a text whose frame fills lots to the last byte", ["x".repeat(2 * LOT - `${2 * LOT}:,`.length)]],
    ["texts of any length", ["", "a", "x".repeat(3 * LOT), "b".repeat(LOT - 1), "", "c".repeat(LOT / 2), "d"]],
    ["a text that is not ASCII", ["é€😀".repeat(LOT)]],
    ["texts of which one is not ASCII", ["a".repeat(LOT), "é".repeat(LOT), "b".repeat(LOT)]],
    ["many short ones", Array.from({ length: 20_000 }, (_, index) => `{"id":${index},"text":"ü"}`)],
  ];
  for (const [what, texts] of rows) {
    test(`of ${what} are all of it, in order, none empty or too long`, () => {
      const frames = frameAll(netstring, texts);
      const lots = new Lots(netstring, texts, frames.length);
      const taken: Buffer[] = [];
      while (!lots.isEmpty) {
        const lot = Buffer.from(lots.take() as string, "latin1");
        assert(lot.length > 0 && lot.length <= LOT, `${lot.length} bytes`);
        taken.push(lot);
      }
      assert.equal(Buffer.concat(taken).toString(), frames);
      assert.equal(lots.length, 0);
      assert.equal(lots.take().length, 0);
    });
  }

  test("tell what is left", () => {
    const text = "x".repeat(3 * LOT);
    const lots = new Lots(netstring, [text], text.length);
    lots.take();
    assert.equal(lots.length, 2 * LOT);
  });
});
