/** stopServing and startServing: what is answered meanwhile. For who waits, see drain.test.ts. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { ServerBusyError } from "../../src/protocol/errors/server-busy-error.ts";
import { exportRpc } from "../../src/service/export-rpc.ts";
import { Service } from "../../src/service/service.ts";
import { type Answer, callNow, invalidParams, notFound, notify, request, unavailable } from "./kit.ts";

class Maintenance extends RpcError<{ until: number }> {
  constructor() {
    super(1, "Maintenance", { until: 7 });
  }
}

const maintenance: Answer = { error: { code: 1, message: "Maintenance", data: { until: 7 } } };
const busy: Answer = { error: { code: -32096, message: "Server Busy" } };

/** A service with methods that answer with their own names. */
function serviceWith(...names: readonly string[]): Service {
  const service = new Service();
  for (const name of names) service.addMethod(name, () => name);
  return service;
}

/** What each method answers. */
function answers(service: Service): Record<string, unknown> {
  return Object.fromEntries(
    service.methodNames.map((name) => {
      const answer = callNow(service, name);
      return [name, "result" in answer ? answer.result : answer.error.message];
    }),
  );
}

describe("a stopped service answers with", () => {
  const rows: readonly [what: string, error: Parameters<Service["stopServing"]>[0], expected: Answer][] = [
    ["-32097 by default", undefined, unavailable],
    ["an error given", new RpcError(5, "five", [5]), { error: { code: 5, message: "five", data: [5] } }],
    ["an error of a class given", Maintenance, maintenance],
    ["an error of one of our own classes", ServerBusyError, busy],
  ];
  for (const [what, error, expected] of rows) {
    test(what, async () => {
      const service = serviceWith("a", "main.b");
      await service.stopServing(error);
      assert.deepEqual(callNow(service, "a"), expected);
      assert.deepEqual(callNow(service, "main.b"), expected);
      service.startServing();
      assert.deepEqual(answers(service), { a: "a", "main.b": "main.b" });
    });
  }

  test("an error of another copy of the package", async () => {
    const url = new URL("../../src/protocol/errors/rpc-error.ts?another-copy", import.meta.url).href;
    const copy = (await import(url)) as typeof import("../../src/protocol/errors/rpc-error.ts");
    const service = serviceWith("a");
    await service.stopServing(new copy.RpcError(5, "theirs"));
    assert.deepEqual(callNow(service, "a"), { error: { code: 5, message: "theirs" } });
  });

  test("the error of the last stop", async () => {
    const service = serviceWith("a");
    await service.stopServing();
    await service.stopServing(Maintenance);
    assert.deepEqual(callNow(service, "a"), maintenance);
    service.startServing();
    assert.deepEqual(callNow(service, "a"), { result: "a" }, "one start undoes them all");
  });
});

test("a stopped service still says what is unknown and what does not fit, and drops notifications", async () => {
  let calls = 0;
  const service = new Service().addMethod("a", (n: number) => {
    calls += n;
  });
  await service.stopServing();
  assert.deepEqual(callNow(service, "nowhere"), notFound);
  assert.deepEqual(callNow(service, "a", []), invalidParams("expected 1 argument, got 0"));
  assert.deepEqual(callNow(service, "a", [1]), unavailable);
  notify(service, "a", [1]);
  notify(service, "nowhere", [1]);
  const batch = JSON.parse(String(service.handle(`[${request("a", [1])},${request("nowhere")}]`))) as Answer[];
  assert.deepEqual(
    batch.map((answer) => "error" in answer && answer.error.code),
    [-32097, -32601],
  );
  assert.equal(calls, 0);
});

