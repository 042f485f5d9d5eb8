import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { PendingCall } from "../../src/connection/pending-call.ts";
import { PendingCalls } from "../../src/connection/pending-calls.ts";
import { FakeClock } from "../../src/testing/index.ts";

interface Options {
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** A record of calls, and what became of each. */
function records(lastId = 0) {
  const clock = new FakeClock();
  const pending = new PendingCalls(clock, lastId);
  const outcomes: unknown[] = [];
  const add = ({ timeout = Number.POSITIVE_INFINITY, signal }: Options = {}): PendingCall => {
    const note = (outcome: unknown) => outcomes.push(outcome);
    const call = new PendingCall("m", note, note);
    pending.add(call, timeout, signal);
    return call;
  };
  const send = (options?: Options): PendingCall => {
    const call = add(options);
    call.ordinal = 1;
    return call;
  };
  return { clock, pending, outcomes, add, send };
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("ids", () => {
  it("count up from 1", () => {
    const { add } = records();
    assert.deepEqual(
      Array.from({ length: 300 }, () => add().id),
      Array.from({ length: 300 }, (_, at) => at + 1),
    );
  });

  it("are found again, each with its call, and once", () => {
    const { pending, send } = records();
    const calls = Array.from({ length: 1_000 }, () => send());
    for (const call of calls) assert.equal(pending.take(call.id), call);
    for (const call of calls) assert.equal(pending.take(call.id), undefined);
    assert.equal(pending.size, 0);
  });

  it("of calls that were not sent are not found", () => {
    const { pending, add } = records();
    const { id } = add();
    assert.equal(pending.take(id), undefined);
    assert.equal(pending.size, 1);
  });

  for (const id of [
    0,
    -0,
    -1,
    1.5,
    1 + 64,
    1 + 2 ** 32,
    1 - 2 ** 32,
    2 ** 53 + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]) {
    it(`that were never given are not found: ${id}`, () => {
      const { pending, send } = records();
      send();
      assert.equal(pending.take(id), undefined);
      assert.equal(pending.size, 1);
    });
  }

  it("start anew behind the largest safe integer, and stay unique", () => {
    const { pending, send } = records(Number.MAX_SAFE_INTEGER - 3);
    const calls = Array.from({ length: 6 }, () => send());
    assert.deepEqual(
      calls.map(({ id }) => id),
      [Number.MAX_SAFE_INTEGER - 2, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER, 1, 2, 3],
    );
    for (const call of calls) assert.equal(pending.take(call.id), call);
  });

  it("beyond 2^32 and 2^52 work as any other", () => {
    for (const start of [2 ** 31 - 40, 2 ** 32 - 40, 2 ** 52 - 40]) {
      const { pending, send } = records(start);
      const calls = Array.from({ length: 80 }, () => send());
      assert.equal(new Set(calls.map(({ id }) => id)).size, 80);
      for (const call of calls) assert.equal(pending.take(call.id), call);
    }
  });

  it("pass over those of slow calls, however often they come round, also behind the largest safe integer", () => {
    const { pending, send } = records(Number.MAX_SAFE_INTEGER - 1_000);
    const slow = [send(), send(), send()];
    const taken = new Set(slow.map(({ id }) => id & 63));
    for (let i = 0; i < 10_000; i++) {
      const call = send();
      assert(Number.isSafeInteger(call.id) && call.id > 0);
      assert(!taken.has(call.id & 63));
      assert.equal(pending.take(call.id), call);
    }
    for (const call of slow) assert.equal(pending.take(call.id), call);
  });
});

describe("the record", () => {
  it("grows and shrinks, losing no call", () => {
    const { pending, send } = records();
    for (const peak of [10, 100, 5_000, 3, 70_000, 1]) {
      const calls = Array.from({ length: peak }, () => send());
      assert.equal(pending.size, peak);
      assert.equal(pending.all().length, peak);
      for (const call of calls.reverse()) assert.equal(pending.take(call.id), call);
      assert.equal(pending.size, 0);
    }
  });

  it("keeps slow calls while others come and go by the thousand", () => {
    const { pending, send } = records();
    const slow: PendingCall[] = [];
    for (let round = 0; round < 50; round++) {
      slow.push(send());
      const calls = Array.from({ length: 200 }, () => send());
      for (const call of calls) assert.equal(pending.take(call.id), call);
    }
    assert.deepEqual(pending.all(), slow);
    for (const call of slow) assert.equal(pending.take(call.id), call);
  });

  it("settles no call twice", () => {
    const { pending, outcomes, send, clock } = records();
    const controller = new AbortController();
    const call = send({ timeout: 10, signal: controller.signal });
    pending.reject(call, "first");
    pending.reject(call, "second");
    pending.rejectAll(() => "third");
    controller.abort();
    clock.advance(10);
    pending.remove(call);
    assert.deepEqual(outcomes, ["first"]);
    assert.equal(pending.size, 0);
  });
});

describe("timeouts", () => {
  it("reject what is due and nothing else", () => {
    const { clock, pending, outcomes, add } = records();
    add({ timeout: 300 });
    add({ timeout: 100 });
    add({ timeout: 200 });
    add();
    const counts = [99, 1, 99, 1, 99, 1].map((ms) => {
      clock.advance(ms);
      return outcomes.length;
    });
    assert.deepEqual(counts, [0, 1, 1, 2, 2, 3]);
    assert.equal(pending.size, 1);
    assert.equal(clock.timers, 0);
  });

  it("have one timer, however many calls there are", () => {
    const { clock, pending, add } = records();
    for (let i = 0; i < 1_000; i++) {
      add({ timeout: 5_000 - i });
      clock.advance(0);
      assert.equal(clock.timers, 1);
    }
    // A deadline may be met a little late, so that near ones are met together.
    clock.advance(5_010);
    assert.equal(pending.size, 0);
    assert.equal(clock.timers, 0);
  });

  it("need no timer once all are rejected", () => {
    const { clock, pending, add } = records();
    add({ timeout: 100 });
    pending.rejectAll(() => "over");
    clock.advance(0);
    assert.equal(clock.timers, 0);
    add({ timeout: 100 });
    clock.advance(0);
    assert.equal(clock.timers, 1);
    pending.rejectAll(() => "over");
    assert.equal(clock.timers, 0);
  });

  it("may be longer than any timer", () => {
    const { clock, outcomes, add } = records();
    add({ timeout: 2 ** 40 });
    clock.advance(2 ** 40 - 1);
    assert.equal(outcomes.length, 0);
    clock.advance(1);
    assert.equal(outcomes.length, 1);
  });
});

describe("a timeout", () => {
  it("is counted from the end of what made the call, not from before: a busy program is given its time", () => {
    let now = 1_000;
    let due = () => {};
    const looks: (() => void)[] = [];
    const timers: number[] = [];
    const pending = new PendingCalls({
      now: () => now,
      after: (ms, action) => {
        timers.push(ms);
        due = action;
        return () => {};
      },
      soon: (action) => looks.push(action),
    });
    const outcomes: unknown[] = [];
    const add = (timeout: number) => {
      const call = new PendingCall(
        "m",
        () => assert.fail(),
        (error) => outcomes.push(error),
      );
      pending.add(call, timeout, undefined);
    };
    add(100);
    now += 90;
    add(50);
    assert.equal(looks.length, 1);
    now += 30;
    looks[0]?.();
    assert.deepEqual(timers, [50]);
    now += 50;
    due();
    assert.equal(outcomes.length, 1);
    add(0.5);
    assert.equal(looks.length, 2);
    looks[1]?.();
    now += 100;
    due();
    assert.equal(outcomes.length, 3);
  });
});

describe("abort signals", () => {
  it("of one call each give up that call alone, also when another call joined and left", () => {
    const { pending, outcomes, send } = records();
    const [own, shared] = [new AbortController(), new AbortController()];
    send();
    const first = send({ signal: shared.signal });
    const second = send({ signal: shared.signal });
    send({ signal: own.signal });
    pending.take(first.id);
    own.abort();
    assert.equal(outcomes.length, 1);
    shared.abort();
    assert.equal(outcomes.length, 2);
    assert.equal(second.pending, false);
    assert.equal(pending.size, 1);
  });

  it("have one listener each, however many calls share one, and none once no call does", () => {
    const { pending, send } = records();
    const [shared, own] = [new AbortController().signal, new AbortController().signal];
    const calls = Array.from({ length: 100 }, () => send({ signal: shared }));
    const other = send({ signal: own });
    assert.deepEqual([listeners(shared), listeners(own)], [1, 1]);
    for (const call of calls.slice(1)) pending.take(call.id);
    assert.equal(listeners(shared), 1);
    pending.take(calls[0]?.id as number);
    pending.take(other.id);
    assert.deepEqual([listeners(shared), listeners(own)], [0, 0]);
  });

  it("reject their own calls, in the order in which they were made, and no others", () => {
    const { pending, outcomes, send, add } = records();
    const controller = new AbortController();
    const kept = send({ signal: new AbortController().signal });
    send({ signal: controller.signal });
    add({ signal: controller.signal });
    controller.abort("why");
    assert.deepEqual(
      outcomes.map((error) => [(error as Error).name, (error as Error).cause, (error as { outcome?: string }).outcome]),
      [
        ["AbortError", "why", "unknown"],
        ["AbortError", "why", "not-sent"],
      ],
    );
    assert.deepEqual(pending.all(), [kept]);
    assert.equal(listeners(controller.signal), 0);
  });

  it("that are none add nothing", () => {
    const { pending, add } = records();
    assert.throws(() => add({ signal: {} as AbortSignal }), TypeError);
    assert.equal(pending.size, 0);
    assert.equal(add().id, 1);
  });
});
