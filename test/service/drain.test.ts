/** stopServing's promise: it resolves once nothing is in flight that was when it was asked. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseMessage } from "../../src/protocol/parse.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { gate as makeGate } from "../support/settling.ts";
import { call, callNow, isSettled, notify, request, serverTimeout, unavailable } from "./kit.ts";

/** A service whose methods `wait` and `main.wait` end when they are let go, by name. */
function gatedService(clock = new FakeClock()) {
  const gates = new Map<string, () => void>();
  const wait = (name: string) => {
    const gate = makeGate<string>();
    gates.set(name, () => gate.open(name));
    return gate.promise;
  };
  const service = new Service({ clock, timeout: 1_000 })
    .addMethod("wait", wait)
    .addMethod("main.wait", wait)
    .addMethod("now", () => 1);
  return { service, clock, letGo: (name: string) => gates.get(name)?.() };
}

test("resolves at once when nothing is in flight", async () => {
  const { service } = gatedService();
  await service.stopServing();
  await service.stopServing(undefined, { namespace: "main" });
});

test("resolves when the last has ended, notifications among them", async () => {
  const { service, letGo } = gatedService();
  const answer = call(service, "wait", ["a"]);
  notify(service, "wait", ["b"]);
  const stopped = service.stopServing();
  letGo("a");
  assert.equal(await isSettled(stopped), false);
  assert.deepEqual(await answer, { result: "a" }, "what is in flight goes on");
  letGo("b");
  await stopped;
  assert.equal(service.inFlight, 0);
});

test("resolves after the answer was given", async () => {
  const { service, letGo } = gatedService();
  const events: string[] = [];
  const caller = service.open({ limits: { inFlight: 10, totalInFlight: 10 } });
  caller.onIdle = () => events.push(`idle, in flight ${caller.inFlight}`);
  caller.receive(parseMessage(request("wait", ["a"]), 1), {
    answer: (text) => events.push(`answer ${text}, in flight ${caller.inFlight}`),
  });
  const stopped = service.stopServing().then(() => events.push("stopped"));
  letGo("a");
  await stopped;
  assert.deepEqual(events, [
    'answer {"jsonrpc":"2.0","id":1,"result":"a"}, in flight 1',
    "idle, in flight 0",
    "stopped",
  ]);
});

test("each of several resolves", async () => {
  const { service, letGo } = gatedService();
  const answer = call(service, "wait", ["a"]);
  const stops = [service.stopServing(), service.stopServing(), service.stopServing()];
  letGo("a");
  await Promise.all(stops);
  assert.deepEqual(await answer, { result: "a" });
});

test("startServing before it ends neither hurries nor loses it, and what comes then is not waited for", async () => {
  const { service, letGo } = gatedService();
  const first = call(service, "wait", ["first"]);
  const stopped = service.stopServing();
  service.startServing();
  const second = call(service, "wait", ["second"]);
  const stoppedAgain = service.stopServing();
  assert.equal(await isSettled(stopped), false);
  letGo("first");
  await stopped;
  assert.equal(await isSettled(stoppedAgain), false);
  letGo("second");
  await stoppedAgain;
  assert.deepEqual(await Promise.all([first, second]), [{ result: "first" }, { result: "second" }]);
});

test("new calls that end first are not counted in place of the old", async () => {
  const { service, letGo } = gatedService();
  const old = call(service, "wait", ["old"]);
  const stopped = service.stopServing();
  service.startServing();
  for (const name of ["new", "newer"]) {
    const answer = call(service, "wait", [name]);
    letGo(name);
    await answer;
  }
  assert.deepEqual(callNow(service, "now"), { result: 1 });
  assert.equal(await isSettled(stopped), false);
  letGo("old");
  await stopped;
  await old;
});

test("a namespace does not count what ends elsewhere", async () => {
  const { service, letGo } = gatedService();
  const answers = [call(service, "main.wait", ["inside"]), call(service, "wait", ["outside"])];
  const stopped = service.stopServing(undefined, { namespace: "main" });
  letGo("outside");
  assert.equal(await isSettled(stopped), false);
  letGo("inside");
  await stopped;
  await Promise.all(answers);
});

