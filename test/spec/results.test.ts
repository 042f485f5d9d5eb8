/** Results and error data that JSON cannot hold: each request is answered all the same, and the others with it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { LimitOptions } from "../../src/protocol/limits.ts";
import { Service } from "../../src/service/service.ts";
import { failure, internalError, RawPeer, silent, success } from "./rows.ts";

const circle: { self?: unknown } = {};
circle.self = circle;

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** Some runtimes write any depth, others run out of stack. */
function asWritten(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const deep = nested(100_000);

/** What a method answers with, and the JSON of the result; `undefined` where there is none. */
const results: readonly { readonly name: string; readonly value: unknown; readonly json: string | undefined }[] = [
  { name: "a BigInt", value: 1n, json: undefined },
  { name: "a BigInt inside", value: { a: [1n] }, json: undefined },
  { name: "a circle", value: circle, json: undefined },
  { name: "a function", value: () => 1, json: undefined },
  { name: "a class", value: class {}, json: undefined },
  { name: "a symbol", value: Symbol("x"), json: undefined },
  {
    name: "a toJSON that throws",
    value: {
      toJSON() {
        throw new Error("secret");
      },
    },
    json: undefined,
  },
  {
    name: "a getter that throws",
    value: {
      get a() {
        throw new Error("secret");
      },
    },
    json: undefined,
  },
  { name: "100,000 arrays in each other", value: deep, json: asWritten(deep) },
  { name: "undefined", value: undefined, json: "null" },
  { name: "null", value: null, json: "null" },
  { name: "NaN", value: Number.NaN, json: "null" },
  { name: "-0", value: -0, json: "0" },
  { name: "a lone surrogate", value: "\ud800", json: '"\\ud800"' },
  { name: "a function inside", value: { a() {}, b: [() => 1] }, json: '{"b":[null]}' },
  { name: "a date", value: new Date(0), json: '"1970-01-01T00:00:00.000Z"' },
  { name: "an object without prototype", value: Object.assign(Object.create(null), { a: 1 }), json: '{"a":1}' },
  { name: "a toJSON that gives undefined", value: { toJSON() {} }, json: "null" },
];

function makeService(value: unknown, limits?: LimitOptions): Service {
  return new Service({ logger: silent, ...(limits && { limits }) })
    .addMethod("now", () => value)
    .addMethod("later", async () => value)
    .addMethod("fine", () => 1)
    .addMethod("echo", (sent: unknown) => sent);
}

const call = (method: string, id = "7") => `{"jsonrpc":"2.0","id":${id},"method":"${method}"}`;

describe("a result that is", () => {
  for (const { name, value, json } of results) {
    const expected = json === undefined ? internalError("7") : success("7", json);
    test(`${name}, at once`, () => {
      assert.equal(makeService(value).handle(call("now")), expected);
    });
    test(`${name}, by a promise`, async () => {
      assert.equal(await makeService(value).handle(call("later")), expected);
    });
    test(`${name}, over a connection`, async () => {
      const peer = RawPeer.of(makeService(value));
      peer.send(call("now"));
      peer.send(call("later"));
      assert.deepEqual([await peer.next(), await peer.next()], [expected, expected]);
    });
    test(`${name}, in a batch`, async () => {
      const batch = `[${call("fine", "1")},${call("now")},${call("later")},${call("fine", "2")}]`;
      const answers = [success("1", "1"), expected, success("2", "1"), expected];
      assert.equal(await makeService(value).handle(batch), `[${answers.join()}]`);
    });
    test(`${name}, of a notification`, async () => {
      const service = makeService(value);
      assert.equal(service.handle('{"jsonrpc":"2.0","method":"now"}'), undefined);
      assert.equal(service.handle('{"jsonrpc":"2.0","method":"later"}'), undefined);
      while (service.inFlight > 0) await Promise.resolve();
    });
  }
});

test("a parameter nested 100,000 deep comes back, or is answered with -32603", async () => {
  const param = `${"[".repeat(100_000)}1${"]".repeat(100_000)}`;
  const sent = `{"jsonrpc":"2.0","id":7,"method":"echo","params":[${param}]}`;
  const expected = asWritten(deep) === undefined ? internalError("7") : success("7", param);
  const limits = { depth: Number.POSITIVE_INFINITY };
  assert.equal(makeService(0, limits).handle(sent), expected);
  assert.equal(makeService(0, limits).handle(`[${sent},${call("fine", "1")}]`), `[${expected},${success("1", "1")}]`);
  const peer = RawPeer.of(makeService(0), limits);
  peer.send(sent);
  assert.equal(await peer.next(), expected);
});

describe("error data that is", () => {
  const data: readonly [name: string, value: unknown, json?: string | undefined][] = [
    ["a BigInt", 1n],
    ["a circle", circle],
    ["a function", () => 1],
    ["100,000 arrays in each other", deep, asWritten(deep)],
    ["a toJSON that throws", results.find(({ name }) => name.startsWith("a toJSON that throws"))?.value],
    ["a revoked proxy", revoked.proxy],
    ["null", null, "null"],
    ["0", 0, "0"],
    ["an object", { a: [1] }, '{"a":[1]}'],
  ];
  for (const [name, value, json] of data) {
    test(`${name}, thrown and rejected`, async () => {
      const service = new Service({ logger: silent })
        .addMethod("now", () => {
          throw new RpcError(42, "no", value);
        })
        .addMethod("later", () => Promise.reject(new RpcError(42, "no", value)));
      const expected = failure("7", 42, "no", json);
      assert.equal(service.handle(call("now")), expected);
      assert.equal(await service.handle(call("later")), expected);
    });
  }
});
