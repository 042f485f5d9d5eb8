/** How params become arguments, and when they do not fit. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CallContext } from "../../src/service/context.ts";
import type { MethodFunction, MethodOptions } from "../../src/service/method.ts";
import { Service } from "../../src/service/service.ts";
import { callNow, invalidParams } from "./kit.ts";

/** Answers with its arguments. `length` is what the function says it takes. */
function takes(length: number): MethodFunction {
  const fn = (...args: unknown[]) => args.map((arg) => (arg === undefined ? "undefined" : arg));
  return Object.defineProperty(fn, "length", { value: length });
}

interface Row {
  readonly params: unknown;
  /** The arguments, with "undefined" for those left out. */
  readonly args?: readonly unknown[];
  /** Why they do not fit. */
  readonly issue?: string;
}

interface Group {
  readonly title: string;
  readonly length: number;
  readonly options?: MethodOptions;
  readonly rows: readonly Row[];
}

const groups: readonly Group[] = [
  {
    title: "counted: none",
    length: 0,
    rows: [
      { params: undefined, args: [] },
      { params: [], args: [] },
      { params: {}, args: [] },
      { params: [1], issue: "expected 0 arguments, got 1" },
      { params: { a: 1 }, issue: "expected params by position" },
    ],
  },
  {
    title: "counted: one, which may be one object by name",
    length: 1,
    rows: [
      { params: [1], args: [1] },
      { params: [null], args: [null] },
      { params: [{ a: 1 }], args: [{ a: 1 }] },
      { params: { a: 1, b: 2 }, args: [{ a: 1, b: 2 }] },
      { params: {}, args: [{}] },
      { params: undefined, issue: "expected 1 argument, got 0" },
      { params: [], issue: "expected 1 argument, got 0" },
      { params: [1, 2], issue: "expected 1 argument, got 2" },
    ],
  },
  {
    title: "counted: two",
    length: 2,
    rows: [
      { params: [1, 2], args: [1, 2] },
      { params: [[1, 2], { a: 3 }], args: [[1, 2], { a: 3 }] },
      { params: [[1, 2]], issue: "expected 2 arguments, got 1" },
      { params: [1, 2, 3], issue: "expected 2 arguments, got 3" },
      { params: { a: 1, b: 2 }, issue: "expected params by position" },
    ],
  },
  {
    title: "declared: none",
    length: 0,
    options: { params: [] },
    rows: [
      { params: undefined, args: [] },
      { params: {}, args: [] },
      { params: [1], issue: "expected 0 arguments, got 1" },
      { params: { a: 1 }, issue: "there is no parameter a" },
    ],
  },
  {
    title: "declared: two",
    length: 2,
    options: { params: ["minuend", "subtrahend"] },
    rows: [
      { params: [1, 2], args: [1, 2] },
      { params: { minuend: 1, subtrahend: 2 }, args: [1, 2] },
      { params: { subtrahend: 2, minuend: 1 }, args: [1, 2] },
      { params: { subtrahend: null, minuend: false }, args: [false, null] },
      { params: { minuend: 1 }, issue: "subtrahend is missing" },
      { params: { subtrahend: 1 }, issue: "minuend is missing" },
      { params: {}, issue: "minuend is missing" },
      { params: undefined, issue: "expected 2 arguments, got 0" },
      { params: { minuend: 1, subtrahend: 2, more: 3 }, issue: "there is no parameter more" },
      { params: { minuend: 1, Subtrahend: 2 }, issue: "subtrahend is missing" },
      { params: [{ minuend: 1, subtrahend: 2 }], issue: "expected 2 arguments, got 1" },
    ],
  },
  {
    title: "declared: optional ones",
    length: 1,
    options: { params: ["a", "b?", "c?"] },
    rows: [
      { params: [1], args: [1] },
      { params: [1, 2], args: [1, 2] },
      { params: [1, 2, 3], args: [1, 2, 3] },
      { params: { a: 1 }, args: [1, "undefined", "undefined"] },
      { params: { a: 1, c: 3 }, args: [1, "undefined", 3] },
      { params: [], issue: "expected 1 to 3 arguments, got 0" },
      { params: [1, 2, 3, 4], issue: "expected 1 to 3 arguments, got 4" },
      { params: { b: 2 }, issue: "a is missing" },
    ],
  },
  {
    title: "declared: optional only",
    length: 0,
    options: { params: ["a?"] },
    rows: [
      { params: undefined, args: [] },
      { params: {}, args: ["undefined"] },
      { params: { a: 1 }, args: [1] },
      { params: [1, 2], issue: "expected 0 to 1 argument, got 2" },
    ],
  },
  {
    title: "declared: rest",
    length: 1,
    options: { params: ["first", "second?", "...others"] },
    rows: [
      { params: [1], args: [1] },
      { params: [1, 2, 3, 4], args: [1, 2, 3, 4] },
      { params: { first: 1, others: [3, 4] }, args: [1, "undefined", 3, 4] },
      { params: { first: 1, second: 2 }, args: [1, 2] },
      { params: { first: 1, others: [] }, args: [1, "undefined"] },
      { params: [], issue: "expected at least 1 argument, got 0" },
      { params: { first: 1, others: 3 }, issue: "expected an array as others" },
      { params: { first: 1, others: { length: 1 } }, issue: "expected an array as others" },
      { params: { others: [1] }, issue: "first is missing" },
      { params: { first: 1, "...others": [1] }, issue: "there is no parameter ...others" },
    ],
  },
  {
    title: "declared: one object of any members",
    length: 1,
    options: { params: "object" },
    rows: [
      { params: undefined, args: ["undefined"] },
      { params: [], args: ["undefined"] },
      { params: {}, args: [{}] },
      { params: { a: 1, _meta: { b: 2 } }, args: [{ a: 1, _meta: { b: 2 } }] },
      { params: [{ a: 1 }], issue: "expected params by name" },
    ],
  },
  {
    title: "declared: names of Object's prototype",
    length: 2,
    options: { params: ["constructor", "toString?"] },
    rows: [
      { params: { constructor: 1 }, args: [1, "undefined"] },
      { params: { constructor: 1, toString: 2 }, args: [1, 2] },
      { params: {}, issue: "constructor is missing" },
    ],
  },
];

