/** The error classes, and who recognises them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { DRAINING } from "../../src/protocol/error-object.ts";
import { fromErrorObject, isDraining } from "../../src/protocol/errors/from-error-object.ts";
import { InternalError } from "../../src/protocol/errors/internal-error.ts";
import { InvalidParamsError } from "../../src/protocol/errors/invalid-params-error.ts";
import { InvalidRequestError } from "../../src/protocol/errors/invalid-request-error.ts";
import { MethodNotFoundError } from "../../src/protocol/errors/method-not-found-error.ts";
import { ParseError } from "../../src/protocol/errors/parse-error.ts";
import { RequestCancelledError } from "../../src/protocol/errors/request-cancelled-error.ts";
import { isRpcError, RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { ServerBusyError } from "../../src/protocol/errors/server-busy-error.ts";
import { ServerError } from "../../src/protocol/errors/server-error.ts";
import { ServerTimeoutError } from "../../src/protocol/errors/server-timeout-error.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";

const classes = [
  { Class: ParseError, name: "ParseError", code: -32700, message: "Parse error" },
  { Class: InvalidRequestError, name: "InvalidRequestError", code: -32600, message: "Invalid Request" },
  { Class: MethodNotFoundError, name: "MethodNotFoundError", code: -32601, message: "Method not found" },
  { Class: InvalidParamsError, name: "InvalidParamsError", code: -32602, message: "Invalid params" },
  { Class: InternalError, name: "InternalError", code: -32603, message: "Internal error" },
  { Class: ServerError, name: "ServerError", code: -32000, message: "Server error" },
  { Class: ServerTimeoutError, name: "ServerTimeoutError", code: -32098, message: "Server Timeout" },
  { Class: ServiceUnavailableError, name: "ServiceUnavailableError", code: -32097, message: "Service Unavailable" },
  { Class: ServerBusyError, name: "ServerBusyError", code: -32096, message: "Server Busy" },
  { Class: RequestCancelledError, name: "RequestCancelledError", code: -32800, message: "Request cancelled" },
];

for (const { Class, name, code, message } of classes) {
  describe(name, () => {
    test("has its code, name and message", () => {
      const error = new Class();
      assert.ok(error instanceof RpcError && error instanceof Error);
      assert.deepEqual([error.code, error.name, error.message, error.data], [code, name, message, undefined]);
      assert.deepEqual([isRpcError(error, code), isRpcError(error, code + 1)], [true, false]);
      assert.match(error.stack ?? "", new RegExp(message));
    });

    test("takes data, another message and a cause, which does not go on the wire", () => {
      const cause = new Error("secret");
      const error = new Class({ a: 1 }, "other words", { cause });
      assert.equal(error.cause, cause);
      assert.equal(JSON.stringify(error), `{"code":${code},"message":"other words","data":{"a":1}}`);
    });

    test("is what its code becomes at the caller's", () => {
      const error = fromErrorObject({ code, message: "", data: [1] });
      assert.ok(error instanceof Class);
      assert.deepEqual([error.message, error.data, error.name], ["", [1], name]);
    });
  });
}

test("every code has a class", () => {
  assert.deepEqual(Object.values(ErrorCode).sort(), classes.map(({ code }) => code).sort());
});

describe("RpcError", () => {
  test("is what any other code becomes at the caller's", () => {
    const error = fromErrorObject({ code: 1001, message: "own", data: { a: 1 } });
    assert.equal(error.constructor, RpcError);
    assert.deepEqual(error.toJSON(), { code: 1001, message: "own", data: { a: 1 } });
  });

  test("writes no data where there is none, and null where it is null", () => {
    assert.equal(JSON.stringify(new RpcError(1, "x")), '{"code":1,"message":"x"}');
    assert.equal(JSON.stringify(new RpcError(1, "x", null)), '{"code":1,"message":"x","data":null}');
    assert.equal(JSON.stringify(fromErrorObject({ code: 1, message: "x" })), '{"code":1,"message":"x"}');
  });

  test("shows no more of itself than its members", () => {
    assert.deepEqual(Object.keys(new RpcError(1, "x", 2)).sort(), ["code", "data", "name"]);
  });

  for (const code of [1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", undefined, null, 1n]) {
    test(`cannot have the code ${String(code)}`, () => {
      assert.throws(() => new RpcError(code as number, "x"), {
        name: "TypeError",
        message: `expected an integer as the error's code, got ${String(code)}`,
      });
    });
  }

  for (const message of [undefined, null, 5, {}, Symbol("x")]) {
    test(`cannot have the message ${String(message)}`, () => {
      assert.throws(() => new RpcError(1, message as string), {
        name: "TypeError",
        message: `expected a string as the error's message, got ${typeof message}`,
      });
    });
  }
});

describe("isRpcError", () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const others: readonly unknown[] = [
    new Error("x"),
    { code: 1, message: "x" },
    Object.assign(new Error("x"), { code: 1, data: 2 }),
    RpcError,
    "RpcError",
    1,
    null,
    undefined,
    () => {},
    Object.create(RpcError.prototype),
    revoked.proxy,
  ];
  for (const [index, value] of others.entries()) {
    test(`says no to value ${index}`, () => {
      assert.equal(isRpcError(value), false);
      assert.equal(isRpcError(value, 1), false);
      assert.equal(isDraining(value), false);
    });
  }

  test("says yes across copies of the package, in both directions", async () => {
    const url = new URL("../../src/protocol/errors/rpc-error.ts?another-copy", import.meta.url).href;
    const copy = (await import(url)) as typeof import("../../src/protocol/errors/rpc-error.ts");
    const theirs = new copy.RpcError(5, "theirs");
    assert.ok(!(theirs instanceof RpcError));
    assert.ok(isRpcError(theirs) && isRpcError(theirs, 5) && !isRpcError(theirs, 6));
    assert.ok(copy.isRpcError(new RpcError(5, "ours"), 5));
    assert.ok(copy.isRpcError(new ServerBusyError()));
  });

  test("says yes to a subclass", () => {
    class Own extends ServiceUnavailableError {}
    assert.ok(isRpcError(new Own(), ErrorCode.ServiceUnavailable));
  });
});

describe("isDraining", () => {
  const rows: readonly [what: string, error: unknown, expected: boolean][] = [
    ["a closing server's refusal", fromErrorObject(DRAINING), true],
    ["an application's stop", new ServiceUnavailableError(), false],
    ["an application's stop with data", new ServiceUnavailableError({ reason: "maintenance" }), false],
    ["data null", new ServiceUnavailableError(null), false],
    ["data a string", new ServiceUnavailableError("draining"), false],
    ["the reason with another code", new RpcError(1, "x", { reason: "draining" }), false],
    ["the bare error object", DRAINING, false],
  ];
  for (const [what, error, expected] of rows) test(what, () => assert.equal(isDraining(error), expected));

  test("the refusal says that nothing was executed", () => {
    assert.deepEqual(DRAINING, {
      code: -32097,
      message: "Service Unavailable",
      data: { reason: "draining", executed: false },
    });
  });
});
