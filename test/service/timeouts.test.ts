/** Timeouts and cancelPending: who is answered when, and what the handler sees of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ServerTimeoutError } from "../../src/protocol/errors/server-timeout-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { gate as makeGate } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { answerOf, call, callNow, isSettled, notify, request, serverTimeout } from "./kit.ts";

/** A service of methods that never end, with a clock that stands still. */
function stuckService(options: { timeout?: number } = {}) {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const service = new Service({ ...options, clock, onError: (error) => failures.push(error) });
  const contexts: CallContext[] = [];
  const gate = makeGate<string>();
  const stuck = (context: CallContext) => {
    contexts.push(context);
    return gate.promise;
  };
  service
    .addMethod("stuck", stuck, { context: true })
    .addMethod("brief", stuck, { context: true, timeout: 50 })
    .addMethod("patient", stuck, { context: true, timeout: 10_000 })
    .addMethod("endless", stuck, { context: true, timeout: 0 })
    .addMethod("forever", stuck, { context: true, timeout: Number.POSITIVE_INFINITY })
    .addMethod("now", () => "now");
  return { service, clock, contexts, gate, failures };
}

describe("a method has", () => {
  const rows: readonly [what: string, service: number | undefined, method: string, due: number | undefined][] = [
    ["no end by default", undefined, "stuck", undefined],
    ["no end when the service says 0", 0, "stuck", undefined],
    ["the service's timeout", 2_000, "stuck", 2_000],
    ["its own, shorter", 2_000, "brief", 50],
    ["its own, longer", 2_000, "patient", 10_000],
    ["its own where the service has none", undefined, "brief", 50],
    ["no end when it says 0", 2_000, "endless", undefined],
    ["no end when it says Infinity", 2_000, "forever", undefined],
  ];
  for (const [what, timeout, method, due] of rows) {
    test(what, async () => {
      const { service, clock } = stuckService(timeout === undefined ? {} : { timeout });
      clock.advance(12_345);
      const answer = call(service, method);
      clock.advance((due ?? 1_000_000) - 1);
      assert.equal(await isSettled(answer), false);
      if (due === undefined) {
        assert.equal(clock.timers, 0);
        return service.cancelPending();
      }
      clock.advance(1);
      assert.deepEqual(await answer, serverTimeout);
      assert.equal(service.inFlight, 0);
      assert.equal(clock.timers, 0);
    });
  }
});

test("each is answered when it is due, or at most 10 ms later", async () => {
  const { service, clock } = stuckService({ timeout: 100 });
  const answeredAt: number[] = [];
  for (let start = 0; start < 50; start += 5) {
    void call(service, "stuck").then(() => answeredAt.push(clock.now() - start));
    clock.advance(5);
  }
  for (let time = 50; time < 200; time++) {
    clock.advance(1);
    await turns(1);
  }
  assert.equal(answeredAt.length, 10);
  for (const wait of answeredAt) assert.ok(wait >= 100 && wait <= 110, `after ${wait} ms`);
});

test("thousands in flight share one timer", async () => {
  const { service, clock } = stuckService({ timeout: 1_000 });
  const answers: unknown[] = [];
  let mostTimers = 0;
  for (let i = 0; i < 5_000; i++) {
    answers.push(service.handle(request(i % 2 === 0 ? "stuck" : "patient", [], i)));
    clock.advance(0.1);
    mostTimers = Math.max(mostTimers, clock.timers);
  }
  assert.equal(service.inFlight, 5_000);
  assert.equal(mostTimers, 1);
  clock.advance(10_010);
  const texts = await Promise.all(answers);
  assert.ok(texts.every((text) => String(text).includes("-32098")));
  assert.equal(clock.timers, 0);
});

test("what answers at once has no timer", () => {
  const { service, clock } = stuckService({ timeout: 1_000 });
  callNow(service, "now");
  assert.equal(clock.timers, 0);
});

test("one that times out in a batch does not hold up the others for longer", async () => {
  const { service, clock } = stuckService({ timeout: 1_000 });
  const answer = service.handle(`[${request("now", [], 1)},${request("brief", [], 2)},${request("stuck", [], 3)}]`);
  clock.advance(1_000);
  const codes = (JSON.parse((await answer) ?? "") as { id: number; error?: { code: number } }[]).map(
    ({ id, error }) => [id, error?.code],
  );
  assert.deepEqual(codes, [
    [1, undefined],
    [2, -32098],
    [3, -32098],
  ]);
});

