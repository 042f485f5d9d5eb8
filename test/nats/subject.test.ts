import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_SUBJECT, methodSubject } from "../../src/transport/nats/subject.ts";

const rows: readonly (readonly [method: string, subject: string])[] = [
  ["echo", "p.echo"],
  ["main.echo", "p.main.echo"],
  ["a_b-c~1", "p.a_b-c~1"],
  ["*", "p.%2A"],
  [">", "p.%3E"],
  ["a.*", "p.a.%2A"],
  ["a b", "p.a%20b"],
  ["\t\r\n\0", "p.%09%0D%0A%00"],
  ["%", "p.%25"],
  ["%2A", "p.%252A"],
  ["", "p.%"],
  [".", "p.%.%"],
  ["a.", "p.a.%"],
  [".a", "p.%.a"],
  ["a..b", "p.a.%.b"],
  ["$SRV.PING", "p.%24SRV.PING"],
  ["a/b:c", "p.a%2Fb%3Ac"],
  ["é漢😀", "p.%C3%A9%E6%BC%A2%F0%9F%98%80"],
  ["\ud83d", "p.%ED%A0%BD"],
  ["\ude00\ud83d", "p.%ED%B8%80%ED%A0%BD"],
];

/** Names of all kinds, with what is special to NATS and to the escape in many of them. */
const names = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(".", "*", ">", "%", " ", "2", "A", "é", "\ud83d", "\ude00", "$", "~") }),
);

describe("a method's subject", () => {
  for (const [method, subject] of rows) {
    it(`is ${subject} for ${JSON.stringify(method)}`, () => assert.equal(methodSubject("p", method), subject));
  }

  it("is a valid one without wildcards, under the prefix", () => {
    fc.assert(
      fc.property(names, (method) => {
        const subject = methodSubject("p", method);
        assert.match(subject, /^p(\.[A-Za-z0-9_~%-]+)+$/);
        assert(subject.length <= MAX_SUBJECT);
      }),
    );
  });

  it("is no other method's", () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        assert.equal(methodSubject("p", one) === methodSubject("p", other), one === other);
      }),
    );
  });

  it("tells the method, by the decoder that every language has", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (method) => {
        const tokens = methodSubject("p", method).split(".").slice(1);
        assert.equal(tokens.map((token) => (token === "%" ? "" : decodeURIComponent(token))).join("."), method);
      }),
    );
  });

  it("is the prefix's own when it would be too long", () => {
    assert.equal(methodSubject("p", "x".repeat(MAX_SUBJECT - 2)).length, MAX_SUBJECT);
    assert.equal(methodSubject("p", "x".repeat(MAX_SUBJECT - 1)), "p");
    assert.equal(methodSubject("p", "é".repeat(200)), "p");
  });
});
