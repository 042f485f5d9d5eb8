/** One timer for any number of deadlines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import type { Clock } from "../../src/time/clock.ts";
import { Deadlines } from "../../src/time/deadlines.ts";

/** Deadlines of a list, and when it was looked through. */
function watched(clock: Clock) {
  const due: number[] = [];
  const looks: number[] = [];
  const deadlines = new Deadlines(clock, (now) => {
    looks.push(now);
    const left = due.filter((deadline) => deadline > now);
    due.length = 0;
    due.push(...left);
    return Math.min(Number.POSITIVE_INFINITY, ...left);
  });
  const watch = (deadline: number) => {
    due.push(deadline);
    deadlines.watch(deadline);
  };
  return { deadlines, watch, due, looks };
}

test("looks when the earliest comes, and then for the next", () => {
  const clock = new FakeClock();
  const { watch, due, looks } = watched(clock);
  for (const deadline of [300, 100, 200, 500]) {
    watch(deadline);
    assert.equal(clock.timers, 1);
  }
  clock.advance(99);
  assert.deepEqual(looks, []);
  clock.advance(1_000);
  assert.deepEqual(looks, [100, 200, 300, 500]);
  assert.deepEqual(due, []);
  assert.equal(clock.timers, 0);
});

test("looks once for deadlines that are close together, at most 10 ms late", () => {
  const clock = new FakeClock();
  const { watch, looks } = watched(clock);
  for (const deadline of [100, 101, 105, 110, 111, 125]) watch(deadline);
  clock.advance(1_000);
  assert.deepEqual(looks, [100, 110, 120, 130]);
});

test("sets no timer for a deadline that never comes", () => {
  const clock = new FakeClock();
  const { watch } = watched(clock);
  watch(Number.POSITIVE_INFINITY);
  assert.equal(clock.timers, 0);
});

test("looks soon for one that has passed", () => {
  const clock = new FakeClock();
  clock.advance(1_000);
  const { watch, looks } = watched(clock);
  watch(500);
  clock.advance(0);
  assert.deepEqual(looks, [1_000]);
});

test("forgets everything when it is stopped, and watches on", () => {
  const clock = new FakeClock();
  const { deadlines, watch, looks } = watched(clock);
  watch(100);
  deadlines.stop();
  deadlines.stop();
  assert.equal(clock.timers, 0);
  watch(200);
  clock.advance(1_000);
  assert.deepEqual(looks, [200]);
});

test("takes new deadlines while it looks", () => {
  const clock = new FakeClock();
  const looks: number[] = [];
  const deadlines = new Deadlines(clock, (now) => {
    looks.push(now);
    if (looks.length === 1) deadlines.watch(now + 50);
    return looks.length === 1 ? now + 80 : Number.POSITIVE_INFINITY;
  });
  deadlines.watch(100);
  clock.advance(1_000);
  assert.deepEqual(looks, [100, 150]);
  assert.equal(clock.timers, 0);
});

test("is never early: neither with fractions of milliseconds nor with timers that are", () => {
  const fake = new FakeClock();
  /** Timers of whole milliseconds, each a little early, as the platform's can be. */
  const early: Clock = {
    now: () => fake.now() + 0.4,
    after: (ms, action) => fake.after(Math.floor(ms) - 0.9, action),
    soon: (action) => fake.soon(action),
  };
  const { watch, looks, due } = watched(early);
  watch(100.5);
  fake.advance(200);
  assert.deepEqual(due, []);
  const last = looks.at(-1) ?? 0;
  assert.ok(last >= 100.5 && last <= 111.5, `ended at ${last}`);
});
