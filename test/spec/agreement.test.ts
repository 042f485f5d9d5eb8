/**
 * The parser reads the usual message at a glance and everything else the general way. Both must say what a naive
 * reading of the specification says, whatever the layout.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../src/protocol/message.ts";
import { parseMessage } from "../../src/protocol/parse.ts";
import {
  batchText,
  errorText,
  notificationText,
  requestBody,
  requestText,
  resultText,
} from "../../src/protocol/serialize.ts";
import { type Reading, readNaively } from "./naive.ts";
import { Choices, randomText } from "./random-texts.ts";

const batchLength = 3;

/** What the parser said, in the naive reader's terms. */
function asReading(message: Message): Reading {
  switch (message.kind) {
    case "request": {
      const { kind, id, method, params } = message;
      return { kind, id, method, params };
    }
    case "notification": {
      const { kind, method, params } = message;
      return { kind, method, params };
    }
    case "response": {
      const { kind, id, result, error, flaw } = message;
      return flaw === undefined ? { kind, id, result, error } : { kind: "flawed response", id };
    }
    case "invalid": {
      const { code, data } = message.error;
      const { limit } = (data ?? {}) as { limit?: string };
      return { kind: "invalid", id: message.id, code, limit };
    }
    case "batch":
      return { kind: "batch", members: message.members.map(asReading) };
  }
}

function compare(text: string, seed: string): void {
  const expected = readNaively(text, batchLength);
  let actual: Reading;
  try {
    actual = asReading(parseMessage(text, batchLength));
  } catch (error) {
    throw new Error(`parseMessage threw for ${JSON.stringify(text)} (${seed})`, { cause: error });
  }
  assert.deepEqual(actual, expected, `the readings of ${JSON.stringify(text)} differ (${seed})`);
}

test("random texts are read as the specification says", () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 32);
  const random = new Choices(seed);
  const kinds = new Map<string, number>();
  for (let i = 0; i < 30_000; i++) {
    const text = randomText(random);
    compare(text, `again with SEED=${seed}`);
    const { kind } = parseMessage(text, batchLength);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  for (const kind of ["request", "notification", "response", "invalid", "batch"]) {
    assert.ok((kinds.get(kind) ?? 0) > 300, `too few of the kind ${kind} to mean anything (SEED=${seed})`);
  }
});

test("what this package writes, cut off or with one character changed anywhere, is read as the specification says", () => {
  const texts = [
    requestText(17, requestBody("main.add", [1, { id: 5 }])),
    requestText(17, requestBody("main.add", { a: "\u00e9\n" })),
    requestText(17, requestBody("none", undefined)),
    notificationText(requestBody("none", [])),
    notificationText(requestBody("main.add", { a: "\u00e9\n", id: 5 })),
    resultText("17", { a: [null] }),
    resultText('"x"', undefined),
    errorText("17", { code: -32601, message: "Method not found", data: { a: 1 } }),
  ];
  const nested = resultText("8", [
    { jsonrpc: "2.0", id: 1, result: 1 },
    { jsonrpc: "2.0", id: 2 },
  ]);
  texts.push(batchText([texts[2] as string, nested, notificationText(requestBody("none", undefined))]));
  for (const text of texts) {
    for (let at = 0; at <= text.length; at++) {
      compare(text.slice(0, at), "cut off");
      compare(text.slice(0, at) + text.slice(at + 1), "one left out");
      for (const character of '"\\{}[],:09-e. \n\u0000a') {
        compare(text.slice(0, at) + character + text.slice(at), "one put in");
        compare(text.slice(0, at) + character + text.slice(at + 1), "one replaced");
      }
    }
  }
});

test("the naive reader reads JSON as JSON.parse does", () => {
  const random = new Choices(1);
  let wellFormed = 0;
  for (let i = 0; i < 5_000; i++) {
    const text = `{"jsonrpc":"2.0","id":1,"result":${randomText(random)}}`;
    let parsed: { result: unknown } | undefined;
    try {
      parsed = JSON.parse(text) as { result: unknown };
      wellFormed++;
    } catch {}
    const reading = readNaively(text, batchLength);
    if (parsed === undefined) assert.equal(reading.kind, "invalid", text);
    else if (reading.kind === "response") assert.deepEqual(reading.result, parsed.result, text);
  }
  assert.ok(wellFormed > 1_000);
});
