/** What a method gives back, or throws, and what the caller gets. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { InvalidParamsError } from "../../src/protocol/errors/invalid-params-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Service } from "../../src/service/service.ts";
import { Log } from "../support/log.ts";
import { gate as makeGate } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { type Answer, call, callNow, internalError, isSettled, notify, request, serverError, silent } from "./kit.ts";

type Then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown;

/** A promise of one's own making. */
function thenable(then: Then): object {
  return { then };
}

/** An object with a getter `then`. */
function thenGetter(get: () => unknown): object {
  const name = "then";
  return Object.defineProperty({}, name, { get });
}

/** A real promise that somebody has tampered with. */
function tampered(property: "then" | "constructor", descriptor: PropertyDescriptor): Promise<unknown> {
  return Object.defineProperty(Promise.resolve("real"), property, descriptor);
}

class OwnPromise<T> extends Promise<T> {}

const fail = () => {
  throw new Error("secret");
};

const results: readonly [what: string, result: () => unknown, expected: Answer][] = [
  ["a promise", () => Promise.resolve(1), { result: 1 }],
  ["a promise of undefined", () => Promise.resolve(), { result: null }],
  ["a promise of a promise", () => Promise.resolve(Promise.resolve(1)), { result: 1 }],
  ["a promise of a subclass", () => OwnPromise.resolve(1), { result: 1 }],
  ["a promise of another realm", () => runInNewContext("Promise.resolve(1)"), { result: 1 }],
  ["a thenable that calls back at once", () => thenable((resolve) => resolve(1)), { result: 1 }],
  ["a thenable that calls back later", () => thenable((resolve) => setImmediate(() => resolve(1))), { result: 1 }],
  ["a thenable of a thenable", () => thenable((resolve) => resolve(thenable((again) => again(1)))), { result: 1 }],
  [
    "a function with a then",
    () =>
      Object.assign(
        () => 2,
        thenable((resolve) => resolve(1)),
      ),
    { result: 1 },
  ],
  ["a thenable that calls back twice", () => thenable((resolve) => [resolve(1), resolve(2)]), { result: 1 }],
  ["a thenable that resolves and rejects", () => thenable((resolve, reject) => [resolve(1), reject(2)]), { result: 1 }],
  ["a thenable that rejects and resolves", () => thenable((resolve, reject) => [reject(1), resolve(2)]), serverError],
  [
    "a thenable that resolves and throws",
    () =>
      thenable((resolve) => {
        resolve(1);
        fail();
      }),
    { result: 1 },
  ],
  ["a thenable that throws", () => thenable(fail), serverError],
  ["a getter then that throws", () => thenGetter(fail), serverError],
  [
    "a getter then that throws the second time",
    () => {
      let looks = 0;
      return thenGetter(() => (++looks > 1 ? fail() : (resolve: (value: unknown) => void) => resolve(1)));
    },
    serverError,
  ],
  [
    "a then that is no function",
    () => ({ a: 1, ...thenable(5 as never) }),
    { result: { a: 1, ...thenable(5 as never) } },
  ],
  [
    "a promise whose own then calls back twice and throws",
    () =>
      tampered("then", {
        value: (resolve: (value: unknown) => void) => {
          resolve(1);
          resolve(2);
          fail();
        },
      }),
    { result: 1 },
  ],
  ["a promise whose own then throws", () => tampered("then", { value: fail }), serverError],
  ["a promise whose constructor cannot be read", () => tampered("constructor", { get: fail }), serverError],
  [
    "a promise whose constructor can be read once only",
    () => {
      let looks = 0;
      return tampered("constructor", { get: () => (++looks > 1 ? fail() : Promise) });
    },
    serverError,
  ],
];

describe("a result that is", () => {
  for (const [what, result, expected] of results) {
    test(what, async () => {
      const service = new Service({ logger: silent }).addMethod("m", result);
      assert.deepEqual(await call(service, "m"), expected);
      assert.equal(service.inFlight, 0);
      notify(service, "m");
      await service.stopServing();
      assert.equal(service.inFlight, 0, "as a notification too");
    });
  }

  test("a thenable that never calls back stays in flight", async () => {
    const service = new Service().addMethod("m", () => thenable(() => {}));
    const answer = Promise.resolve(service.handle(request("m")));
    assert.equal(await isSettled(answer), false);
    assert.equal(service.inFlight, 1);
    service.cancelPending();
    assert.match(String(await answer), /-32098/);
  });
});

test("a method that answers at once costs no promise", () => {
  const service = new Service().addMethod("m", (a: number) => a + 1);
  assert.equal(service.handle(request("m", [1])), '{"jsonrpc":"2.0","id":1,"result":2}');
});

/** An error as another copy of this package makes them. */
async function foreignError(): Promise<Error> {
  const url = new URL("../../src/protocol/errors/rpc-error.ts?another-copy", import.meta.url).href;
  const copy = (await import(url)) as typeof import("../../src/protocol/errors/rpc-error.ts");
  const error = new copy.RpcError(5, "theirs", [1]);
  assert.ok(!(error instanceof RpcError));
  return error;
}

