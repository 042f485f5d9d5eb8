/** What must hold between any caller and any callee, one of them tsjason: the same rows for all of them. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { FAILURE } from "./example.ts";

/** Whoever calls the methods of `example.ts`, in whatever way its library has. */
export interface Caller {
  /** Rejects with what has `code`, `message` and `data` where the answer is an error. */
  call(method: string, params?: readonly unknown[] | object): Promise<unknown>;
  notify(method: string, params?: readonly unknown[] | object): unknown;
}

/** An error answer, as any library shows it. */
export async function failure(promise: Promise<unknown>): Promise<{ code: number; message: string; data: unknown }> {
  const error = await promise.then(
    (result) => assert.fail(`expected an error, got ${JSON.stringify(result)}`),
    (error: { code: number; message: string; data?: unknown }) => error,
  );
  return { code: error.code, message: error.message, data: error.data };
}

/** Of several bytes a letter, so that it is cut in the middle of letters on its way; 1.4 MB. */
const LARGE = "é漢😀\n".repeat(140_000);

const VALUES = [
  null,
  true,
  -0.5e-7,
  "",
  'two\nlines, é漢😀, \u0000\u2028 and \\" quotes',
  [],
  {},
  { a: [1, { b: [[null]] }] },
] as const;

const rows: { readonly [name: string]: (caller: Caller) => Promise<void> } = {
  "values of all sorts come back equal": async ({ call }) => {
    for (const value of VALUES) assert.deepEqual(await call("echo", [value]), value);
  },
  "a large text comes back whole": async ({ call }) => {
    assert.ok((await call("echo", [LARGE])) === LARGE);
  },
  "params by position": async ({ call }) => assert.equal(await call("add", [40, 2]), 42),
  "params by name": async ({ call }) => {
    assert.equal(await call("subtract", { subtrahend: 23, minuend: 42 }), 19);
  },
  "a method's error arrives with code, message and data": async ({ call }) => {
    assert.deepEqual(await failure(call("fail")), FAILURE);
  },
  "an unknown method is -32601": async ({ call }) => {
    assert.equal((await failure(call("noSuchMethod", [1]))).code, -32601);
  },
  "a notification arrives": async ({ call, notify }) => {
    await notify("note", ["first, é"]);
    assert.equal(await call("noted"), "first, é");
    await notify("note", ["second"]);
    assert.equal(await call("noted"), "second");
  },
  "a call that is answered late holds up no other": async ({ call }) => {
    const held = call("hold");
    assert.equal(await call("release", ["at last"]), true);
    assert.equal(await held, "at last");
  },
  "many at once each get their own answer": async ({ call }) => {
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    assert.deepEqual(
      await Promise.all(numbers.map((i) => call("add", [i, 1]))),
      numbers.map((i) => i + 1),
    );
  },
};

/** Checks a caller, all rows by the same one. */
export async function checkRows(test: TestContext, caller: Caller): Promise<void> {
  const call: Caller["call"] = (method, params) => caller.call(method, params);
  const notify: Caller["notify"] = (method, params) => caller.notify(method, params);
  for (const [name, row] of Object.entries(rows)) await test.test(name, () => row({ call, notify }));
}
