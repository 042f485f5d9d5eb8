import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { errorText, resultText } from "../../src/protocol/serialize.ts";
import { isErrorAnswer } from "../../src/transport/nats/tally.ts";

const ids = fc
  .oneof(fc.integer(), fc.double(), fc.constant(null), fc.string(), fc.constantFrom('\\"', '","error":', "\\\\"))
  .map((id) => JSON.stringify(id));

describe("an answer", () => {
  it("is known for an error, or for none, whatever its id and what it holds", () => {
    fc.assert(
      fc.property(ids, fc.jsonValue(), (id, value) => {
        assert.equal(isErrorAnswer(errorText(id, { code: 1, message: '"result":', data: value })), true);
        assert.equal(isErrorAnswer(resultText(id, { error: value })), false);
      }),
    );
  });

  it("of a batch is none, nor is a text that is no answer", () => {
    for (const text of ['[{"jsonrpc":"2.0","id":1,"error":{}}]', "", "x", '{"jsonrpc":"2.0","id":"']) {
      assert.equal(isErrorAnswer(text), false);
    }
  });

  it("with a long id takes no longer than its length asks for", () => {
    const id = JSON.stringify('\\"'.repeat(1_000_000));
    assert.equal(isErrorAnswer(errorText(id, { code: 1, message: "" })), true);
  });
});
