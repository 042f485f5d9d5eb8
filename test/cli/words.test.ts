import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withFraming } from "../../src/cli/connect/address.ts";
import { safeText } from "../../src/cli/output/safe-text.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { escapedBytes } from "../../src/cli/wire/escape.ts";
import { batchLines } from "../../src/cli/words/batch-lines.ts";
import { duration } from "../../src/cli/words/numbers.ts";
import { paramsOf } from "../../src/cli/words/params.ts";
import type { Sources } from "../../src/cli/words/sources.ts";
import { splitWords } from "../../src/cli/words/split.ts";

const sources: Sources = {
  stdin: async () => '{"from": "stdin"}',
  file: async (path) => (path === "text" ? "just text" : `["${path}", 1]`),
};

describe("params as words", () => {
  const rows: [words: string[], params: unknown][] = [
    [[], undefined],
    [
      ["1", "-2.5", "true", "null"],
      [1, -2.5, true, null],
    ],
    [
      ["hello", "two words", "007", "NaN", ""],
      ["hello", "two words", "007", "NaN", ""],
    ],
    [
      ['"5"', '{"a":[1]}', "[]"],
      ["5", { a: [1] }, []],
    ],
    [["[1,2]"], [[1, 2]]],
    [["minuend=5", "subtrahend=three", "c=", 'd={"e":1}'], { minuend: 5, subtrahend: "three", c: "", d: { e: 1 } }],
    [['a:="5"', "b:=5", "url=http://x/?y=z"], { a: "5", b: 5, url: "http://x/?y=z" }],
    [["__proto__=1"], JSON.parse('{"__proto__":1}')],
    [['"a=b"'], ["a=b"]],
    [["1=2"], ["1=2"]],
    [["-"], { from: "stdin" }],
    [["@f"], ["f", 1]],
    [
      ["@text", "2"],
      ["just text", 2],
    ],
    [["a=@f"], { a: ["f", 1] }],
    [["@"], ["@"]],
  ];
  for (const [words, params] of rows) {
    test(JSON.stringify(words), async () => assert.deepEqual(await paramsOf(words, sources), params));
  }

  const mistakes: [words: string[], complaint: RegExp][] = [
    [["a=1", "2"], /every param by name, or none, got "2"/],
    [["a=1", "a=2"], /the param a stands there twice/],
    [["{a:1}"], /starts like JSON and is none/],
    [["[1,"], /starts like JSON and is none/],
    [["a:=word"], /expected JSON behind a:=, got "word"/],
    [["@text"], /expected params as a JSON array or object in text/],
    [["12345678901234567890"], /cannot be sent digit for digit/],
    [["[1e400]"], /cannot be sent digit for digit/],
    [["0.12345678901234567890123"], /cannot be sent digit for digit/],
  ];
  for (const [words, complaint] of mistakes) {
    test(`refuses ${JSON.stringify(words)}`, async () => {
      await assert.rejects(paramsOf(words, sources), (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, complaint);
        return true;
      });
    });
  }

  test("--params is all of them, or a source of them", async () => {
    assert.deepEqual(await paramsOf([], sources, "[1]"), [1]);
    assert.deepEqual(await paramsOf([], sources, "-"), { from: "stdin" });
    await assert.rejects(paramsOf(["1"], sources, "[1]"), /got both/);
    await assert.rejects(paramsOf([], sources, "5"), /a JSON array or object in --params, got "5"/);
  });

  test("large numbers go when they are exact", async () => {
    assert.deepEqual(await paramsOf(["9007199254740992", '"12345678901234567890"'], sources), [
      2 ** 53,
      "12345678901234567890",
    ]);
  });
});

describe("lines", () => {
  test("are divided at spaces that are in no quotes, braces or brackets", () => {
    assert.deepEqual(splitWords(`  add [1, 2]  {"x": "} ]"} name='two words' k={"a b": 1} "c d"`), [
      "add",
      "[1, 2]",
      '{"x": "} ]"}',
      "name=two words",
      'k={"a b": 1}',
      '"c d"',
    ]);
    for (const open of ["a 'b", 'a "b', "a [1", '{"a": [}']) assert.throws(() => splitWords(open), /is not closed/);
  });

  test("of a batch are words, or requests", async () => {
    const text = '# a comment\nadd 1 2\n\n{"method": "log", "params": ["x"]}\r\n{"id": 1, "method": "get"}\n';
    assert.deepEqual(await batchLines(text, sources), [
      { line: 2, method: "add", params: [1, 2], notification: false },
      { line: 4, method: "log", params: ["x"], notification: true },
      { line: 5, method: "get", params: undefined, notification: false },
    ]);
    await assert.rejects(batchLines("add 1\nadd {", sources), /^UsageError: line 2: a \{ is not closed/);
    await assert.rejects(batchLines('{"params": []}', sources), /line 1: expected a request with a method/);
  });
});

test("times have units", () => {
  assert.deepEqual(["250", "250ms", "2s", "1.5m", "0"].map(duration), [250, 250, 2_000, 90_000, 0]);
  for (const text of ["", "-1", "2h", "s", "1e3"]) assert.throws(() => duration(text), /Expected a time/);
});

test("a framing is added to an address that can have one", () => {
  assert.equal(withFraming("tcp://h:1", "newline"), "tcp://h:1?framing=newline");
  assert.equal(withFraming("tcp://h:1?framing=newline", "newline"), "tcp://h:1?framing=newline");
  assert.equal(withFraming("tcp://h:1", undefined), "tcp://h:1");
  assert.throws(() => withFraming("tcp://h:1?framing=newline", "netstring"), UsageError);
  assert.equal(withFraming("ws://h:1", "netstring"), "ws://h:1");
});

test("a terminal gets nothing that it would obey", () => {
  assert.equal(
    safeText("a\u001b[31mb\u0007\u009bc\u202ed\u2028é\u{1f600}"),
    "a\\u001b[31mb\\u0007\\u009bc\\u202ed\\u2028é\u{1f600}",
  );
  assert.equal(escapedBytes(Buffer.from("a\\\r\n\té\u0000")), "a\\\\\\r\\n\\t\\xc3\\xa9\\x00");
});
