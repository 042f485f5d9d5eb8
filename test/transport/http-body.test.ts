/** Bodies that come in pieces. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Pieces } from "../../src/transport/http/body.ts";

describe("pieces of a body", () => {
  it("are joined in order, and leave what they came in as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (bodies) => {
        const before = bodies.map((body) => [...body]);
        const pieces = new Pieces(Number.POSITIVE_INFINITY);
        for (const body of bodies) assert.ok(pieces.add(body));
        assert.deepEqual([...pieces.joined()], before.flat());
        assert.deepEqual(
          bodies.map((body) => [...body]),
          before,
        );
      }),
    );
  });

  it("are taken up to the limit, and one that is too much is not", () => {
    const pieces = new Pieces(5);
    assert.ok(pieces.add(Uint8Array.of(1, 2)));
    assert.equal(pieces.add(Uint8Array.of(3, 4, 5, 6)), false);
    assert.ok(pieces.add(Uint8Array.of(3)));
    pieces.fill(Uint8Array.of(4, 5, 6, 7));
    assert.equal(pieces.add(Uint8Array.of(8)), false);
    assert.deepEqual([...pieces.joined()], [1, 2, 3, 4, 5]);
  });

  it("that are many and small take no more than twice their size", () => {
    const pieces = new Pieces(1_000_000);
    for (let at = 0; at < 100_000; at++) pieces.add(Uint8Array.of(at));
    const { length, buffer } = pieces.joined();
    assert.equal(length, 100_000);
    assert.ok(buffer.byteLength <= 200_000);
  });
});