class OwnError extends RpcError<{ readonly name: string }> {
  constructor(name: string) {
    super(1001, "own", { name }, { cause: new Error("secret") });
  }
}

const revoked = Proxy.revocable({}, {});
revoked.revoke();
const foreign = await foreignError();

const thrown: readonly [what: string, error: unknown, expected: Answer, isReported: boolean][] = [
  ["an RpcError", new RpcError(7, "seven"), { error: { code: 7, message: "seven" } }, false],
  ["an RpcError with data", new RpcError(7, "", null), { error: { code: 7, message: "", data: null } }, false],
  ["an error of a subclass", new OwnError("x"), { error: { code: 1001, message: "own", data: { name: "x" } } }, false],
  [
    "one of ours",
    new InvalidParamsError([1]),
    { error: { code: -32602, message: "Invalid params", data: [1] } },
    false,
  ],
  ["another copy's RpcError", foreign, { error: { code: 5, message: "theirs", data: [1] } }, false],
  ["an Error", new Error("secret"), serverError, true],
  ["an object that looks like an error object", { code: 7, message: "secret" }, serverError, true],
  ["an Error with a code", Object.assign(new Error("secret"), { code: 7 }), serverError, true],
  ["a string", "secret", serverError, true],
  ["undefined", undefined, serverError, true],
  ["null", null, serverError, true],
  ["a function", fail, serverError, true],
  ["a symbol", Symbol("secret"), serverError, true],
  ["a proxy nobody can look at", revoked.proxy, serverError, true],
];

describe("an error that is", () => {
  for (const [what, error, expected, isReported] of thrown) {
    for (const [how, method] of [
      ["thrown", () => Promise.reject(error)],
      [
        "rejected",
        () => {
          throw error;
        },
      ],
    ] as const) {
      test(`${what}, ${how}`, async () => {
        const reported: unknown[] = [];
        const service = new Service({ onError: (given, context) => reported.push(given, context) }).addMethod(
          "m",
          method,
        );
        const text = await service.handle(request("m"));
        assert.deepEqual(JSON.parse(text ?? ""), { jsonrpc: "2.0", id: 1, ...expected });
        assert.doesNotMatch(text ?? "", /secret|stack/);
        assert.deepEqual(reported, isReported ? [error, { method: "m" }] : []);
        notify(service, "m");
        await turns(1);
        assert.equal(reported.length, isReported ? 4 : 0, "of a notification too");
        assert.equal(service.inFlight, 0);
      });
    }
  }
});

describe("the onError hook", () => {
  const boom = () => {
    throw new Error("boom");
  };
  const makeService = (onError?: () => void) => {
    const log = new Log();
    const service = new Service({ logger: log, ...(onError && { onError }) })
      .addMethod("throws", boom)
      .addMethod("rejects", async () => boom())
      .addMethod("unwritable", () => 1n)
      .addMethod("unwritableLater", async () => 1n);
    return { service, log };
  };
  const methods: readonly [method: string, expected: Answer][] = [
    ["throws", serverError],
    ["rejects", serverError],
    ["unwritable", internalError],
    ["unwritableLater", internalError],
  ];

  for (const [method, expected] of methods) {
    test(`is told of ${method}, and the logger is not`, async () => {
      let told = 0;
      const { service, log } = makeService(() => told++);
      assert.deepEqual(await call(service, method), expected);
      assert.equal(told, 1);
      assert.deepEqual(log.entries, []);
    });

    test(`may throw on ${method}`, async () => {
      const hookError = new Error("the hook's own");
      const { service, log } = makeService(() => {
        throw hookError;
      });
      assert.deepEqual(await call(service, method), expected);
      assert.deepEqual(log.lines("error"), ["the onError hook failed:", "with this error to tell:"]);
      assert.equal(log.entries[0]?.details[0], hookError);
      assert.match(String(log.entries[1]?.details[0]), /boom|BigInt/);
    });

    test(`may reject on ${method}`, async () => {
      const { service, log } = makeService(() => Promise.reject(new Error("later")) as never);
      assert.deepEqual(await call(service, method), expected);
      await turns(1);
      assert.equal(log.entries.length, 2);
    });

    test(`without one, ${method} is logged`, async () => {
      const { service, log } = makeService();
      assert.deepEqual(await call(service, method), expected);
      assert.deepEqual(log.lines("error"), [`the method ${method} failed:`]);
      assert.ok(log.entries[0]?.details[0] instanceof Error);
      assert.equal(log.entries.length, 1);
    });
  }

  test("a logger that throws hurts nobody", async () => {
    const service = new Service({
      logger: { debug: boom, info: boom, warn: boom, error: boom },
      onError: boom,
    }).addMethod("throws", boom);
    assert.deepEqual(callNow(service, "throws"), serverError);
  });
});

test("a method can call the service it is part of", async () => {
  const gate = makeGate();
  const service = new Service();
  service
    .addMethod("inner", async () => {
      await gate.promise;
      return service.inFlight;
    })
    .addMethod("outer", async () => (await call(service, "inner")) as object);
  const answer = call(service, "outer");
  assert.equal(service.inFlight, 2);
  gate.open();
  assert.deepEqual(await answer, { result: { result: 2 } });
  assert.equal(service.inFlight, 0);
});
