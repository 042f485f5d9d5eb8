/** What goes from the worker to its thread arrives as what it was, as far as anything can. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CallError } from "../../src/connection/errors/call-error.ts";
import { FramingError } from "../../src/framing/framing-error.ts";
import { DisconnectError, InternalError, isCallError, isRpcError } from "../../src/index.ts";
import { pack } from "../../src/sync/pack.ts";
import { Unpacking } from "../../src/sync/unpack.ts";

/** There and back, by the clone that a port makes. */
function carried(value: unknown): unknown {
  return new Unpacking().value(structuredClone(pack(value)));
}

function carriedError(error: unknown): Error & Record<string, unknown> {
  const arrived = carried(error);
  assert.ok(arrived instanceof Error);
  return arrived as Error & Record<string, unknown>;
}

describe("what goes to another thread", () => {
  it("are values as they are", () => {
    for (const value of [undefined, null, 0, "text", 5n, [1, { a: [] }], new Map([[1, 2]]), new Date(5)]) {
      assert.deepEqual(carried(value), value);
    }
  });

  it("are words for what cannot go", () => {
    function twice() {}
    assert.equal(carried(twice), "[Function twice]");
    assert.equal(carried(Symbol("mark")), "Symbol(mark)");
    assert.equal(carried({ twice }), "[object Object]");
    assert.equal(carried(Promise.resolve()), "[object Promise]");
  });

  it("are errors of their class, with their members, causes and marks", () => {
    const cause = Object.assign(new TypeError("odd"), { code: "ERR_ODD", list: [1], fn() {} });
    const error = carriedError(new DisconnectError("lost", "it was lost", { cause }));
    assert.ok(error instanceof DisconnectError);
    assert.deepEqual([error.name, error.message, error.kind], ["DisconnectError", "it was lost", "lost"]);
    const arrived = error.cause as typeof cause;
    assert.ok(arrived instanceof TypeError);
    assert.deepEqual([arrived.message, arrived.code, arrived.list], ["odd", "ERR_ODD", [1]]);
    assert.equal(arrived.stack, cause.stack);
    assert.ok(isCallError(carriedError(new CallError("x", "unknown"))));
    assert.ok(isRpcError(carriedError(new InternalError({ a: 1 })), -32603));
    assert.ok(carriedError(new FramingError("http", "no lines")) instanceof FramingError);
  });

  it("are errors of the nearest class where theirs is not known, by their own name", () => {
    class OddError extends RangeError {
      override get name() {
        return "OddError";
      }
    }
    const odd = carriedError(new OddError("how odd"));
    assert.ok(odd instanceof RangeError);
    assert.equal(String(odd), "OddError: how odd");
    const aborted = carriedError(AbortSignal.abort().reason);
    assert.equal(String(aborted), "AbortError: This operation was aborted");
  });

  it("are errors of several errors, and errors that are their own cause", () => {
    const several = carriedError(new AggregateError([new TypeError("one"), new Error("two")], "both"));
    assert.ok(several instanceof AggregateError);
    assert.deepEqual(several.errors.map(String), ["TypeError: one", "Error: two"]);
    const circle = new Error("round");
    circle.cause = new Error("and round", { cause: circle });
    assert.equal((carriedError(circle).cause as Error).cause, "[Error]");
  });
});
