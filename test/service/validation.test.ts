/** Schemas in a service: what goes wrong with them, what is hostile about params, and what is in flight meanwhile. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import type { StandardSchema } from "../../src/protocol/schema.ts";
import { type CallContext, HandlerContext } from "../../src/service/context.ts";
import { exportMethods, exportRpc } from "../../src/service/export-rpc.ts";
import { InvalidResultError } from "../../src/service/invalid-result-error.ts";
import type { ServiceOptions } from "../../src/service/options.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { aNumber, aNumberAfter, flawed, schema, throwing } from "../support/schemas.ts";
import { gate } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import {
  answerOf,
  call,
  callNow,
  internalError,
  invalidParams,
  isSettled,
  notFound,
  notify,
  request,
  serverTimeout,
  unavailable,
} from "./kit.ts";

/** A service that keeps what its error hook is told. */
function hooked(options: ServiceOptions = {}) {
  const failures: unknown[] = [];
  const service = new Service({ ...options, onError: (error) => failures.push(error) });
  return { service, failures };
}

const issues = (...list: readonly { path: readonly (string | number)[]; message: string }[]) => ({
  error: { code: -32602, message: "Invalid params", data: { issues: list } },
});

describe("a schema that fails itself is -32603, and the hook gets the original", () => {
  const original = new Error("of the schema");
  const hostileIssue = Object.defineProperty({ message: "" }, "message", {
    get: () => {
      throw original;
    },
  });
  const rows: readonly [how: string, broken: StandardSchema, isOriginal: boolean][] = [
    ["throws", throwing(original), true],
    ["rejects", schema(() => Promise.reject(original)), true],
    ["gives nothing", schema(() => undefined as never), false],
    ["gives nothing, later", schema(async () => undefined as never), false],
    ["gives issues that are none", schema(() => ({ issues: 5 as never })), false],
    ["gives an issue that cannot be read", schema(() => ({ issues: [hostileIssue] })), true],
    ["gives an issue that is none", schema(() => ({ issues: [null as never] })), false],
  ];
  for (const [how, broken, isOriginal] of rows) {
    for (const [where, options] of [
      ["for an argument", { params: [broken] }],
      ["for a named argument", { params: [{ a: broken }] }],
      ["for all params", { params: broken }],
      ["for the result", { params: ["a"], result: broken }],
    ] as const) {
      test(`${how}, ${where}`, async () => {
        const { service, failures } = hooked();
        service.addMethod("m", (() => 1) as never, options as never);
        assert.deepEqual(await call(service, "m", [1]), internalError);
        notify(service, "m", [1]);
        await turns(3);
        assert.equal(failures.length, 2);
        if (isOriginal) assert.equal(failures[0], original);
      });
    }
  }

  test("where another of the same call rejects, nothing is left unhandled", async () => {
    const { service, failures } = hooked();
    const rejects = schema(() => Promise.reject(new Error("nobody waits for this one")));
    service.addMethod("m", () => 1, { params: [rejects, throwing(original), rejects] });
    assert.deepEqual(callNow(service, "m", [1, 2, 3]), internalError);
    await turns(3);
    assert.deepEqual(failures, [original]);
  });
});

describe("arguments are what schemas made of params", () => {
  const same = z.string();
  const upper = same.transform((text) => text.toUpperCase());
  const byDefault = same.default("default");
  const rows = [
    ["of none", [same, same, same], ["a", "b", "c"], ["a", "b", "c"]],
    ["of the first", [upper, same, same], ["a", "b", "c"], ["A", "b", "c"]],
    ["of one in the middle", [same, upper, same], ["a", "b", "c"], ["a", "B", "c"]],
    ["of the last", [same, same, upper], ["a", "b", "c"], ["a", "b", "C"]],
    ["of two", [upper, same, upper], ["a", "b", "c"], ["A", "b", "C"]],
    ["of what was left out", [same, upper, byDefault], ["a", "b"], ["a", "B", "default"]],
    ["of nothing but what was left out", [byDefault, same.optional()], [], ["default", undefined]],
  ] as const;

  for (const [which, params, given, expected] of rows) {
    test(which, () => {
      const service = new Service().addMethod("m", (...args: unknown[]) => [args.length, ...args], {
        params: [...params],
      });
      assert.deepEqual(
        callNow(service, "m", [...given]),
        JSON.parse(JSON.stringify({ result: [params.length, ...expected] })),
      );
    });
  }

  test("and the issues of those behind one that changed", () => {
    const service = new Service().addMethod("m", () => 1, { params: [same, upper, aNumber, aNumber] });
    assert.deepEqual(
      callNow(service, "m", ["a", "b", "c", "d"]),
      issues({ path: [2], message: "expected a number" }, { path: [3], message: "expected a number" }),
    );
  });
});

