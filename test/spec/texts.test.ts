/** The text around and inside messages: white space, byte order marks, surrogates, depth, length. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isLongerThan } from "../../src/protocol/limits.ts";
import { Service } from "../../src/service/service.ts";
import { check, failure, parseError, type Row, silent, success } from "./rows.ts";

const makeService = () =>
  new Service({ logger: silent }).addMethod("echo", (value: unknown) => value).addMethod("none", () => 1);

const call = '{"jsonrpc":"2.0","id":1,"method":"none"}';
const answer = success("1", "1");
const echo = (json: string) => `{"jsonrpc":"2.0","id":1,"method":"echo","params":[${json}]}`;

describe("white space", () => {
  const rows: readonly Row[] = [
    { name: "around", sent: ` \t\r\n${call}\n\r\t `, answered: answer },
    { name: "before", sent: `\n${call}`, answered: answer },
    { name: "after", sent: `${call}\n`, answered: answer },
    {
      name: "everywhere between",
      sent: '{ "jsonrpc" :\n"2.0"\t,\r"id" : 1 , "method" : "none" , "params" : [ ] }',
      answered: answer,
    },
    ...["\u00a0", "\u2028", "\u000b", "\f", "\u0000"].map((space) => ({
      name: `${JSON.stringify(space)} is none`,
      sent: `${space}${call}`,
      answered: parseError,
    })),
    { name: "a byte order mark is none", sent: `\ufeff${call}`, answered: parseError },
    { name: "a byte order mark behind", sent: `${call}\ufeff`, answered: parseError },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row));
});

describe("strings", () => {
  const rows: readonly Row[] = [
    {
      name: "a lone surrogate, escaped",
      sent: echo('"\\ud800"'),
      answered: success("1", '"\\ud800"'),
      exactly: true,
    },
    {
      name: "a lone surrogate, as it is",
      sent: echo('"\udc00"'),
      answered: success("1", '"\\udc00"'),
      exactly: true,
    },
    {
      name: "a pair of surrogates, escaped",
      sent: echo('"\\ud83d\\ude00"'),
      answered: success("1", '"😀"'),
      exactly: true,
    },
    {
      name: "line separators",
      sent: echo('"\u2028\u2029"'),
      answered: success("1", '"\u2028\u2029"'),
      exactly: true,
    },
    { name: "a line feed inside", sent: echo('"a\nb"'), answered: parseError },
    { name: "an unknown escape", sent: echo('"\\x41"'), answered: parseError },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row));
});

const depth = 100_000;
const deep = (open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`;
describe("nested 100,000 deep", () => {
  const rows: readonly Row[] = [
    {
      name: "params",
      sent: `{"jsonrpc":"2.0","id":1,"method":"none","params":${deep("[", "]")}}`,
      answered: failure("1", -32600, "Invalid Request", '{"limit":"depth","max":1000}'),
    },
    {
      name: "a member nobody asked for",
      sent: `{"jsonrpc":"2.0","id":1.0,"method":"none","extra":${deep('{"id":', "}")}}`,
      answered: success("1.0", "1"),
      exactly: true,
    },
    {
      name: "an id",
      sent: `{"jsonrpc":"2.0","method":"none","id":${deep("[", "]")}}`,
      answered: failure("null", -32600, "Invalid Request"),
    },
    {
      name: "a batch",
      sent: deep("[", "]"),
      answered: `[${failure("null", -32600, "Invalid Request")}]`,
    },
    { name: "and never closed", sent: "[".repeat(depth), answered: parseError },
    { name: "and never closed, with keys", sent: '{"id":'.repeat(depth), answered: parseError },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row));
});

const tooLong = (max: number) => failure("null", -32600, "Invalid Request", `{"limit":"messageBytes","max":${max}}`);

test("a text over limits.messageBytes is not even parsed by handle", () => {
  const bytes = Buffer.byteLength(call);
  const service = (messageBytes: number) =>
    new Service({ limits: { messageBytes } }).addMethod("none", () => 1).addMethod("echo", (value: unknown) => value);
  assert.equal(service(bytes).handle(call), answer);
  assert.equal(service(bytes - 1).handle(call), tooLong(bytes - 1));
  assert.equal(service(bytes - 1).handle("x".repeat(bytes)), tooLong(bytes - 1));
  for (const text of ["é", "€", "😀"]) {
    const sent = echo(`"${text.repeat(20)}"`);
    const length = Buffer.byteLength(sent);
    assert.equal(service(length).handle(sent), success("1", `"${text.repeat(20)}"`));
    assert.equal(service(length - 1).handle(sent), tooLong(length - 1), "bytes, not characters");
  }
});

test("isLongerThan counts bytes of UTF-8", () => {
  for (const text of ["", "a", "é", "\u07ff", "\u0800", "€", "\uffff", "😀", "aé€😀", "\u0000"]) {
    const bytes = Buffer.byteLength(text);
    for (const max of [bytes - 1, bytes, bytes + 1]) {
      assert.equal(isLongerThan(text, max), bytes > max, `${JSON.stringify(text)} against ${max}`);
    }
  }
  assert.equal(isLongerThan("x", Number.POSITIVE_INFINITY), false);
});
