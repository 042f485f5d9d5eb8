/** What is shown and read of values of many megabytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { shownJson } from "../../src/cli/output/json.ts";
import type { Paint } from "../../src/cli/output/paint.ts";
import { parseExactly } from "../../src/cli/words/exact-json.ts";

const marked: Paint = (style, text) => `<${style} ${text}>`;

test("a string of 30 MB is shown and read, plain or full of escapes", () => {
  for (const huge of ["x".repeat(30_000_000), '\\"'.repeat(15_000_000)]) {
    const json = JSON.stringify(huge);
    // Not by `equal`, which would show both.
    assert.ok(shownJson(huge, marked) === `<green ${json}>`);
    assert.ok(Array.isArray(parseExactly(`[${json}, 5]`)));
  }
});

test("keys, strings, numbers and words have a colour each, whatever they hold", () => {
  const value = { 'a"': [1, -2.5e30, true, null], b: "x\\", c: '\\"5 true', d: "" };
  assert.equal(
    shownJson(value, marked),
    String.raw`{<blue "a\"">: [<yellow 1>, <yellow -2.5e+30>, <magenta true>, <magenta null>], <blue "b">: <green "x\\">, ` +
      String.raw`<blue "c">: <green "\\\"5 true">, <blue "d">: <green "">}`,
  );
});

test("a number that would lose digits is found behind strings that look like it", () => {
  assert.equal((parseExactly(String.raw`["\\", "9007199254740993", "\"9007199254740993"]`) as unknown[]).length, 3);
  assert.throws(() => parseExactly(String.raw`["\\", 9007199254740993]`), /cannot be sent digit for digit/);
});