describe("a result", () => {
  test("goes out as its schema gives it", async () => {
    const upper = z.string().transform((text) => text.toUpperCase());
    const service = new Service()
      .addMethod("now", () => "now", { result: upper })
      .addMethod("later", async () => "later", { result: upper });
    assert.deepEqual(callNow(service, "now"), { result: "NOW" });
    assert.deepEqual(await call(service, "later"), { result: "LATER" });
  });

  test("that does not fit is the service's fault: -32603, and the hook learns what is wrong", async () => {
    const { service, failures } = hooked();
    service
      .addMethod("now", () => ({ ids: ["x"] }) as never, { result: z.object({ ids: z.array(z.number()) }) })
      .addMethod("later", async () => "x" as never, { result: aNumber });
    assert.deepEqual(callNow(service, "now"), internalError);
    assert.deepEqual(await call(service, "later"), internalError);
    const [first, second] = failures;
    assert(first instanceof InvalidResultError && second instanceof InvalidResultError);
    assert.deepEqual(
      first.issues.map(({ path }) => path),
      [["ids", 0]],
    );
    assert.equal(second.message, "the result does not fit its schema: expected a number");
  });

  test("is not looked at where the method threw", async () => {
    const { service, failures } = hooked();
    const thrown = new Error("of the method");
    service.addMethod("m", throwingMethod(thrown), { result: throwing(new Error("of the schema")) });
    assert.deepEqual(callNow(service, "m"), { error: { code: -32000, message: "Server error" } });
    assert.deepEqual(failures, [thrown]);
  });
});

const throwingMethod = (error: Error) => (): never => {
  throw error;
};

