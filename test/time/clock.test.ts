/** The system's clock, and a test's. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { systemClock, timeoutOf } from "../../src/time/clock.ts";

/** Timers that keep this process alive. */
const holding = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;

describe("the system's clock", () => {
  test("never goes back", () => {
    const first = systemClock.now();
    assert.ok(systemClock.now() >= first);
  });

  test("runs an action once, not before it is due", async () => {
    const start = systemClock.now();
    const at = await new Promise<number>((resolve) => systemClock.after(20, () => resolve(systemClock.now()), true));
    // The platform's timers count whole milliseconds.
    assert.ok(at - start > 18.9, `after ${at - start} ms`);
  });

  test("runs one that is overdue soon", async () => {
    await new Promise<void>((resolve) => systemClock.after(-5, resolve, true));
  });

  test("can be called off, also late and twice", async () => {
    let runs = 0;
    const cancel = systemClock.after(1, () => runs++, true);
    cancel();
    cancel();
    const cancelLate = await new Promise<() => void>((resolve) => {
      const cancelThis = systemClock.after(2, () => resolve(cancelThis), true);
    });
    cancelLate();
    assert.equal(runs, 0);
  });

  test("holds the process only when it is asked to", () => {
    const before = holding();
    const cancelLoose = systemClock.after(60_000, () => {});
    assert.equal(holding(), before);
    const cancelHeld = systemClock.after(60_000, () => {}, true);
    assert.equal(holding(), before + 1);
    cancelLoose();
    cancelHeld();
    assert.equal(holding(), before);
  });

  test("takes what is longer than the longest timer for that, and does not run it at once", async () => {
    for (const ms of [2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY]) {
      let ran = false;
      const cancel = systemClock.after(ms, () => {
        ran = true;
      });
      await new Promise<void>((resolve) => systemClock.after(5, resolve, true));
      assert.equal(ran, false, `${ms}`);
      cancel();
    }
  });
});

describe("a test's clock", () => {
  test("runs what comes due in order, each at its moment, and what that sets in turn", () => {
    const clock = new FakeClock();
    const events: string[] = [];
    const note = (name: string) => () => events.push(`${name} at ${clock.now()}`);
    clock.after(20, note("second"));
    clock.after(10, () => {
      note("first")();
      clock.after(5, note("nested"));
      clock.after(500, note("too late"));
    });
    clock.after(20, note("third"));
    const cancel = clock.after(15, note("called off"));
    cancel();
    clock.advance(100);
    assert.deepEqual(events, ["first at 10", "nested at 15", "second at 20", "third at 20"]);
    assert.equal(clock.now(), 100);
    assert.equal(clock.timers, 1);
  });
});

describe("a timeout", () => {
  const rows: readonly [given: number, ms: number][] = [
    [0, Number.POSITIVE_INFINITY],
    [-0, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [0.5, 0.5],
    [5_000, 5_000],
  ];
  for (const [given, ms] of rows) test(`of ${given} is ${ms}`, () => assert.equal(timeoutOf(given), ms));

  for (const given of [-1, Number.NaN, Number.NEGATIVE_INFINITY, "5", null, undefined, {}, 5n]) {
    test(`cannot be ${String(given)}`, () => {
      assert.throws(() => timeoutOf(given as number), {
        name: "RangeError",
        message: `expected a timeout in milliseconds, or 0 for none, got ${String(given)}`,
      });
    });
  }
});
