import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { contentLength } from "../../src/framing/content-length.ts";
import { cut, decode, framingSuite } from "../conformance/framing.ts";

/** A header of such lines, and what follows it. */
const header = (...lines: string[]) => `${lines.join("\r\n")}\r\n\r\n`;
const ABC = `${header("Content-Length: 3")}abc`;

framingSuite({
  framing: contentLength,
  announce: (bytes) => header(`Content-Length: ${bytes}`),
  golden: [
    ["", "Content-Length: 0\r\n\r\n"],
    ["hello world!", "Content-Length: 12\r\n\r\nhello world!"],
    ['{"a":1}', 'Content-Length: 7\r\n\r\n{"a":1}'],
    ['"é"', Buffer.concat([Buffer.from("Content-Length: 4\r\n\r\n"), Buffer.from([0x22, 0xc3, 0xa9, 0x22])])],
    ['"😀"', 'Content-Length: 6\r\n\r\n"😀"'],
    ["Content-Length: 1\r\n\r\n1", "Content-Length: 22\r\n\r\nContent-Length: 1\r\n\r\n1"],
  ],
  violations: [
    { name: "+3", bytes: header("Content-Length: +3"), violation: "sign" },
    { name: "-3", bytes: header("Content-Length: -3"), violation: "sign" },
    { name: "-0 behind a message", bytes: `${ABC}${header("Content-Length: -0")}`, violation: "sign", before: ["abc"] },
    { name: "two numbers", bytes: header("Content-Length: 3 3"), violation: "space" },
    { name: "two numbers and a comma", bytes: header("Content-Length: 3,3"), violation: "not-a-digit" },
    { name: "a hexadecimal length", bytes: header("Content-Length: 0x3"), violation: "not-a-digit" },
    { name: "a decimal point", bytes: header("Content-Length: 3.0"), violation: "not-a-digit" },
    { name: "an exponent", bytes: header("Content-Length: 1e1"), violation: "not-a-digit" },
    { name: "a word for a length", bytes: header("Content-Length: Infinity"), violation: "not-a-digit" },
    { name: "an empty length", bytes: header("Content-Length:"), violation: "missing-length" },
    { name: "a length of a space", bytes: header("Content-Length: "), violation: "missing-length" },
    { name: "a blank length", bytes: header("Content-Length: \t "), violation: "missing-length" },
    { name: "no length", bytes: header("Content-Type: text/plain"), violation: "missing-length" },
    { name: "a length with a name of almost that", bytes: header("Content-Lengths: 3"), violation: "missing-length" },
    { name: "an empty header", bytes: "\r\nabc", violation: "missing-length" },
    { name: "a newline between two messages", bytes: `${ABC}\r\n${ABC}`, violation: "missing-length", before: ["abc"] },
    { name: "a length over the limit", bytes: header("Content-Length: 1001"), violation: "too-long" },
    { name: "2 ** 64", bytes: header("Content-Length: 18446744073709551616"), violation: "too-long" },
    { name: "a length of many digits", bytes: header(`Content-Length: ${"9".repeat(999)}`), violation: "too-long" },
    { name: "digits that do not end", bytes: `Content-Length: ${"9".repeat(5_000)}`, violation: "header-too-long" },
    { name: "zeros that do not end", bytes: `Content-Length: ${"0".repeat(5_000)}`, violation: "header-too-long" },
    {
      name: "a second length",
      bytes: header("Content-Length: 3", "Content-Length: 4"),
      violation: "duplicate-header",
    },
    {
      name: "the same length twice",
      bytes: header("Content-Length: 3", "X: y", "content-length: 3"),
      violation: "duplicate-header",
    },
    {
      name: "a second type",
      bytes: header("Content-Type: a/b", "Content-Type: a/b", "Content-Length: 3"),
      violation: "duplicate-header",
    },
    {
      name: "a charset that is not UTF-8",
      bytes: header("Content-Length: 3", "Content-Type: application/vscode-jsonrpc; charset=utf-16"),
      violation: "charset",
    },
    {
      name: "a charset that is not UTF-8, in quotes and capitals",
      bytes: header('CONTENT-TYPE: a/b;x=1; CharSet = "LATIN1"', "Content-Length: 3"),
      violation: "charset",
    },
    {
      name: "an empty charset",
      bytes: header("Content-Type: a/b; charset=", "Content-Length: 3"),
      violation: "charset",
    },
    { name: "a bare newline behind a field", bytes: "Content-Length: 3\n\nabc", violation: "line-end" },
    { name: "a bare newline for the blank line", bytes: "Content-Length: 3\r\n\nabc", violation: "line-end" },
    { name: "a bare return behind a field", bytes: "Content-Length: 3\r\rabc", violation: "line-end" },
    { name: "a bare return for the blank line", bytes: "Content-Length: 3\r\n\rabc", violation: "line-end" },
    { name: "a name without a colon", bytes: header("Content-Length"), violation: "bad-header" },
    { name: "a colon without a name", bytes: header(": 3"), violation: "bad-header" },
    { name: "a space before the colon", bytes: header("Content-Length : 3"), violation: "bad-header" },
    { name: "a space before the name", bytes: header(" Content-Length: 3"), violation: "bad-header" },
    { name: "a folded line", bytes: header("X: y", " z", "Content-Length: 3"), violation: "bad-header" },
    { name: "a NUL in a value", bytes: header("X: \0", "Content-Length: 3"), violation: "bad-header" },
    { name: "a DEL in a value", bytes: header("X: \x7f", "Content-Length: 3"), violation: "bad-header" },
    { name: "a value that is not ASCII", bytes: header("X: é", "Content-Length: 3"), violation: "bad-header" },
    { name: "a name that is not ASCII", bytes: header("é: x", "Content-Length: 3"), violation: "bad-header" },
    { name: "JSON without a frame", bytes: '{"jsonrpc":"2.0"}', violation: "bad-header" },
    { name: "JSON in a netstring", bytes: '17:{"jsonrpc":"2.0"},é', violation: "bad-header" },
    { name: "an HTTP request", bytes: `POST /a:b HTTP/1.1\r\n${ABC}`, violation: "bad-header" },
    { name: "a TLS handshake", bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]), violation: "bad-header" },
    { name: "a text longer than announced", bytes: `${ABC}{`, violation: "bad-header", before: ["abc"] },
    { name: "an end in a name", bytes: `${ABC}Con`, violation: "truncated", before: ["abc"], atEnd: true },
    { name: "an end in a value", bytes: "Content-Length: 3", violation: "truncated", atEnd: true },
    { name: "an end behind a field", bytes: "Content-Length: 3\r\n", violation: "truncated", atEnd: true },
    { name: "an end in the blank line", bytes: "Content-Length: 3\r\n\r", violation: "truncated", atEnd: true },
    { name: "an end behind the header", bytes: header("Content-Length: 3"), violation: "truncated", atEnd: true },
    { name: "an end in the text", bytes: `${header("Content-Length: 4")}abc`, violation: "truncated", atEnd: true },
    {
      name: "bytes that are not UTF-8",
      bytes: Buffer.concat([
        Buffer.from(`${ABC}${header("Content-Length: 1")}`),
        Buffer.from([0xff]),
        Buffer.from(ABC),
      ]),
      violation: "not-utf8",
      before: ["abc"],
      after: ["abc"],
    },
  ],
});

