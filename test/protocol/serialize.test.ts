/** What goes on the wire, to the byte. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ErrorObject } from "../../src/protocol/error-object.ts";
import type { Params } from "../../src/protocol/message.ts";
import {
  batchText,
  errorText,
  notificationText,
  requestBody,
  requestText,
  resultText,
} from "../../src/protocol/serialize.ts";

describe("requests and notifications", () => {
  const rows: readonly [method: string, params: Params | undefined, rest: string][] = [
    ["add", undefined, ',"method":"add"}'],
    ["add", [], ',"method":"add","params":[]}'],
    ["add", [1, "x", null], ',"method":"add","params":[1,"x",null]}'],
    ["add", {}, ',"method":"add","params":{}}'],
    ["add", { a: 1, b: undefined }, ',"method":"add","params":{"a":1}}'],
    ["add", [undefined, () => 1], ',"method":"add","params":[null,null]}'],
    ['a"\\\n', undefined, ',"method":"a\\"\\\\\\n"}'],
    ["", undefined, ',"method":""}'],
    ["\ud800", undefined, ',"method":"\\ud800"}'],
    ["a", { toJSON: () => [1] } as never, ',"method":"a","params":[1]}'],
    ["a", new Map() as never, ',"method":"a","params":{}}'],
  ];
  for (const [method, params, rest] of rows) {
    test(rest, () => {
      assert.equal(requestBody(method, params), rest);
      assert.equal(requestBody(method, params), rest, "the second time too");
      assert.equal(requestText(7, requestBody(method, params)), `{"jsonrpc":"2.0","id":7${rest}`);
      assert.equal(notificationText(requestBody(method, params)), `{"jsonrpc":"2.0"${rest}`);
    });
  }

  test("of long params, whatever they are", () => {
    const long = "x".repeat(10_000);
    for (const params of [[long], { long }, Object.assign(Object.create(null), { long }), { toJSON: () => [long] }]) {
      assert.equal(requestBody("a", params), `,"method":"a","params":${JSON.stringify(params)}}`);
    }
  });

  for (const id of [
    1,
    9,
    999,
    1_000,
    1_001,
    12_045,
    1_000,
    5,
    2_000_000_000,
    2 ** 31,
    2 ** 40 + 7,
    Number.MAX_SAFE_INTEGER,
  ]) {
    test(`of the id ${id}`, () => {
      assert.equal(requestText(id, requestBody("a", undefined)), `{"jsonrpc":"2.0","id":${id},"method":"a"}`);
    });
  }

  const circle: unknown[] = [];
  circle.push(circle);
  const long = "x".repeat(10_000);
  const wrong: readonly [what: string, method: unknown, params: unknown, message: RegExp][] = [
    ["a method that is no string", 5, [], /^expected a string as the method's name, got number$/],
    ["no method", undefined, [], /^expected a string as the method's name, got undefined$/],
    ["params null", "m", null, /^expected an array or an object as params, got null$/],
    ["params a string", "m", "x", /^expected an array or an object as params, got string$/],
    ["params a function", "m", () => 1, /^expected an array or an object as params, got function$/],
    ["params that are written as a string", "m", new Date(0), /^expected params that JSON writes as .*1970/],
    [
      "long params written as a string",
      "m",
      { toJSON: () => long },
      /^expected params that JSON writes as .* got "x{59}…$/,
    ],
    [
      "an array written as a string",
      "m",
      Object.assign([1], { toJSON: () => "x" }),
      /^expected params that JSON writes as .* got "x"$/,
    ],
    ["a long string as an object", "m", Object(long), /^expected params that JSON writes as .* got "x/],
    ["params that are not written", "m", { toJSON() {} }, /^expected params that JSON writes as .*undefined/],
    ["a BigInt", "m", [1n], /BigInt/],
    ["a circle", "m", circle, /circular/],
  ];
  for (const [what, method, params, message] of wrong) {
    test(`refuse ${what}`, () => {
      assert.throws(() => requestBody(method as string, params as Params), { name: "TypeError", message });
    });
  }

  test("names are quoted right, however many there are", () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1_500; i++) assert.equal(requestBody(`m"${i}`, undefined), `,"method":"m\\"${i}"}`);
    }
  });
});

test("answers stand in the order jsonrpc, id, and what it is", () => {
  assert.equal(resultText("1.0", { a: [1] }), '{"jsonrpc":"2.0","id":1.0,"result":{"a":[1]}}');
  assert.equal(resultText("null", undefined), '{"jsonrpc":"2.0","id":null,"result":null}');
  assert.equal(
    errorText('"x"', { code: 1, message: "no", data: [null] }),
    '{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"no","data":[null]}}',
  );
  assert.equal(batchText(["1", "2"]), "[1,2]");
});

describe("an error that cannot be written whole", () => {
  const fail = () => {
    throw new Error("secret");
  };
  const rows: readonly [what: string, error: object, written: string][] = [
    ["loses its data", { code: 1, message: "no", data: 1n }, '{"code":1,"message":"no"}'],
    ["loses data whose toJSON throws", { code: 1, message: "no", data: { toJSON: fail } }, '{"code":1,"message":"no"}'],
    [
      "loses data that cannot be looked at",
      Object.defineProperty({ code: 1, message: "no" }, "data", { get: fail }),
      '{"code":1,"message":"no"}',
    ],
    [
      "becomes an internal error",
      Object.defineProperty({ code: 1 }, "message", { get: fail }),
      '{"code":-32603,"message":"Internal error"}',
    ],
    ...[undefined, null, Number.NaN, 1.5, "1", 1n].map((code): (typeof rows)[number] => [
      `becomes an internal error, whose code is ${typeof code} ${code}`,
      { code, message: "no" },
      '{"code":-32603,"message":"Internal error"}',
    ]),
    ...[undefined, null, 1, {}].map((message): (typeof rows)[number] => [
      `becomes an internal error, whose message is ${typeof message} ${message}`,
      { code: 1, message },
      '{"code":-32603,"message":"Internal error"}',
    ]),
    ["has no other members", { code: 1, message: "no", stack: "secret", cause: "secret" }, '{"code":1,"message":"no"}'],
  ];
  for (const [what, error, written] of rows) {
    test(what, () => {
      assert.equal(errorText("1", error as ErrorObject), `{"jsonrpc":"2.0","id":1,"error":${written}}`);
    });
  }
});
