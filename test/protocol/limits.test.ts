/** Limits: the profiles, and what options make of them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LimitOptions, type Limits, resolveLimits, trusted, untrusted } from "../../src/protocol/limits.ts";

const rows: readonly [what: string, options: LimitOptions | undefined, usual: Limits, expected: Limits][] = [
  ["nothing said", undefined, trusted, trusted],
  ["nothing said, as an object", {}, trusted, trusted],
  ["a profile's name", "untrusted", trusted, untrusted],
  ["another profile's name", "trusted", untrusted, trusted],
  ["one limit", { inFlight: 7 }, trusted, { ...trusted, inFlight: 7 }],
  ["a profile and a limit", { profile: "untrusted", inFlight: 7 }, trusted, { ...untrusted, inFlight: 7 }],
  ["a profile in an object", { profile: "trusted" }, untrusted, trusted],
  ["no bound", { batchLength: Number.POSITIVE_INFINITY }, untrusted, { ...untrusted, batchLength: Infinity }],
  ["undefined", { inFlight: undefined, profile: undefined } as object, untrusted, untrusted],
];
for (const [what, options, usual, expected] of rows) {
  test(what, () => assert.deepEqual(resolveLimits(options, usual), expected));
}

describe("what makes no sense is refused:", () => {
  const wrong: readonly [options: unknown, message: string][] = [
    ["careful", 'expected "untrusted" or "trusted" as the limits\' profile, got careful'],
    [{ profile: "careful" }, 'expected "untrusted" or "trusted" as the limits\' profile, got careful'],
    [{ profile: "constructor" }, 'expected "untrusted" or "trusted" as the limits\' profile, got constructor'],
    [{ inFlights: 7 }, "there is no limit named inFlights"],
    [{ toString: 7 }, "there is no limit named toString"],
    [{ inFlight: 0 }, "expected a number above zero as the limit inFlight, got 0"],
    [{ inFlight: -1 }, "expected a number above zero as the limit inFlight, got -1"],
    [{ inFlight: Number.NaN }, "expected a number above zero as the limit inFlight, got NaN"],
    [{ inFlight: "7" }, "expected a number above zero as the limit inFlight, got 7"],
    [{ inFlight: null }, "expected a number above zero as the limit inFlight, got null"],
  ];
  for (const [options, message] of wrong) {
    test(message, () => {
      assert.throws(() => resolveLimits(options as LimitOptions, untrusted), { name: "RangeError", message });
    });
  }
});

test("the profiles cannot be changed, and what options make of them is no profile", () => {
  assert.ok(Object.isFrozen(trusted) && Object.isFrozen(untrusted));
  assert.notEqual(resolveLimits({ inFlight: 7 }, untrusted), untrusted);
  assert.equal(untrusted.inFlight, 8_192);
});

test("the profiles hold to the design", () => {
  for (const limits of [trusted, untrusted]) {
    assert.ok(limits.inFlight >= 4_096, "enough calls in flight for a busy client");
    assert.ok(limits.queuedBytes * 2 <= limits.maxQueuedBytes, "room between pausing and cutting");
  }
  for (const name of Object.keys(untrusted) as (keyof Limits)[]) assert.ok(trusted[name] >= untrusted[name], name);
});