describe("hostile params", () => {
  test("a million things wrong are told in part, and counted", () => {
    const service = new Service().addMethod("m", () => 1, { params: [z.array(z.number())] });
    const answer = callNow(service, "m", [Array.from({ length: 100_000 }, () => "x")]);
    const told = (answer as { error: { data: { issues: { path: unknown; message: string }[] } } }).error.data.issues;
    assert.equal(told.length, 51);
    assert.deepEqual(told[0]?.path, [0, 0]);
    assert.deepEqual(told[50], { path: [], message: "and 99950 more" });
  });

  test("long names, long paths and long messages are cut", () => {
    const long = "x".repeat(1_000_000);
    const path = Array.from({ length: 100_000 }, () => long);
    const service = new Service().addMethod("m", () => 1, {
      params: [schema(() => ({ issues: [{ message: long, path }] }))],
    });
    assert(JSON.stringify(callNow(service, "m", [1])).length < 20_000);
  });

  test("names that are symbols, or no names at all", () => {
    const path = [Symbol("s"), { key: Symbol() }, { key: 5 }, { key: {} as never }, null as never];
    const service = new Service().addMethod("m", () => 1, {
      params: [schema(() => ({ issues: [{ message: 5 as never, path }] }))],
    });
    assert.deepEqual(
      callNow(service, "m", [1]),
      issues({ path: [0, "s", "", 5, "object", "object"], message: "does not fit" }),
    );
  });

  test("deeper than a schema can go: -32603, and the service lives", async () => {
    const { service, failures } = hooked({ limits: { depth: Number.POSITIVE_INFINITY } });
    const deep: z.ZodType = z.lazy(() => z.array(deep));
    service.addMethod("m", () => "reached", { params: [deep] });
    const params = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const answer = await service.handle(`{"jsonrpc":"2.0","id":1,"method":"m","params":[${params}]}`);
    assert.deepEqual(answerOf(answer), internalError);
    assert(failures[0] instanceof RangeError);
    assert.deepEqual(callNow(service, "m", [[]]), { result: "reached" });
  });

  test("__proto__ is a name like any other, and changes no prototype", () => {
    const keys = (given: object) => [Object.getPrototypeOf(given) === Object.prototype, Object.keys(given)];
    const service = new Service()
      .addMethod("named", keys, { params: [{ a: z.object({}) }] })
      .addMethod("object", keys, { params: { a: z.number() } })
      .addMethod("whole", keys, { params: z.object({ a: z.number() }) })
      .addMethod("any", keys as never, { params: "object" });
    const handle = (method: string, params: string) =>
      answerOf(service.handle(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`) as string);
    const hostile = '{"a":1,"__proto__":{"polluted":true}}';
    assert.deepEqual(handle("named", hostile), invalidParams("there is no parameter __proto__"));
    assert.deepEqual(handle("object", hostile), invalidParams("there is no parameter __proto__"));
    assert.deepEqual(handle("whole", hostile), { result: [true, ["a"]] });
    assert.deepEqual(handle("any", hostile), { result: [true, ["a", "__proto__"]] });
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});

describe("while a schema takes its time, the call is in flight", () => {
  function slow(options: ServiceOptions = {}) {
    const clock = new FakeClock();
    const opened = gate();
    const runs: unknown[] = [];
    const { service, failures } = hooked({ ...options, clock });
    const run = (...args: unknown[]) => runs.push(args);
    service
      .addMethod("slow", run as (a: number) => unknown, { params: [aNumberAfter(opened.promise)] })
      .addMethod("quick", () => "quick");
    return { service, failures, clock, opened, runs };
  }

  test("it is counted, and waited for by stopServing", async () => {
    const { service, opened, runs } = slow();
    const answer = call(service, "slow", [1]);
    assert.equal(service.inFlight, 1);
    const stopped = service.stopServing();
    assert.equal(await isSettled(stopped), false);
    opened.open();
    assert.deepEqual(await answer, { result: 1 });
    await stopped;
    assert.deepEqual(runs, [[1]]);
  });

  test("it counts against the limit", async () => {
    const { service, opened } = slow({ limits: { inFlight: 1 } });
    const answer = call(service, "slow", [1]);
    assert.deepEqual(callNow(service, "quick"), {
      error: { code: -32096, message: "Server Busy", data: { limit: "inFlight", max: 1 } },
    });
    opened.open();
    await answer;
  });

  for (const [where, options, set] of [
    ["", {}, () => {}],
    [", behind a middleware", {}, (service: Service) => service.use((_call, next) => next())],
    [", where calls take turns", { concurrency: 1 }, () => {}],
  ] as const) {
    test(`a timeout ends it, and the method does not run later${where}`, async () => {
      const { service, clock, opened, runs, failures } = slow({ timeout: 2_000, ...options });
      set(service);
      const answer = call(service, "slow", [1]);
      clock.advance(2_000);
      assert.deepEqual(await answer, serverTimeout);
      opened.open();
      await turns(3);
      assert.deepEqual([runs, failures], [[], []]);
    });
  }

  test("each schema sees its value once, whichever of them takes its time or does not fit", async () => {
    const { service } = slow();
    const seen: unknown[] = [];
    const watched = (is: StandardSchema<number>) =>
      schema<number>((value) => {
        seen.push(value);
        return is["~standard"].validate(value);
      });
    const later = watched(aNumberAfter(Promise.resolve()));
    const now = watched(aNumber);
    service.addMethod("sum", (...all) => all.reduce((sum, one) => sum + one), { params: [now, later, now, later] });
    assert.deepEqual(await call(service, "sum", [1, 2, 3, 4]), { result: 10 });
    const wrong = await call(service, "sum", [1, "b", "c", 4]);
    const message = "expected a number";
    assert.deepEqual(wrong, issues({ path: [1], message }, { path: [2], message }));
    assert.deepEqual(seen, [1, 2, 3, 4, 1, "b", "c", 4]);
  });

  test("cancelPending ends it, and the method does not run later", async () => {
    const { service, opened, runs } = slow();
    const answer = call(service, "slow", [1]);
    service.cancelPending();
    assert.deepEqual(await answer, serverTimeout);
    await service.stopServing();
    opened.open();
    await turns(3);
    assert.deepEqual(runs, []);
  });

  test("a caller who leaves ends it, and the method does not run later", async () => {
    const { service, opened, runs } = slow();
    const leaving = new AbortController();
    const answer = service.handle(request("slow", [1]), { signal: leaving.signal });
    leaving.abort();
    assert.equal(await answer, undefined);
    opened.open();
    await turns(3);
    assert.deepEqual(runs, []);
  });

  test("a notification that does not fit is dropped without a word", async () => {
    const { service, failures, opened, runs } = slow();
    service.addMethod("now", () => runs.push("now"), { params: [aNumber] });
    notify(service, "slow", ["x"]);
    notify(service, "now", ["x"]);
    notify(service, "now", [1]);
    opened.open();
    await turns(3);
    assert.deepEqual([runs, failures, service.inFlight], [["now"], [], 0]);
  });

  test("the members of a batch do not wait for each other", async () => {
    const { service, opened } = slow();
    const batch = `[${request("slow", [1], 1)},${request("slow", ["x"], 2)},${request("quick", [], 3)}]`;
    const answers = service.handle(batch) as Promise<string>;
    opened.open();
    const codes = (JSON.parse(await answers) as { id: number; error?: { code: number } }[]).map(({ id, error }) => [
      id,
      error?.code,
    ]);
    assert.deepEqual(codes.sort(), [
      [1, undefined],
      [2, -32602],
      [3, undefined],
    ]);
  });
});

test("a stopped service tells of unknown methods and of the form of params, and asks no schema", async () => {
  const service = new Service().addMethod("m", () => 1, { params: [throwing(new Error("it was asked"))] });
  await service.stopServing();
  assert.deepEqual(callNow(service, "n", [1]), notFound);
  assert.deepEqual(callNow(service, "m", [1, 2]), invalidParams("expected 0 to 1 argument, got 2"));
  assert.deepEqual(callNow(service, "m", [1]), unavailable);
});

test("params that name nothing are shown to a schema for all of them in every way there is", async () => {
  const seen: unknown[] = [];
  const none = schema<unknown>((value) => {
    seen.push(value);
    return flawed(`no ${JSON.stringify(value)}`);
  });
  const service = new Service()
    .addMethod("none", () => 1, { params: none })
    .addMethod("object", ({ limit }) => limit, { params: z.object({ limit: z.number().default(10) }) })
    .addMethod("tuple", (...args) => args.length, { params: z.tuple([]) })
    .addMethod("later", (a) => a ?? "nothing", { params: z.object({}).refine(async () => true) });
  assert.deepEqual(callNow(service, "none"), invalidParams("no undefined"));
  assert.deepEqual(callNow(service, "none", []), invalidParams("no []"));
  assert.deepEqual(callNow(service, "none", {}), invalidParams("no {}"));
  assert.deepEqual(seen, [undefined, {}, [], [], undefined, {}, {}, undefined, []]);
  for (const params of [undefined, [], {}]) {
    assert.deepEqual(callNow(service, "object", params), { result: 10 });
    assert.deepEqual(callNow(service, "tuple", params), { result: 0 });
    assert.deepEqual(await call(service, "later", params), { result: {} });
  }
});

test("the context comes first, and `this` is the handler", async () => {
  class Handler {
    name = "handler";

    @exportRpc({ context: true, params: [aNumber] })
    decorated(context: CallContext, n: number) {
      return [this.name, context instanceof HandlerContext, context.method, n];
    }

    @exportRpc({ params: { n: aNumberAfter(Promise.resolve()) }, result: z.string() })
    later({ n }: { n: number }) {
      return `${this.name} ${n}`;
    }

    marked(n: number) {
      return [this.name, n];
    }
  }
  exportMethods(Handler, { marked: { params: [{ n: aNumber }] } });
  const service = new Service().addHandler(new Handler());
  assert.deepEqual(callNow(service, "decorated", [1]), { result: ["handler", true, "decorated", 1] });
  assert.deepEqual(await call(service, "later", { n: 1 }), { result: "handler 1" });
  assert.deepEqual(callNow(service, "marked", { n: 1 }), { result: ["handler", 1] });
  assert.deepEqual(callNow(service, "marked", ["x"]), issues({ path: ["n"], message: "expected a number" }));
});

describe("declarations that make no sense", () => {
  const rows: readonly [options: object, why: string][] = [
    [{ params: { 0: aNumber } }, 'params: "0" cannot be a parameter\'s name'],
    [{ params: { ["__proto__"]: aNumber } }, 'params: "__proto__" cannot be a parameter\'s name'],
    [{ params: [{ a: aNumber }, { a: aNumber }] }, "params: a is there twice"],
    [
      { params: [{ a: aNumber, b: aNumber }] },
      "params: expected names, schemas, or objects of a name and its schema, got an object",
    ],
    [{ params: [aNumber, "b"] }, "params: expected names, schemas, or objects of a name and its schema, got a schema"],
    [{ params: { a: "number" } }, "params: expected a schema as a, got a string"],
    [{ result: {} }, "result: expected a schema, got object"],
    [{ errors: [404] }, "errors: expected an array of declared errors, see defineError"],
    [{ tags: "x" }, "tags: expected an array of strings"],
    [{ examples: [{}] }, "examples: expected an array of objects with params"],
    [{ summary: 5 }, "summary: expected a string, got number"],
  ];
  for (const [options, message] of rows) {
    test(message, () => {
      const service = new Service();
      assert.throws(() => service.addMethod("m", (() => 1) as never, options as never), { name: "TypeError", message });
      assert.deepEqual(service.methodNames, []);
    });
  }
});
