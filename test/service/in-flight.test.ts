/** How many calls may be in flight, who leaves with some, and that nothing is left behind. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseMessage } from "../../src/protocol/parse.ts";
import type { Caller } from "../../src/service/caller.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { Choices } from "../spec/random-texts.ts";
import { gate as makeGate } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { type Answer, answerOf, call, callNow, notify, request, unavailable } from "./kit.ts";

const busy = (max: number): Answer => ({
  error: { code: -32096, message: "Server Busy", data: { limit: "inFlight", max } },
});

function gatedService(inFlight: number) {
  const gate = makeGate<string>();
  let started = 0;
  const service = new Service({ limits: { inFlight } })
    .addMethod("wait", () => {
      started++;
      return gate.promise;
    })
    .addMethod("now", () => "now")
    .addMethod("one", (a: number) => a);
  return { service, letGo: () => gate.open("done"), started: () => started };
}

describe("over limits.inFlight", () => {
  test("a request is refused with -32096, until one has ended", async () => {
    const { service, letGo } = gatedService(2);
    const answers = [call(service, "wait"), call(service, "wait")];
    assert.deepEqual(callNow(service, "wait"), busy(2));
    assert.deepEqual(callNow(service, "now"), busy(2), "one that needs no time, too");
    letGo();
    assert.deepEqual(await Promise.all(answers), [{ result: "done" }, { result: "done" }]);
    assert.deepEqual(callNow(service, "now"), { result: "now" });
  });

  test("a notification is dropped", async () => {
    const { service, letGo, started } = gatedService(2);
    for (let i = 0; i < 5; i++) notify(service, "wait");
    assert.equal(started(), 2, "notifications count");
    assert.equal(service.inFlight, 2);
    letGo();
    await service.stopServing();
  });

  test("what is unknown, unfit or stopped is told so all the same", async () => {
    const { service, letGo } = gatedService(1);
    const answer = call(service, "wait");
    assert.match(JSON.stringify(callNow(service, "nowhere")), /-32601/);
    assert.match(JSON.stringify(callNow(service, "one", [])), /-32602/);
    const stopped = service.stopServing();
    assert.deepEqual(callNow(service, "now"), unavailable);
    letGo();
    await Promise.all([answer, stopped]);
  });

  test("a batch counts member by member", async () => {
    const { service, letGo, started } = gatedService(3);
    const batch = Array.from({ length: 5 }, (_, id) => request("wait", [], id)).join();
    const answer = service.handle(`[${request("now", [], "a")},${request("now", [], "b")},${batch}]`);
    assert.equal(started(), 3);
    letGo();
    const answers = JSON.parse((await answer) ?? "") as { id: number; error?: { code: number } }[];
    const refused = answers.filter(({ error }) => error?.code === -32096).map(({ id }) => id);
    assert.equal(answers.length, 7);
    assert.deepEqual(refused, [3, 4]);
  });

  test("each caller has its own count", async () => {
    const { service, letGo } = gatedService(1);
    const texts: string[] = [];
    const sink = { answer: (text: string) => texts.push(text) };
    const callers = [
      service.open({ limits: { inFlight: 1, totalInFlight: 1 } }),
      service.open({ limits: { inFlight: 2, totalInFlight: 2 } }),
    ];
    for (const caller of callers) {
      for (let i = 0; i < 3; i++) caller.receive(parseMessage(request("wait"), 1), sink);
    }
    assert.deepEqual(texts.map(answerOf), [busy(1), busy(1), busy(2)]);
    assert.deepEqual([service.inFlight, ...callers.map((caller) => caller.inFlight)], [3, 1, 2]);
    letGo();
    await turns(1);
    assert.equal(service.inFlight, 0);
  });
});

describe("a caller", () => {
  function makeCaller() {
    const clock = new FakeClock();
    const contexts: CallContext[] = [];
    const gate = makeGate<string>();
    const service = new Service({ timeout: 1_000, clock })
      .addMethod(
        "wait",
        (context: CallContext) => {
          contexts.push(context);
          return gate.promise;
        },
        { context: true },
      )
      .addMethod("now", () => 1);
    const caller = service.open({ limits: { inFlight: 10, totalInFlight: 10 } });
    const texts: string[] = [];
    const receive = (text: string) => caller.receive(parseMessage(text, 10), { answer: (out) => texts.push(out) });
    return { clock, contexts, gate, service, caller, texts, receive };
  }

  test("that is abandoned gets no answers; its handlers' signals abort with the reason", async () => {
    const { service, caller, receive, contexts, texts, gate, clock } = makeCaller();
    receive(request("wait"));
    receive('{"jsonrpc":"2.0","method":"wait"}');
    receive(`[${request("wait")},${request("now")}]`);
    const signals = contexts.slice(0, 2).map((context) => context.signal);
    const gone = new Error("gone");
    let idle = 0;
    caller.onIdle = () => idle++;
    caller.abandon(gone);
    for (const signal of [...signals, contexts[2]?.signal]) assert.equal(signal?.reason, gone);
    assert.deepEqual([caller.inFlight, service.inFlight, idle], [0, 0, 1]);
    service.release(caller);
    gate.open("late");
    clock.advance(2_000);
    await turns(1);
    assert.deepEqual(texts, [], "not even the rest of the batch");
    assert.equal(clock.timers, 0);
  });

  test("is told when it falls idle, each time, also by what answers at once", async () => {
    const { caller, receive, texts, gate } = makeCaller();
    const idle: number[] = [];
    caller.onIdle = () => idle.push(texts.length);
    receive(request("now"));
    assert.deepEqual(idle, [1], "after the answer");
    receive(request("wait"));
    receive(request("wait"));
    assert.deepEqual(idle, [1]);
    gate.open("done");
    await turns(1);
    assert.deepEqual(idle, [1, 3]);
  });

  test("may be refused as a whole, with what is unknown told first", () => {
    const { service, caller, receive, texts } = makeCaller();
    caller.refusal = { code: -32097, message: "Service Unavailable", data: { reason: "draining" } };
    receive(request("now"));
    receive(request("nowhere"));
    receive('{"jsonrpc":"2.0","method":"now"}');
    void service.stopServing();
    receive(request("now"));
    service.startServing();
    caller.refusal = undefined;
    receive(request("now"));
    const answers = texts.map((text) => JSON.stringify(answerOf(text)));
    assert.equal(answers.length, 4);
    assert.match(answers[0] ?? "", /draining/);
    assert.match(answers[1] ?? "", /-32601/);
    assert.equal(answers[2], JSON.stringify(unavailable), "the service's own stop comes first");
    assert.equal(answers[3], '{"result":1}');
  });

  test("that was released is no longer the service's to count or to cancel", async () => {
    const { service, caller, receive, contexts } = makeCaller();
    receive(request("wait"));
    service.release(caller);
    assert.equal(service.inFlight, 0);
    service.cancelPending();
    assert.equal(contexts[0]?.signal.aborted, false);
    caller.abandon(new Error("gone"));
    await service.stopServing();
  });

  test("is cancelled without the others", async () => {
    const { service, caller, receive, texts, gate } = makeCaller();
    const other = call(service, "wait");
    receive(request("wait"));
    caller.cancel({ code: 1, message: "over" }, new Error("over"));
    assert.deepEqual(texts.map(answerOf), [{ error: { code: 1, message: "over" } }]);
    assert.equal(service.inFlight, 1);
    gate.open("done");
    assert.deepEqual(await other, { result: "done" });
  });
});

test("calls that end in any order are forgotten: nothing is watched for them", async () => {
  for (let round = 0; round < 50; round++) {
    const random = new Choices(round);
    const clock = new FakeClock();
    const gates = Array.from({ length: 8 }, () => makeGate());
    const service = new Service({ clock });
    const timeouts = gates.map(() => 100 + 100 * random.below(5));
    const answers = gates.map((gate, i) => {
      service.addMethod(`m${i}`, () => gate.promise, { timeout: timeouts[i] as number });
      return call(service, `m${i}`);
    });
    const order = random.shuffled(gates);
    for (const gate of order) {
      gate.open();
      await turns(1);
    }
    assert.deepEqual(await Promise.all(answers), Array(8).fill({ result: null }));
    clock.advance(Math.min(...timeouts));
    assert.equal(clock.timers, 0, `round ${round}`);
    assert.equal(service.inFlight, 0);
  }
});

test("100,000 calls leave nothing behind", async () => {
  const clock = new FakeClock();
  const service = new Service({ timeout: 1_000, clock, limits: { inFlight: 100_000 }, onError() {} })
    .addMethod("fine", async (n: number) => n)
    .addMethod("fails", async () => Promise.reject(new Error("no")))
    .addMethod("looks", async ({ signal }: CallContext) => signal.aborted, { context: true })
    .addMethod("stuck", () => new Promise(() => {}));
  const caller: Caller = service.open({ limits: { inFlight: 100_000, totalInFlight: 100_000 } });
  const answers: Promise<unknown>[] = [];
  let mostTimers = 0;
  for (let i = 0; i < 25_000; i++) {
    answers.push(call(service, "fine", [i]), call(service, "fails"), call(service, "looks"));
    caller.receive(parseMessage(request("stuck"), 1), { answer() {} });
    mostTimers = Math.max(mostTimers, clock.timers);
  }
  assert.equal(service.inFlight, 100_000);
  assert.equal(mostTimers, 1);
  await Promise.all(answers);
  assert.equal(service.inFlight, 25_000);
  clock.advance(1_000);
  assert.equal(service.inFlight, 0);
  assert.equal(caller.inFlight, 0);
  assert.equal(clock.timers, 0);
  await service.stopServing();
});
