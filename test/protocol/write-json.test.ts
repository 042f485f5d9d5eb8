/** JSON text of params and results: to the character what JSON.stringify writes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jsonOf } from "../../src/protocol/write-json.ts";

/*
 * Lengths around those where something else is done: up to 24 and from 512 on a look, at 256 and at each 32 KiB the next
 * part.
 */
const LENGTHS = [
  0,
  1,
  2,
  23,
  24,
  25,
  511,
  512,
  513,
  514,
  515,
  516,
  1_024,
  256 + 32_768,
  257 + 32_768,
  40_001,
  256 + 65_536,
  100_003,
];

function same(value: unknown, what?: string): void {
  const [actual, expected] = [jsonOf(value), JSON.stringify(value)];
  // Not assert.equal, which would print both.
  assert.ok(actual === expected, what ?? `${expected?.slice(0, 60)}… was written otherwise`);
}

describe("a string's JSON", () => {
  for (const length of LENGTHS) {
    it(`is right for ${length} plain characters`, () => same("x".repeat(length)));
  }

  it("is right for every code unit of one byte, and some of two, wherever in a word it stands", () => {
    const units = [...Array.from({ length: 0x180 }, (_, unit) => unit), 0x2028, 0xd800, 0xdc00, 0xd85c, 0xfeff, 0xffff];
    for (const unit of units) {
      for (let at = 600; at < 604; at++) {
        same("a".repeat(at) + String.fromCharCode(unit) + "~".repeat(40), `U+${unit.toString(16)} at ${at}`);
      }
    }
  });

  it("is right for every code unit, wherever in a short one it stands", () => {
    for (let unit = 0; unit <= 0xffff; unit++) same(`a${String.fromCharCode(unit)}`, `U+${unit.toString(16)}`);
    for (let unit = 0; unit < 0x180; unit++) {
      for (let at = 0; at < 25; at++) {
        const text = "a".repeat(at) + String.fromCharCode(unit) + "~".repeat(24 - at);
        same(text.slice(0, 24), `U+${unit.toString(16)} at ${at}`);
        same([text.slice(0, 24)], `U+${unit.toString(16)} at ${at} in an array`);
      }
    }
  });

  it("is right where the one character to be escaped stands at an end of a part", () => {
    const ends = [0, 1, 255, 256, 257, 255 + 32_768, 256 + 32_768, 255 + 65_536, 69_999];
    for (const at of ends) {
      for (const character of ['"', "\\", "\n", "\0", "\x1f", "é", "😀", "\ud83d"]) {
        const text = "z".repeat(at) + character + "z".repeat(69_999 - at);
        same(text, `${JSON.stringify(character)} at ${at}`);
      }
    }
  });

  it("is right for a character of two bytes where the room for a part ends", () => {
    for (let at = 256 + 32_768 - 3; at < 256 + 32_768 + 3; at++) same(`${"a".repeat(at)}éb${"a".repeat(99)}`);
  });

  it("is right for all of ASCII that is as it is, and for what was put together, cut out, or made of wide characters", () => {
    const ascii = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i))
      .join("")
      .replace(/["\\]/g, "");
    same(ascii.repeat(10));
    let rope = "";
    for (let i = 0; i < 2_000; i++) rope += String(i);
    same(rope);
    same(rope.slice(3, 5_000));
    same(`é${"plain".repeat(500)}`.slice(1));
  });
});

describe("a value's JSON", () => {
  const long = "base64".repeat(200);
  const withToJson = { toJSON: (key: string) => `at ${key}` };
  const sparse = [long];
  sparse[3] = "end";
  const rows: readonly [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["a number", 1.5],
    ["zero below zero", -0],
    ["a number below zero", -1],
    ["no number", Number.NaN],
    ["a number with an exponent", 1e21],
    ["a whole number that is none any more", 2 ** 53],
    ["true", true],
    ["false", false],
    ["a function", () => 1],
    ["an object with a long string", { long }],
    ["an empty array", []],
    ["a short array", ["a", 1, null]],
    ["short strings", ["", "a", "bc", "x".repeat(24)]],
    ["eight short strings", Array.from("abcdefgh")],
    ["nine", Array.from("abcdefghi")],
    ["a short string that is not plain behind one that is", ["a", 'b"', "c"]],
    ["short strings and one that is not", ["a", "x".repeat(25)]],
    ["a short string and a hole", Object.assign(["a"], { length: 2 })],
    ["short strings that say what they are", Object.assign(["a", "b"], { toJSON: () => "said" })],
    ["strings in a Proxy", new Proxy(["a", "b"], {})],
    ["a long string", [long]],
    ["several", [long, "short", `${long}\n`, long]],
    ["beside all kinds", [long, 1, Number.NaN, true, null, undefined, () => 1, Symbol("s")]],
    ["beside structures", [long, { a: [1, { b: long }] }, [long], new Map(), new Date(0)]],
    ["beside objects of wrapped values", [long, Object("text"), Object(1), Object(false)]],
    ["more than are looked at", Array.from({ length: 9 }, () => long)],
    ["holes", sparse],
    ["an element that says what it is, and where", ["", long, withToJson]],
    ["a function that does", [long, Object.assign(() => 1, withToJson)]],
    ["an array that does", Object.assign([long], withToJson)],
    ["one whose toJSON is none", Object.assign([long], { toJSON: 1 })],
    ["no prototype", Object.setPrototypeOf([long], null)],
    ["an array of another class", new (class extends Array<string> {})(long, long)],
  ];
  for (const [what, value] of rows) it(`is right for ${what}`, () => same(value));

  it("is right for every whole number that is written here, and some more", () => {
    for (let number = 0; number < 1_001_000; number++) {
      if (jsonOf(number) !== String(number)) assert.fail(`${number} was written otherwise`);
    }
  });

  it("is right for every array of few short values", () => {
    const values = ["", "a", 'b"', "é", 0, 7, 1_000, 1_000_000, 1e21, 1.5, -0, true, false, null, undefined, {}];
    for (const a of values) {
      same([a]);
      for (const b of values) {
        same([a, b]);
        for (const c of values) same([a, b, c]);
      }
    }
  });

  it("is that of as many elements as there were, also where one adds others", () => {
    const growing = () => {
      const array: unknown[] = [long];
      array.push({ within: { toJSON: () => array.push("late") } });
      return array;
    };
    assert.equal(jsonOf(growing()), JSON.stringify(growing()));
  });

  it("comes to an end for one that is longer whenever it is asked", () => {
    for (const element of ["short", "é", long]) {
      let length = 0;
      const get = (_target: unknown, name: string | symbol) => {
        if (name === "length") length++;
        return name === "length" ? length : name === "toJSON" ? undefined : element;
      };
      assert.equal(jsonOf(new Proxy([], { get }))?.slice(0, 2), '["', element);
      assert.ok(length <= 2, `asked ${length} times`);
    }
  });

  it("is right for a Proxy whose length is none", () => {
    for (const length of ["0", "1", -1, Number.NaN, undefined, null, 1.5]) {
      for (const elements of [
        ["a", "b"],
        [long, "b"],
      ]) {
        const get = (target: string[], name: string | symbol) =>
          name === "length" ? length : Reflect.get(target, name);
        same(new Proxy(elements, { get }), `length ${length}`);
      }
    }
  });

  it("is refused as JSON.stringify refuses it", () => {
    const circular: unknown[] = [long];
    circular.push(circular);
    for (const value of [circular, [long, 1n], [long, { circular }], 1n]) {
      assert.throws(() => jsonOf(value), TypeError);
    }
  });
});
