import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { watchedDeferred } from "../../src/connection/watched-promise.ts";

/** Rejects one; whether it was reported that nobody asked. */
async function isReported(asking: (promise: Promise<unknown>) => unknown, when: "before" | "after"): Promise<boolean> {
  const { promise, reject } = watchedDeferred<unknown>();
  let reported = false;
  if (when === "before") asking(promise);
  reject(new Error("no"));
  promise.unlessAsked(() => {
    reported = true;
  });
  if (when === "after") queueMicrotask(() => asking(promise));
  // Timers of the same length run in the order in which they were set.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return reported;
}

const ignore = () => {};
const ways: Readonly<Record<string, (promise: Promise<unknown>) => unknown>> = {
  await: async (promise) => {
    try {
      await promise;
    } catch {}
  },
  "promise.then": (promise) => promise.then(ignore, ignore),
  "promise.catch": (promise) => promise.catch(ignore),
  "promise.finally": (promise) => promise.finally(ignore).catch(ignore),
  "Promise.all": (promise) => Promise.all([promise]).catch(ignore),
  "Promise.allSettled": (promise) => Promise.allSettled([promise]),
  "Promise.race": (promise) => Promise.race([promise]).catch(ignore),
  "Promise.resolve": (promise) => Promise.resolve(promise).catch(ignore),
  "for await": async (promise) => {
    try {
      for await (const _ of [promise]);
    } catch {}
  },
};

describe("a watched promise", () => {
  for (const [name, ask] of Object.entries(ways)) {
    for (const when of ["before", "after"] as const) {
      test(`is not reported to somebody who asked by ${name} ${when} it was rejected`, async () => {
        assert.equal(await isReported(ask, when), false);
      });
    }
  }

  test("is reported when nobody asked", async () => {
    assert.equal(await isReported(ignore, "before"), true);
  });

  test("is reported when it was only passed on", async () => {
    assert.equal(await isReported((promise) => [promise, promise instanceof Promise], "before"), true);
  });

  test("gives what it was settled with", async () => {
    const { promise, resolve } = watchedDeferred<number>();
    resolve(1);
    assert.equal(await promise, 1);
    assert.deepEqual(await Promise.all([promise, promise.then((value) => value + 1)]), [1, 2]);
    assert.equal(Object.getPrototypeOf(promise.then()), Promise.prototype);
  });
});
