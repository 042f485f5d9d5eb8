import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { FramingError } from "../../src/framing/framing-error.ts";
import { newline } from "../../src/framing/newline.ts";
import { cut, decode, framingSuite, LIMIT } from "../conformance/framing.ts";

const LONG = "x".repeat(LIMIT + 1);

framingSuite({
  framing: newline,
  golden: [
    ["hello world!", "hello world!\n"],
    ['{"a":1}', '{"a":1}\n'],
    ['"é"', Buffer.from([0x22, 0xc3, 0xa9, 0x22, 0x0a])],
    ['"😀"', '"😀"\n'],
    ['"\u2028\u2029\u0085\v\f"', '"\u2028\u2029\u0085\v\f"\n'],
    [" \t1", " \t1\n"],
  ],
  violations: [
    { name: "a line over the limit", bytes: `${LONG}\n`, violation: "too-long" },
    {
      name: "a line over the limit between two messages",
      bytes: `1\n${LONG}\n2\n`,
      violation: "too-long",
      before: ["1"],
      after: ["2"],
    },
    { name: "a line far over the limit", bytes: `${LONG.repeat(9)}\r\n2\n`, violation: "too-long", after: ["2"] },
    { name: "a long line that is not UTF-8", bytes: `${LONG.repeat(2)}\xff\n2\n`, violation: "too-long", after: ["2"] },
    {
      name: "a blank line over the limit",
      bytes: `${" ".repeat(LIMIT + 1)}\n2\n`,
      violation: "too-long",
      after: ["2"],
    },
    { name: "a return too much", bytes: `${"x".repeat(LIMIT)}\r\r\n2\n`, violation: "too-long", after: ["2"] },
    { name: "a long line without an end", bytes: LONG, violation: "too-long", atEnd: true },
    { name: "an end in a line", bytes: '1\n{"a"', violation: "truncated", before: ["1"], atEnd: true },
    { name: "an end between return and newline", bytes: "1\r", violation: "truncated", atEnd: true },
    {
      name: "bytes that are not UTF-8",
      bytes: Buffer.concat([Buffer.from("1\n"), Buffer.from([0xff]), Buffer.from("\n2\n")]),
      violation: "not-utf8",
      before: ["1"],
      after: ["2"],
    },
    {
      name: "UTF-16",
      bytes: Buffer.from('\ufeff{"é":1}\n', "utf16le"),
      violation: "not-utf8",
      after: ["!truncated"],
      atEnd: true,
    },
  ],
});

/** What is read from bytes, however they are cut. */
function read(text: string, limit = LIMIT): string[] {
  const bytes = Buffer.from(text);
  const whole = decode(newline.decoder(limit), [bytes]);
  for (const size of [1, 2, 3, 5]) {
    assert.deepEqual(decode(newline.decoder(limit), cut(bytes, size)), whole, `in packets of ${size}`);
  }
  return whole;
}

describe("lines", () => {
  it("may end in a return and a newline", () => {
    assert.deepEqual(read("1\r\n[2]\n3\r\n"), ["1", "[2]", "3"]);
  });

  it("keep a return that is not at their end", () => {
    assert.deepEqual(read("[1,\r2]\n"), ["[1,\r2]"]);
  });

  it("that are blank are skipped", () => {
    assert.deepEqual(read("\n\r\n1\n \n\t\r\n\n\r\r\n2\n\n"), ["1", "2"]);
  });

  it("of other white space than JSON's are not blank", () => {
    assert.deepEqual(read("\v\n\u00a0\n\ufeff\n"), ["\v", "\u00a0", "\ufeff"]);
  });

  it("have the limit's length without their end", () => {
    const longest = "x".repeat(LIMIT);
    assert.deepEqual(read(`${longest}\n${longest}\r\n${longest}\r\n`), [longest, longest, longest]);
    assert.deepEqual(read(`${longest}x\r\n${longest}\r\n`), ["!too-long", longest]);
  });

  it("over the limit are told of as soon as they are, once, and are not fatal", () => {
    const decoder = newline.decoder(3);
    decoder.feed(Buffer.from("abcd"));
    assert.throws(
      () => decoder.next(),
      (error) => error instanceof FramingError && error.violation === "too-long" && !error.fatal,
    );
    assert.equal(decoder.next(), undefined);
    assert.deepEqual(decode(decoder, [Buffer.from("efg"), Buffer.from("hij\nabc\n")]), ["abc"]);
    assert.deepEqual(decode(newline.decoder(3), [Buffer.from("abcd"), Buffer.from("efgh")]), ["!too-long"]);
  });
});

describe("a stream of lines", () => {
  it("that starts as a browser's request does is refused, before a line of it is read", () => {
    const attack = 'POST / HTTP/1.1\r\nHost: localhost\r\n\r\n{"jsonrpc":"2.0","method":"rm"}\n';
    assert.deepEqual(read(attack), ["!http"]);
    assert.deepEqual(read(attack, 4), ["!http"]);
    assert.deepEqual(decode(newline.decoder(9), [Buffer.from("POST ")], false), ["!http"]);
  });

  it("may have such a line, or a line that starts like one, elsewhere", () => {
    assert.deepEqual(read("POST\nPOST /\n"), ["POST", "POST /"]);
    assert.deepEqual(read("POSTING \n"), ["POSTING "]);
    assert.deepEqual(read("\nPOST /\n"), ["POST /"]);
  });
});

describe("a text with newlines", () => {
  it("goes out on one line, and means the same", () => {
    const value = { a: ["\n\r", { b: null }], "\r\n": "é" };
    for (const end of ["\n", "\r\n", "\r", "\n\r"]) {
      const text = `${end}${JSON.stringify(value, null, 2).replaceAll("\n", end)}${end}`;
      const framed = newline.frame(text, Buffer.byteLength(text));
      assert.match(framed, /^[^\r\n]*\n$/);
      assert.equal(Buffer.byteLength(framed), Buffer.byteLength(text) + 1);
      const [line = "", ...more] = read(framed);
      assert.deepEqual(JSON.parse(line), value);
      assert.deepEqual(more, []);
    }
  });

  it("cannot smuggle in a second message", () => {
    assert.deepEqual(read(newline.frame("1\n2\r\n3\r4", 8)), ["1 2  3 4"]);
  });
});