test("a namespace waits for its own", async () => {
  const { service, letGo } = gatedService();
  const inside = call(service, "main.wait", ["inside"]);
  const outside = call(service, "wait", ["outside"]);
  const stopped = service.stopServing(undefined, { namespace: "main" });
  const stoppedAll = service.stopServing();
  letGo("inside");
  await stopped;
  assert.equal(await isSettled(stoppedAll), false);
  letGo("outside");
  await stoppedAll;
  await Promise.all([inside, outside]);
});

test("the last of two in the same method counts, whichever started first", async () => {
  const { service, letGo } = gatedService();
  const answers = ["a", "b", "c"].map((name) => call(service, "wait", [name]));
  const stopped = service.stopServing();
  letGo("b");
  letGo("c");
  assert.equal(await isSettled(stopped), false);
  letGo("a");
  await stopped;
  await Promise.all(answers);
});

describe("ends with", () => {
  test("a timeout", async () => {
    const { service, clock } = gatedService();
    const answer = call(service, "wait", ["a"]);
    const stopped = service.stopServing();
    clock.advance(1_000);
    await stopped;
    assert.deepEqual(await answer, serverTimeout);
  });

  test("cancelPending", async () => {
    const { service } = gatedService();
    const answer = call(service, "wait", ["a"]);
    const stopped = service.stopServing();
    service.cancelPending();
    await stopped;
    assert.deepEqual(await answer, serverTimeout);
  });

  test("a caller that leaves", async () => {
    const { service } = gatedService();
    const caller = service.open({ limits: { inFlight: 10, totalInFlight: 10 } });
    caller.receive(parseMessage(request("wait", ["a"]), 1), { answer: () => assert.fail("nobody is there") });
    const stopped = service.stopServing();
    caller.abandon(new Error("gone"));
    service.release(caller);
    await stopped;
  });
});

describe("from inside a method", () => {
  /** Methods that stop the service they belong to. */
  function selfStopping() {
    const stops: Promise<void>[] = [];
    const { service, letGo } = gatedService();
    const stop = () => {
      stops.push(service.stopServing());
      return "stopping";
    };
    service
      .addMethod("stop", stop)
      .addMethod("stopLater", async () => {
        await Promise.resolve();
        return stop();
      })
      .addMethod("stopAndWait", async () => {
        stop();
        await stops[0];
      })
      .addMethod("stopAndStart", () => {
        stop();
        service.startServing();
      });
    return { service, stops, letGo };
  }

  for (const method of ["stop", "stopLater"]) {
    test(`${method}: it gets its answer, the next one the error`, async () => {
      const { service, stops } = selfStopping();
      assert.deepEqual(await call(service, method), { result: "stopping" });
      assert.deepEqual(callNow(service, "now"), unavailable);
      await stops[0];
    });
  }

  test("in a batch: those after it get the error", async () => {
    const { service, stops } = selfStopping();
    const text = await service.handle(`[${request("now")},${request("stop")},${request("now")}]`);
    const codes = (JSON.parse(text ?? "") as { error?: { code: number } }[]).map(({ error }) => error?.code);
    assert.deepEqual(codes, [undefined, undefined, -32097]);
    await stops[0];
  });

  test("as a notification", async () => {
    const { service, stops } = selfStopping();
    notify(service, "stop");
    await stops[0];
    assert.deepEqual(callNow(service, "now"), unavailable);
  });

  test("and started at once", async () => {
    const { service, stops } = selfStopping();
    callNow(service, "stopAndStart");
    await stops[0];
    assert.deepEqual(callNow(service, "now"), { result: 1 });
  });

  test("a method that waits for it waits for itself, until it is cancelled", async () => {
    const { service, stops } = selfStopping();
    const answer = call(service, "stopAndWait");
    assert.equal(await isSettled(answer), false);
    service.cancelPending();
    assert.deepEqual(await answer, serverTimeout);
    await stops[0];
  });
});

test("a drain that began inside a call counts it, and not the calls before that have ended", async () => {
  const { service, letGo } = gatedService();
  const before = call(service, "wait", ["before"]);
  letGo("before");
  await before;
  const during = call(service, "wait", ["during"]);
  const stopped = service.stopServing(undefined, {});
  letGo("during");
  await stopped;
  await during;
});