describe("a header", () => {
  const utf8 = "application/vscode-jsonrpc; charset=utf-8";
  for (const [what, ...lines] of [
    ["the type behind the length", "Content-Length: 3", `Content-Type: ${utf8}`],
    ["the type before the length", `Content-Type: ${utf8}`, "Content-Length: 3"],
    ["names in capitals", `CONTENT-TYPE: ${utf8}`, "CONTENT-LENGTH: 3"],
    ["names in small letters", "content-type: a/b", "content-length: 3"],
    ["the charset of the first versions", "Content-Type: a/b; charset=utf8", "Content-Length: 3"],
    ["a charset in quotes and capitals", 'Content-Type: a/b;Charset="UTF-8"', "Content-Length: 3"],
    ["a type without a charset", "Content-Type: a/b; x=utf-16", "Content-Length: 3"],
    ["an empty type", "Content-Type:", "Content-Length: 3"],
    ["other fields, also twice", "X-Y_1: a:b \t~", "Content-Length: 3", "x-y_1:", "Content-Lengths: 4"],
    ["no space before the length", "Content-Length:3"],
    ["much space around the length", "Content-Length: \t  3 \t"],
    ["zeros before the length", "Content-Length: 0003"],
  ] as const) {
    it(`may have ${what}`, () => {
      const one = `${header(...lines)}abc`;
      const bytes = Buffer.from(one + ABC + one);
      for (const size of [bytes.length, 1, 2, 3, 20]) {
        const read = decode(contentLength.decoder(9), cut(bytes, size));
        assert.deepEqual(read, ["abc", "abc", "abc"], `in packets of ${size}`);
      }
    });
  }

  it("may come line by line", () => {
    const chunks = ["X: y\r\n", "Content-Length: 3\r\n\r\n", "abc"].map((line) => Buffer.from(line));
    assert.deepEqual(decode(contentLength.decoder(9), [...chunks, ...chunks]), ["abc", "abc"]);
  });

  it("has at most 4,096 bytes", () => {
    const filled = (bytes: number) => header("Content-Length: 3", `X: ${"y".repeat(bytes - 26)}`);
    assert.equal(filled(4_096).length, 4_096);
    const bytes = Buffer.from(`${filled(4_096)}abc${filled(4_097)}abc`);
    for (const size of [bytes.length, 1, 4_095, 4_096, 4_097]) {
      assert.deepEqual(decode(contentLength.decoder(9), cut(bytes, size)), ["abc", "!header-too-long"]);
    }
  });

  it("is refused at the first byte that shows that it is none", () => {
    assert.deepEqual(decode(contentLength.decoder(9), [Buffer.from("{")], false), ["!bad-header"]);
    assert.deepEqual(decode(contentLength.decoder(9), [Buffer.from("GET ")], false), ["!bad-header"]);
    assert.deepEqual(decode(contentLength.decoder(9), [Buffer.from("GET")], false), []);
  });

  it("counts bytes, not characters", () => {
    const bytes = Buffer.from(`${header("Content-Length: 3")}é1${ABC}`);
    assert.deepEqual(decode(contentLength.decoder(9), [bytes]), ["é1", "abc"]);
  });
});

describe("contents of no bytes", () => {
  it("are messages, alone, many together and in pieces", () => {
    const none = header("Content-Length: 0");
    const bytes = Buffer.from(`${none}${none}${header("Content-Length: 1")}x${none}`);
    for (const size of [bytes.length, 1, 5]) {
      assert.deepEqual(decode(contentLength.decoder(1), cut(bytes, size)), ["", "", "x", ""]);
    }
  });
});