test("a name that the caller made up is told back in part", () => {
  const service = new Service().addMethod("m", takes(1) as never, { params: ["a"] } as never);
  const answer = callNow(service, "m", { a: 1, ["x".repeat(1_000_000)]: 1 });
  assert.deepEqual(answer, invalidParams(`there is no parameter ${"x".repeat(199)}…`));
});

for (const { title, length, options, rows } of groups) {
  describe(title, () => {
    const service = new Service().addMethod("m", takes(length) as never, options as never);
    for (const { params, args, issue } of rows) {
      test(`${JSON.stringify(params) ?? "none"}: ${issue ?? JSON.stringify(args)}`, () => {
        const expected = issue === undefined ? { result: args } : invalidParams(issue);
        assert.deepEqual(callNow(service, "m", params), expected);
      });
    }
  });
}

describe("the context comes first, and is not among the params", () => {
  const service = new Service()
    .addMethod("counted", (context: CallContext, a: number, b: number) => [context.method, a, b], { context: true })
    .addMethod("none", ({ method }: CallContext) => [method], { context: true })
    .addMethod("unused", () => "unused", { context: true })
    .addMethod("object", ({ method }: CallContext, given: object) => [method, given], { context: true })
    .addMethod("rest", ({ method }: CallContext, ...rest: number[]) => [method, ...rest], {
      context: true,
      params: ["...rest"],
    })
    .addMethod("optional", ({ method }: CallContext, a = 1) => [method, a], { context: true, params: ["a?"] });
  const rows: readonly [method: string, params: unknown, expected: object][] = [
    ["counted", [1, 2], { result: ["counted", 1, 2] }],
    ["counted", [1], invalidParams("expected 2 arguments, got 1")],
    ["counted", [1, 2, 3], invalidParams("expected 2 arguments, got 3")],
    ["none", [], { result: ["none"] }],
    ["none", [1], invalidParams("expected 0 arguments, got 1")],
    ["unused", [], { result: "unused" }],
    ["object", { a: 1 }, { result: ["object", { a: 1 }] }],
    ["rest", [], { result: ["rest"] }],
    ["rest", [1, 2, 3], { result: ["rest", 1, 2, 3] }],
    ["rest", { rest: [1, 2] }, { result: ["rest", 1, 2] }],
    ["optional", {}, { result: ["optional", 1] }],
    ["optional", [2], { result: ["optional", 2] }],
    ["optional", [1, 2], invalidParams("expected 0 to 1 argument, got 2")],
  ];
  for (const [method, params, expected] of rows) {
    test(`${method} with ${JSON.stringify(params)}`, () => {
      assert.deepEqual(callNow(service, method, params), expected);
    });
  }
});

describe("declarations that make no sense", () => {
  const wrong: readonly [params: unknown, why: string][] = [
    [["a", "a"], 'params ["a","a"]: a is there twice'],
    [["a", "a?"], 'params ["a","a?"]: a is there twice'],
    [["a?", "b"], 'params ["a?","b"]: b is required, but what comes before it is optional'],
    [["...a", "b"], 'params ["...a","b"]: nothing can follow ...a'],
    [["...a", "...b"], 'params ["...a","...b"]: nothing can follow ...a'],
    [[""], 'params [""]: "" names no parameter'],
    [["?"], 'params ["?"]: "?" names no parameter'],
    [["..."], 'params ["..."]: "..." names no parameter'],
    [["...a?"], 'params ["...a?"]: "...a?" names no parameter'],
    [[5], "params: expected names, schemas, or objects of a name and its schema, got a number"],
    [["a", 5], "params: expected names, schemas, or objects of a name and its schema, got a string"],
    [[{ a: 1 }], "params: expected a schema as a, got a number"],
    [[{}], "params: expected names, schemas, or objects of a name and its schema, got an object"],
    ["ab", 'params: expected a list, an object of schemas, a schema or "object", got a string'],
    [5, 'params: expected a list, an object of schemas, a schema or "object", got a number'],
    [null, 'params: expected a list, an object of schemas, a schema or "object", got null'],
    [{ a: 1 }, "params: expected a schema as a, got a number"],
  ];
  for (const [params, why] of wrong) {
    test(JSON.stringify(params), () => {
      const service = new Service();
      assert.throws(() => service.addMethod("m", (() => {}) as never, { params } as never), {
        name: "TypeError",
        message: why,
      });
      assert.deepEqual(service.methodNames, []);
    });
  }
});
