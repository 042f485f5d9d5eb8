/** Declared errors: what can be declared, what is thrown, and how it is told at the other end. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as v from "valibot";
import { z } from "zod";
import { defineError } from "../../src/protocol/errors/declared-error.ts";
import { fromErrorObject } from "../../src/protocol/errors/from-error-object.ts";
import { isRpcError, RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { aNumber, schema, throwing } from "../support/schemas.ts";
import { turns } from "../support/turns.ts";

const NotFound = defineError({ code: 404, message: "Not found", data: z.object({ id: z.number() }) });
const Overdrawn = defineError({ code: 1001, message: "Not that much" });

test("a declared error makes RpcErrors", () => {
  const cause = new Error("why");
  const error = NotFound({ id: 7 }, { cause });
  assert(error instanceof RpcError);
  assert.deepEqual([error.code, error.message, error.data, error.cause], [404, "Not found", { id: 7 }, cause]);
  assert.deepEqual(Overdrawn().toJSON(), { code: 1001, message: "Not that much" });
});

describe("isRpcError asks for the code and for data that fit", () => {
  const answered = (code: number, data?: unknown, message = "said otherwise") =>
    fromErrorObject({ code, message, data });
  const rows: readonly [what: string, error: unknown, isNotFound: boolean, isOverdrawn: boolean][] = [
    ["made here", NotFound({ id: 7 }), true, false],
    ["from an answer, whatever its message", answered(404, { id: 7 }), true, false],
    ["without data", answered(404), false, false],
    ["with other data", answered(404, { id: "7" }), false, false],
    ["with another code", answered(405, { id: 7 }), false, false],
    ["declared without data, and there are none", answered(1001), false, true],
    ["declared without data, and there are some", answered(1001, "some"), false, true],
    ["no RpcError", Object.assign(new Error(), { code: 404, data: { id: 7 } }), false, false],
    ["nothing", undefined, false, false],
  ];
  for (const [what, error, isNotFound, isOverdrawn] of rows) {
    test(what, () => {
      assert.equal(isRpcError(error, NotFound), isNotFound);
      assert.equal(isRpcError(error, Overdrawn), isOverdrawn);
    });
  }

  test("data that make the schema throw do not fit", () => {
    const Picky = defineError({ code: 5, message: "Picky", data: throwing(new Error("of the schema")) });
    assert.equal(isRpcError(answered(5, 1), Picky), false);
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
    const nested: v.GenericSchema = v.lazy(() => v.array(nested));
    assert.equal(isRpcError(answered(5, deep), defineError({ code: 5, message: "Deep", data: nested })), false);
  });

  test("a schema that turns out to be asynchronous is refused", async () => {
    const late = schema<number>((value) => (value === undefined ? { issues: [] } : Promise.reject(new Error("late"))));
    const Late = defineError({ code: 5, message: "Late", data: late });
    assert.throws(() => isRpcError(answered(5, 1), Late), { name: "TypeError" });
    await turns(3);
  });

  test("an error that cannot be looked at is none", () => {
    const hostile = new Proxy(NotFound({ id: 7 }), {
      get: () => {
        throw new Error("do not look");
      },
    });
    assert.equal(isRpcError(hostile, NotFound), false);
  });
});

describe("what cannot be declared", () => {
  const rows: readonly [definition: object, error: { name: string; message: string }][] = [
    [
      { code: 1.5, message: "x" },
      { name: "TypeError", message: "expected an integer as the error's code, got 1.5" },
    ],
    [
      { code: "404", message: "x" },
      { name: "TypeError", message: "expected an integer as the error's code, got 404" },
    ],
    ...[-32768, -32700, -32602, -32099, -32000].map((code): [object, { name: string; message: string }] => [
      { code, message: "x" },
      { name: "RangeError", message: `${code}: the codes from -32768 to -32000 are reserved` },
    ]),
    [{ code: 1 }, { name: "TypeError", message: "expected a string as the error's message, got undefined" }],
    [
      { code: 1, message: "x", data: {} },
      { name: "TypeError", message: "expected a schema as the data of error 1, got object" },
    ],
    [
      {
        code: 1,
        message: "x",
        data: v.pipeAsync(
          v.string(),
          v.checkAsync(async () => true),
        ),
      },
      { name: "TypeError", message: "the data schema of error 1 is asynchronous: isRpcError could not wait for it" },
    ],
    [
      { code: 1, message: "x", data: schema(() => Promise.reject(new Error("late"))) },
      { name: "TypeError", message: "the data schema of error 1 is asynchronous: isRpcError could not wait for it" },
    ],
  ];
  for (const [definition, error] of rows) {
    test(`${error.message}`, () => assert.throws(() => defineError(definition as never), error));
  }

  test("the codes next to the reserved ones can be", () => {
    for (const code of [-32769, -31999, 0, 1])
      assert.equal(defineError({ code, message: "x", data: aNumber }).code, code);
  });
});