describe("what ends a call early", () => {
  const ways: readonly [what: string, end: (service: Service, clock: FakeClock) => void, message: string][] = [
    ["the timeout", (_service, clock) => clock.advance(1_000), "Server Timeout"],
    ["cancelPending", (service) => service.cancelPending(), "the service has cancelled what was in flight"],
  ];
  for (const [what, end, message] of ways) {
    test(`${what}: the signal aborts with a ServerTimeoutError`, async () => {
      const { service, clock, contexts } = stuckService({ timeout: 1_000 });
      const answer = call(service, "stuck");
      const { signal } = contexts[0] as CallContext;
      assert.equal(signal.aborted, false);
      let aborts = 0;
      signal.addEventListener("abort", () => aborts++);
      end(service, clock);
      assert.equal(aborts, 1);
      assert.ok(signal.reason instanceof ServerTimeoutError);
      assert.equal(signal.reason.message, message);
      assert.deepEqual(await answer, serverTimeout);
    });

    test(`${what}: a signal first looked at afterwards is aborted as well`, async () => {
      const { service, clock, contexts } = stuckService({ timeout: 1_000 });
      const answer = call(service, "stuck");
      end(service, clock);
      await answer;
      const signal = contexts[0]?.signal;
      assert.equal(signal?.aborted, true);
      assert.ok(signal?.reason instanceof ServerTimeoutError);
    });

    test(`${what}: notifications end too, without an answer`, () => {
      const { service, clock, contexts } = stuckService({ timeout: 1_000 });
      notify(service, "stuck");
      assert.equal(service.inFlight, 1);
      end(service, clock);
      assert.equal(service.inFlight, 0);
      assert.equal(contexts[0]?.signal.aborted, true);
    });

    test(`${what}: a result that comes late goes nowhere`, async () => {
      const { service, clock, gate } = stuckService({ timeout: 1_000 });
      const answer = Promise.resolve(service.handle(request("stuck")));
      end(service, clock);
      gate.open("late");
      await turns(1);
      assert.deepEqual(answerOf(await answer), serverTimeout);
      assert.equal(service.inFlight, 0);
    });

    test(`${what}: an error that comes late goes nowhere, either`, async () => {
      const { service, clock, gate, failures } = stuckService({ timeout: 1_000 });
      const answer = call(service, "stuck");
      notify(service, "stuck");
      end(service, clock);
      gate.fail(new Error("late"));
      await turns(1);
      assert.deepEqual(await answer, serverTimeout);
      assert.deepEqual(failures, []);
      assert.equal(service.inFlight, 0);
    });

    test(`${what}: what comes afterwards is served`, async () => {
      const { service, clock } = stuckService({ timeout: 1_000 });
      const first = call(service, "stuck");
      end(service, clock);
      await first;
      const second = call(service, "stuck");
      assert.equal(await isSettled(second), false);
      end(service, clock);
      assert.deepEqual(await second, serverTimeout);
    });
  }
});

describe("a listener to the signal", () => {
  const end = (service: Service) => service.cancelPending();
  test("may end the other calls", async () => {
    const { service, contexts } = stuckService();
    const answers = Array.from({ length: 5 }, () => call(service, "stuck"));
    for (const { signal } of contexts) signal.addEventListener("abort", () => end(service));
    end(service);
    assert.deepEqual(await Promise.all(answers), Array(5).fill(serverTimeout));
    assert.equal(service.inFlight, 0);
  });

  test("may call again, and that call is not ended with the rest", async () => {
    const { service, contexts, gate } = stuckService({ timeout: 1_000 });
    const answers = Array.from({ length: 3 }, () => call(service, "stuck"));
    const again: Promise<unknown>[] = [];
    for (const { signal } of [...contexts]) {
      signal.addEventListener("abort", () => again.push(call(service, "stuck")));
    }
    end(service);
    assert.deepEqual(await Promise.all(answers), Array(3).fill(serverTimeout));
    assert.equal(service.inFlight, 3);
    gate.open("right");
    assert.deepEqual(await Promise.all(again), Array(3).fill({ result: "right" }));
    assert.equal(service.inFlight, 0);
  });

  test("may call again on a timeout, and the new call has its own", async () => {
    const { service, clock, contexts } = stuckService({ timeout: 1_000 });
    const first = call(service, "stuck");
    let second: Promise<unknown> | undefined;
    contexts[0]?.signal.addEventListener("abort", () => {
      second = call(service, "stuck");
    });
    clock.advance(1_000);
    await first;
    clock.advance(999);
    assert.equal(await isSettled(second as Promise<unknown>), false);
    clock.advance(11);
    assert.deepEqual(await second, serverTimeout);
    assert.equal(clock.timers, 0);
  });
});
