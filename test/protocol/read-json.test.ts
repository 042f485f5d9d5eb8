/** Params and results read from a text: what JSON.parse makes of them, and what it refuses is refused. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect, isDeepStrictEqual } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readJson } from "../../src/protocol/read-json.ts";

const BEFORE = '{"params":';

/** What is read, or the name of the error. */
function read(json: string, read: (text: string) => unknown): unknown {
  try {
    return { value: read(json) };
  } catch (error) {
    return (error as Error).name;
  }
}

/** As the parser has it: in the middle of a text, up to a brace. */
function readWithin(json: string): unknown {
  return readJson(`${BEFORE}${json}}`, BEFORE.length, BEFORE.length + json.length);
}

function same(json: string): void {
  const [actual, expected] = [read(json, readWithin), read(json, JSON.parse)];
  if (typeof actual === "string" && actual === expected) return;
  if (isDeepStrictEqual(actual, expected)) return;
  assert.fail(`${JSON.stringify(json)} was read as ${inspect(actual)} instead of ${inspect(expected)}`);
}

/** All sequences of so many of these parts. */
function* sequences(
  parts: readonly string[],
  length: number,
  start: readonly string[] = [],
): Generator<readonly string[]> {
  if (length === 0) yield start;
  else for (const part of parts) yield* sequences(parts, length - 1, [...start, part]);
}

describe("what is read of JSON", () => {
  it("is right for whatever can be made of few parts", () => {
    const most = ["[", "]", '"', ",", "\\", "a", "true", "12", " "];
    const all = [...most, "{", "}", ":", "null", "0", "-", ".", "e", "\n", "é"];
    let count = 0;
    for (const [parts, longest] of [
      [all, 3],
      [most, 4],
    ] as const) {
      for (let length = 0; length <= longest; length++) {
        for (const chosen of sequences(parts, length)) {
          same(chosen.join(""));
          count++;
        }
      }
    }
    assert.equal(count, 1 + 19 + 19 ** 2 + 19 ** 3 + (1 + 9 + 9 ** 2 + 9 ** 3 + 9 ** 4));
  });

  it("is right for whatever can be made of few values in a list", () => {
    const values = [
      '""',
      '"ab"',
      '"a]"',
      '"a,"',
      '"\\n"',
      "0",
      "7",
      "01",
      "1e1",
      "-0",
      "true",
      "false",
      "null",
      "nul",
      "[]",
    ];
    for (let length = 0; length <= 4; length++) {
      for (const chosen of sequences(values, length)) same(`[${chosen.join(",")}]`);
    }
  });

  for (const length of [11, 12, 13, 14, 15, 16, 100]) {
    it(`is right for ${length} characters and digits`, () => {
      const [letters, digits] = ["x".repeat(length), "1234567890".repeat(10).slice(0, length)];
      for (const json of [
        `"${letters}"`,
        `["${letters}"]`,
        digits,
        `[${digits}]`,
        `-${digits}`,
        `"${letters}`,
        `["${letters}"`,
      ]) {
        same(json);
      }
    });
  }

  it("is right for every code unit in a string", () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const character = String.fromCharCode(unit);
      same(`"${character}"`);
      same(`["a${character}"]`);
    }
  });

  it("is a list like any other", () => {
    assert.deepEqual(readWithin('["a",1,true]'), ["a", 1, true]);
    assert.ok(Array.isArray(readWithin("[1]")));
    assert.equal(readWithin("123456789012"), 123_456_789_012);
  });

  it("does not keep the text alive", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const before = heapAfter(collect);
    const kept: unknown[] = [];
    for (const json of [
      '"twelve chars"',
      '["twelve chars"]',
      '"thirteen char"',
      '["thirteen char"]',
      '["a","b",1]',
      "12",
    ]) {
      for (let i = 0; i < 10; i++) {
        const text = `${"x".repeat(2 ** 20)}${i}${json}}`;
        kept.push(readJson(text, text.length - 1 - json.length, text.length - 1));
      }
    }
    const grown = heapAfter(collect) - before;
    assert.equal(kept.length, 60);
    // Each that is kept takes a fifth of this, ten of a kind twice as much. The last may be at hand still.
    assert.ok(grown < 5 * 2 ** 20, `${grown} bytes were kept`);
  });
});

function heapAfter(collect: () => void): number {
  collect();
  return process.memoryUsage().heapUsed;
}
