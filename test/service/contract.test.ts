/** Methods as values: `method`, `implement`, `addMethods`, and what is kept of all that was declared. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { defineError } from "../../src/protocol/errors/declared-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { implement, method } from "../../src/service/contract.ts";
import { Method, type MethodOptions } from "../../src/service/method.ts";
import { Service } from "../../src/service/service.ts";
import { aNumber, schema, throwing } from "../support/schemas.ts";
import { callNow } from "./kit.ts";

const math = {
  add: method({ params: [z.number(), z.number()], result: z.number() }, (a, b) => a + b),
  two: method(() => 2),
  trigonometry: {
    sine: method({ params: [{ angle: z.number() }] }, (angle) => Math.sin(angle)),
    deep: { name: method({ context: true }, (context: CallContext) => context.method) },
  },
};

describe("addMethods", () => {
  test("adds by name, and an object is a namespace", () => {
    const service = new Service().addMethods(math);
    assert.deepEqual(service.methodNames, ["add", "two", "trigonometry.sine", "trigonometry.deep.name"]);
    assert.deepEqual(callNow(service, "add", [1, 2]), { result: 3 });
    assert.deepEqual(callNow(service, "two"), { result: 2 });
    assert.deepEqual(callNow(service, "trigonometry.sine", { angle: 0 }), { result: 0 });
    assert.deepEqual(callNow(service, "trigonometry.deep.name"), { result: "trigonometry.deep.name" });
  });

  test("adds under a namespace with a separator, which stopServing knows", async () => {
    const service = new Service().addMethods(math, { namespace: ["m", "n"], separator: "/" });
    assert.deepEqual(service.methodNames, [
      "m/n/add",
      "m/n/two",
      "m/n/trigonometry/sine",
      "m/n/trigonometry/deep/name",
    ]);
    await service.stopServing(undefined, { namespace: "m/n/trigonometry" });
    assert.deepEqual(callNow(service, "m/n/two"), { result: 2 });
    assert("error" in callNow(service, "m/n/trigonometry/deep/name"));
  });

  test("adds all or nothing", () => {
    const service = new Service().addMethod("two", () => 2);
    assert.throws(() => service.addMethods(math), { message: "there is a method two already" });
    assert.deepEqual(service.methodNames, ["two"]);
  });

  const wrong: readonly [methods: unknown, message: string][] = [
    [{ add: () => 1 }, "add: expected an object of methods, got a function: wrap it in method()"],
    [{ math: { add: 5 } }, "math.add: expected an object of methods, got number"],
    [null, "methods: expected an object of methods, got null"],
    [[math.add], "methods: expected an object of methods, got an array"],
    [{ add: method({ result: aNumber }) }, "add has no function: see implement()"],
    [{ rpc: { discover: math.two } }, 'rpc.discover: names that begin with "rpc." are reserved'],
  ];
  for (const [methods, message] of wrong) {
    test(message, () => {
      const service = new Service();
      assert.throws(() => service.addMethods(methods as never), { name: "TypeError", message });
      assert.deepEqual(service.methodNames, []);
    });
  }
});

describe("implement", () => {
  const contract = {
    add: method({ params: [z.number(), z.number()], result: z.number() }),
    deep: { name: method({ params: [{ id: z.number() }] }) },
  };

  test("gives a contract its functions", () => {
    const service = new Service().addMethods(
      implement(contract, { add: (a, b) => a + b, deep: { name: (id) => `no. ${id}` } }),
    );
    assert.deepEqual(callNow(service, "add", [1, 2]), { result: 3 });
    assert.deepEqual(callNow(service, "deep.name", { id: 7 }), { result: "no. 7" });
  });

  const wrong: readonly [functions: unknown, message: string][] = [
    [{ deep: { name: () => 1 } }, "expected a function as add, got undefined"],
    [{ add: () => 1, deep: {} }, "expected a function as deep.name, got undefined"],
    [{ add: () => 1 }, "deep: expected an object of functions, got undefined"],
    [{ add: () => 1, deep: { name: () => 1, more: () => 1 } }, "deep.more is not in the contract"],
    [{ add: () => 1, deep: { name: () => 1 }, toString: () => 1 }, "toString is not in the contract"],
  ];
  for (const [functions, message] of wrong) {
    test(message, () => assert.throws(() => implement(contract, functions as never), { name: "TypeError", message }));
  }
});

test("method wants options or a function", () => {
  assert.throws(() => method(5 as never), { name: "TypeError", message: "expected options, got number" });
  assert.throws(() => method({}, 5 as never), { name: "TypeError", message: "expected a function, got number" });
});

describe("all that was declared is kept", () => {
  const declared = (options: MethodOptions, length = 0) => new Method("m", () => 1, options, { length }).declaration;
  const plain = { paramsSchema: undefined, object: false, result: undefined, errors: [] };
  const text = z.string();
  const optional = z.number().optional();

  test("of a function alone, how many arguments it takes", () => {
    const parameter = { name: undefined, required: true, rest: false, schema: undefined };
    assert.deepEqual(declared({}, 2), { ...plain, params: [parameter, parameter] });
    assert.deepEqual(declared({ context: true }, 2), { ...plain, params: [parameter] });
  });

  test("the names", () => {
    const parameter = (name: string, required: boolean, rest = false) => ({ name, required, rest, schema: undefined });
    assert.deepEqual(declared({ params: ["a", "b?", "...c"] }), {
      ...plain,
      params: [parameter("a", true), parameter("b", false), parameter("c", false, true)],
    });
  });

  const shown = ({ params }: ReturnType<typeof declared>) =>
    params.map(({ name, required, rest, schema }) => ({ name, required, rest, schema }));

  test("the schemas, and what can be left out by them", () => {
    const parameters = (...names: (string | undefined)[]) => [
      { name: names[0], required: true, rest: false, schema: text },
      { name: names[1], required: false, rest: false, schema: optional },
    ];
    assert.deepEqual(shown(declared({ params: [text, optional] })), parameters(undefined, undefined));
    assert.deepEqual(shown(declared({ params: [{ a: text }, { b: optional }] })), parameters("a", "b"));
    assert.deepEqual(shown(declared({ params: { a: text, b: optional } })), parameters("a", "b"));
    const unsure = [throwing(new Error("x")), schema(async (value) => ({ value })), schema(() => Promise.reject(5))];
    assert.deepEqual(
      shown(declared({ params: unsure })).map(({ required }) => required),
      [true, true, true],
    );
  });

  test("a schema for all params, and one object of any members", () => {
    assert.deepEqual(declared({ params: text }), { ...plain, params: [], paramsSchema: text });
    assert.deepEqual(declared({ params: "object" }), { ...plain, params: [], object: true });
  });

  test("the rest", () => {
    const NotFound = defineError({ code: 404, message: "Not found", data: aNumber, description: "It is not there" });
    const said = {
      summary: "One line",
      description: "More lines",
      deprecated: true,
      tags: ["math"],
      examples: [{ name: "one", params: [1, 2], result: 3 }],
      result: aNumber,
      errors: [NotFound],
    };
    assert.deepEqual(declared({ ...said, timeout: 5 }), { ...plain, ...said, params: [] });
    const [error] = declared(said).errors;
    assert.deepEqual(
      [error?.code, error?.message, error?.data, error?.description],
      [404, "Not found", aNumber, "It is not there"],
    );
  });
});