describe("a namespace", () => {
  const names = ["a", "main", "main.b", "main.sub.c", "main.sub.deep.d", "mainframe.e", "other.main.f"];
  const stopped = (error: string, ...which: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, which.includes(name) ? error : name]));

  test("stops with all that lies under it, and nothing else", async () => {
    const service = serviceWith(...names);
    await service.stopServing(undefined, { namespace: "main" });
    assert.deepEqual(answers(service), stopped("Service Unavailable", "main.b", "main.sub.c", "main.sub.deep.d"));
    service.startServing({ namespace: "main" });
    assert.deepEqual(answers(service), stopped(""));
  });

  test("nested ones stop one by one, and the narrowest says why", async () => {
    const service = serviceWith(...names);
    await service.stopServing(new RpcError(1, "sub"), { namespace: "main.sub" });
    await service.stopServing(new RpcError(2, "main"), { namespace: "main" });
    assert.deepEqual(answers(service), {
      ...stopped("main", "main.b"),
      "main.sub.c": "sub",
      "main.sub.deep.d": "sub",
    });
    await service.stopServing(new RpcError(3, "all"));
    assert.deepEqual(callNow(service, "a"), { error: { code: 3, message: "all" } });
    assert.deepEqual(callNow(service, "main.b"), { error: { code: 2, message: "main" } });
    service.startServing({ namespace: "main" });
    assert.deepEqual(callNow(service, "main.b"), { error: { code: 3, message: "all" } });
    service.startServing();
    assert.deepEqual(answers(service), stopped("sub", "main.sub.c", "main.sub.deep.d"));
    service.startServing({ namespace: "main.sub" });
    assert.deepEqual(answers(service), stopped(""));
  });

  test("is undone only by its own start, and the whole's stop only by the whole's", async () => {
    const service = serviceWith("main.a");
    await service.stopServing();
    service.startServing({ namespace: "main" });
    assert.deepEqual(callNow(service, "main.a"), unavailable);
    await service.stopServing(Maintenance, { namespace: "main" });
    service.startServing();
    assert.deepEqual(callNow(service, "main.a"), maintenance);
  });

  test("of several parts and another separator", async () => {
    class Mixer {
      @exportRpc()
      mute() {
        return "mute";
      }
    }
    const service = new Service()
      .addHandler(new Mixer(), { namespace: ["audio", "mixer"], separator: "/" })
      .addHandler(new Mixer(), { namespace: ["audio", "mixer"] });
    await service.stopServing(undefined, { namespace: "audio/mixer" });
    assert.deepEqual(answers(service), { "audio/mixer/mute": "Service Unavailable", "audio.mixer.mute": "mute" });
    service.startServing({ namespace: "audio/mixer" });
    await service.stopServing(undefined, { namespace: "audio" });
    assert.deepEqual(answers(service), {
      "audio/mixer/mute": "Service Unavailable",
      "audio.mixer.mute": "Service Unavailable",
    });
  });

  test("also covers methods that are added later", async () => {
    const service = serviceWith("main.a", "b");
    await service.stopServing(Maintenance, { namespace: "main" });
    service.addMethod("main.later", () => "later").addMethod("later", () => "later");
    assert.deepEqual(callNow(service, "main.later"), maintenance);
    assert.deepEqual(callNow(service, "later"), { result: "later" });
    await service.stopServing();
    service.addMethod("last", () => "last");
    assert.deepEqual(callNow(service, "last"), unavailable);
    service.startServing();
    service.startServing({ namespace: "main" });
    assert.deepEqual(callNow(service, "main.later"), { result: "later" });
    assert.deepEqual(callNow(service, "last"), { result: "last" });
  });
});

describe("refuses, and goes on serving", () => {
  class NeedsArgument extends RpcError {
    constructor(code: number) {
      super(code, "x");
    }
  }
  const wrongErrors: readonly [what: string, error: unknown][] = [
    ["null", null],
    ["a string", "maintenance"],
    ["an Error", new Error("maintenance")],
    ["an object like an error", { code: 1, message: "x" }],
    ["a class that is no RpcError", Error],
    ["a class that needs an argument", NeedsArgument],
    ["RpcError itself", RpcError],
    ["an arrow function", () => new Maintenance()],
  ];
  for (const [what, error] of wrongErrors) {
    test(`to stop with ${what}`, () => {
      const service = serviceWith("a");
      assert.throws(() => service.stopServing(error as never), { name: "TypeError" });
      assert.deepEqual(callNow(service, "a"), { result: "a" });
    });
  }

  for (const namespace of ["nowhere", "", "main.", "main.a", ".", "MAIN"]) {
    test(`the namespace ${JSON.stringify(namespace)}, under which nothing lies`, () => {
      const service = serviceWith("main.a");
      const error = { name: "RangeError", message: `there is no method under the namespace ${namespace}` };
      assert.throws(() => service.stopServing(undefined, { namespace }), error);
      assert.throws(() => service.startServing({ namespace }), error);
      assert.deepEqual(callNow(service, "main.a"), { result: "main.a" });
    });
  }
});

test("startServing of a service that serves changes nothing", () => {
  const service = serviceWith("main.a");
  service.startServing();
  service.startServing({ namespace: "main" });
  assert.deepEqual(callNow(service, "main.a"), { result: "main.a" });
});
