import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { netstring } from "../../src/framing/netstring.ts";
import { cut, decode, framingSuite } from "../conformance/framing.ts";

framingSuite({
  framing: netstring,
  announce: (bytes) => `${bytes}:`,
  golden: [
    ["", "0:,"],
    ["hello world!", "12:hello world!,"],
    ['{"a":1}', '7:{"a":1},'],
    ['"é"', Buffer.from([0x34, 0x3a, 0x22, 0xc3, 0xa9, 0x22, 0x2c])],
    ['"😀"', '6:"😀",'],
    ["3:abc,", "6:3:abc,,"],
  ],
  violations: [
    { name: "03:", bytes: "03:abc,", violation: "leading-zero" },
    { name: "00:", bytes: "00:,", violation: "leading-zero" },
    { name: "01 behind a message", bytes: "3:abc,01:x,", violation: "leading-zero", before: ["abc"] },
    { name: "+3:", bytes: "+3:abc,", violation: "sign" },
    { name: "-3:", bytes: "-3:abc,", violation: "sign" },
    { name: "-0:", bytes: "-0:,", violation: "sign" },
    { name: "3-:", bytes: "3-:abc,", violation: "sign" },
    { name: "a space before the length", bytes: " 3:abc,", violation: "space" },
    { name: "a space behind the length", bytes: "3 :abc,", violation: "space" },
    { name: "a tab", bytes: "\t3:abc,", violation: "space" },
    { name: "a newline between two messages", bytes: "3:abc,\n3:abc,", violation: "space", before: ["abc"] },
    { name: "a : at the start", bytes: ":abc,", violation: "missing-length" },
    { name: "a letter", bytes: "abc", violation: "not-a-digit" },
    { name: "a letter behind the length", bytes: "3a:abc,", violation: "not-a-digit" },
    { name: "a hexadecimal length", bytes: "0x3:abc,", violation: "not-a-digit" },
    { name: "a decimal point", bytes: "3.0:abc,", violation: "not-a-digit" },
    { name: "a full-width digit", bytes: "３:abc,", violation: "not-a-digit" },
    { name: "a NUL", bytes: Buffer.from([0]), violation: "not-a-digit" },
    { name: "JSON without a frame", bytes: '{"jsonrpc":"2.0"}', violation: "not-a-digit" },
    { name: "HTTP", bytes: "GET / HTTP/1.1\r\n\r\n", violation: "not-a-digit" },
    { name: "a TLS handshake", bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]), violation: "not-a-digit" },
    { name: "a second comma", bytes: "3:abc,,", violation: "not-a-digit", before: ["abc"] },
    { name: "another character for the comma", bytes: "3:abc;", violation: "missing-comma" },
    { name: "a newline for the comma", bytes: "3:abc\n", violation: "missing-comma" },
    { name: "a text longer than announced", bytes: "3:abcd,", violation: "missing-comma" },
    { name: "0: with a text", bytes: "0:abc,", violation: "missing-comma" },
    { name: "a text over the limit", bytes: "1001:", violation: "too-long" },
    { name: "digits that do not end", bytes: "9".repeat(5_000), violation: "too-long" },
    { name: "an end in the length", bytes: "3:abc,3", violation: "truncated", before: ["abc"], atEnd: true },
    { name: "an end behind the colon", bytes: "3:", violation: "truncated", atEnd: true },
    { name: "an end before the comma", bytes: "3:abc", violation: "truncated", atEnd: true },
    { name: "an end behind 0", bytes: "0", violation: "truncated", atEnd: true },
    { name: "an end behind 0:", bytes: "0:", violation: "truncated", atEnd: true },
    {
      name: "bytes that are not UTF-8",
      bytes: Buffer.concat([Buffer.from("1:a,1:"), Buffer.from([0xff]), Buffer.from(",1:b,")]),
      violation: "not-utf8",
      before: ["a"],
      after: ["b"],
    },
  ],
});

describe("netstrings", () => {
  it("of no bytes are messages, alone, many together and in pieces", () => {
    assert.deepEqual(decode(netstring.decoder(1), [Buffer.from("0:,0:,1:x,0:,")]), ["", "", "x", ""]);
    assert.deepEqual(decode(netstring.decoder(1), cut(Buffer.from("0:,0:,1:x,0:,"), 1)), ["", "", "x", ""]);
  });

  it("say how long they are, whatever the length", () => {
    for (let length = 0; length < 3_000; length++) {
      const text = "x".repeat(length);
      assert.equal(netstring.frame(text, length), `${length}:${text},`);
    }
  });

  it("count bytes, not characters", () => {
    assert.deepEqual(decode(netstring.decoder(9), [Buffer.from("3:é1,")]), ["é1"]);
    assert.deepEqual(decode(netstring.decoder(9), [Buffer.from("2:é1,")]), ["!missing-comma"]);
  });

  it("are refused at the digit that takes them over the limit, not at the colon", () => {
    assert.deepEqual(decode(netstring.decoder(99), [Buffer.from("99")], false), []);
    assert.deepEqual(decode(netstring.decoder(99), [Buffer.from("100")], false), ["!too-long"]);
  });

  it("have an end to their digits where there is no limit", () => {
    const decoder = netstring.decoder(Number.POSITIVE_INFINITY);
    assert.deepEqual(decode(decoder, cut(Buffer.from("1".repeat(20)), 1), false), ["!too-long"]);
  });
});
