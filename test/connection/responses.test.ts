import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { InvalidRequestError } from "../../src/protocol/errors/invalid-request-error.ts";
import { ParseError } from "../../src/protocol/errors/parse-error.ts";
import { Service } from "../../src/service/service.ts";
import { scripted } from "../support/scripted-peer.ts";
import { rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

/** What a peer may say that answers no call, and what the log says of it. Call 1 is pending. */
const strays: readonly (readonly [name: string, text: string])[] = [
  ["an answer of an id that was never used", '{"jsonrpc":"2.0","id":2,"result":0}'],
  ["the right id as a string", '{"jsonrpc":"2.0","id":"1","result":0}'],
  ["an id between two", '{"jsonrpc":"2.0","id":1.5,"result":0}'],
  ["an id that shares the slot of the right one", '{"jsonrpc":"2.0","id":65,"result":0}'],
  ["the same, far beyond", '{"jsonrpc":"2.0","id":4294967297,"result":0}'],
  ["a negative id", '{"jsonrpc":"2.0","id":-1,"result":0}'],
  ["the id 0", '{"jsonrpc":"2.0","id":0,"result":0}'],
  ["the id -0", '{"jsonrpc":"2.0","id":-0,"result":0}'],
  ["an id too large for a number", '{"jsonrpc":"2.0","id":1e400,"result":0}'],
  ["the id null with a result", '{"jsonrpc":"2.0","id":null,"result":0}'],
  ["the id true", '{"jsonrpc":"2.0","id":true,"result":0}'],
  ["the id [1]", '{"jsonrpc":"2.0","id":[1],"result":0}'],
  ["no id", '{"jsonrpc":"2.0","result":0}'],
  ["no id and an error", '{"jsonrpc":"2.0","error":{"code":1,"message":"m"}}'],
  ["null", "null"],
  ["a number", "1"],
  ["an empty object", "{}"],
  ["an empty batch", "[]"],
  ["a batch of nothing", "[[],{},1]"],
  ["an empty text", ""],
  ["half a text", '{"jsonrpc":"2.0","id":1,"result":'],
  ["no JSON", "surprise!"],
];

/** Answers to call 1 that are no JSON-RPC 2.0, and what is wrong with them. */
const malformed: readonly (readonly [name: string, text: string, flaw: RegExp])[] = [
  ["no version", '{"id":1,"result":0}', /"jsonrpc": "2.0"/],
  ["another version", '{"jsonrpc":"1.0","id":1,"result":0,"error":null}', /"jsonrpc": "2.0"/],
  ["the version as a number", '{"jsonrpc":2.0,"id":1,"result":0}', /"jsonrpc": "2.0"/],
  ["a result and an error", '{"jsonrpc":"2.0","id":1,"result":0,"error":{"code":1,"message":"m"}}', /both/],
  ["a result and a null error", '{"jsonrpc":"2.0","id":1,"result":0,"error":null}', /both/],
  ["an error that is null", '{"jsonrpc":"2.0","id":1,"error":null}', /not an object/],
  ["an error that is a string", '{"jsonrpc":"2.0","id":1,"error":"no"}', /not an object/],
  ["a code that is a string", '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"m"}}', /not an integer/],
  ["a code that is no integer", '{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"m"}}', /not an integer/],
  ["a code too large", '{"jsonrpc":"2.0","id":1,"error":{"code":1e400,"message":"m"}}', /not an integer/],
  ["no code", '{"jsonrpc":"2.0","id":1,"error":{"message":"m"}}', /not an integer/],
  ["no message", '{"jsonrpc":"2.0","id":1,"error":{"code":1}}', /not a string/],
  ["neither result nor error", '{"jsonrpc":"2.0","id":1}', /neither a result nor an error/],
  ["the same in a batch", '[{"jsonrpc":"2.0","id":1,"value":0}]', /neither a result nor an error/],
];

describe("an answer that no call awaits is logged and hurts nobody", () => {
  for (const [name, text] of strays) {
    it(name, async () => {
      const { connection, peer, log } = scripted();
      const call = connection.call("m");
      await peer.inbox.next();
      peer.sayText(text);
      await log.said(/no call awaits|no JSON-RPC/);
      peer.answer(1, "right");
      assert.equal(await call, "right");
      await turns();
      assert.equal(peer.messages.length, 1, "it was not answered");
    });
  }

  it("a second answer to the same call", async () => {
    const { connection, peer, log } = scripted();
    const first = connection.call("m");
    const second = connection.call("m");
    await peer.inbox.take(2);
    peer.answer(1, "first");
    peer.answer(1, "again");
    peer.answer(2, "second");
    assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
    assert.equal(log.lines("warn").length, 1);
  });

  it("an answer to a call that was not sent yet", async () => {
    const { connection, peer, log } = scripted({ channel: { queuedBytes: 1_000, maxQueuedBytes: 100_000 } });
    peer.channel.pause();
    const sent = connection.call("m", ["x".repeat(2_000)]);
    const waiting = connection.call("m");
    peer.answer(2, "guessed");
    await log.said(/no call awaits/);
    peer.channel.resume();
    await peer.inbox.take(2);
    peer.answer(1, "sent");
    peer.answer(2, "right");
    assert.deepEqual(await Promise.all([sent, waiting]), ["sent", "right"]);
  });

  it("a late answer, to a call that was given up", async () => {
    const { connection, peer, log, clock } = scripted();
    const slow = connection.call("m", [], { timeout: 100 });
    const other = connection.call("m", [], { timeout: 1_000 });
    await peer.inbox.take(2);
    clock.advance(100);
    await assert.rejects(slow, { name: "CallTimeoutError", outcome: "unknown", timeout: 100 });
    peer.answer(1, "late");
    peer.answer(2, "in time");
    assert.equal(await other, "in time");
    assert.match(String(log.lines()), /no call awaits \(id 1\)/);
  });

  it("says no more of a long id than it has to", async () => {
    const { peer, log } = scripted();
    peer.answer("x".repeat(100_000), 0);
    await log.said(/no call awaits/);
    assert((log.lines()[0]?.length ?? 0) < 300);
  });
});

describe("an answer that is no JSON-RPC 2.0 rejects its call alone", () => {
  for (const [name, text, flaw] of malformed) {
    it(name, async () => {
      const { connection, peer, log } = scripted();
      const call = connection.call("m");
      const other = connection.call("n");
      await peer.inbox.take(2);
      peer.sayText(text);
      const error = await rejection(call, InvalidResponseError);
      assert.match(error.message, flaw);
      assert.equal(error.outcome, "unknown");
      peer.answer(2, "right");
      assert.equal(await other, "right");
      assert.match(String(log.lines()), flaw);
    });
  }
});

describe("an answer is taken", () => {
  for (const id of ["1.0", "1e0", "10e-1", "1.00000000000000000000"]) {
    it(`with the id written as ${id}`, async () => {
      const { connection, peer } = scripted();
      const call = connection.call("m");
      await peer.inbox.next();
      peer.sayText(`{"jsonrpc":"2.0","id":${id},"result":"equal"}`);
      assert.equal(await call, "equal");
    });
  }

  it("with its members in any order, others among them, and white space", async () => {
    const { connection, peer } = scripted();
    const call = connection.call("m");
    await peer.inbox.next();
    peer.sayText(' {"more": [1], "result" : {"a" : null}, "id":\n1 ,\t"jsonrpc":"2.0"} ');
    assert.deepEqual(await call, { a: null });
  });

  it("with a result that looks like a promise", async () => {
    const { connection, peer } = scripted();
    const call = connection.call("m");
    await peer.inbox.next();
    peer.sayText('{"jsonrpc":"2.0","id":1,"result":{"then":"what"}}');
    assert.equal(JSON.stringify(await call), '{"then":"what"}');
  });
});

describe("an error without an id", () => {
  const complaint = { jsonrpc: "2.0", id: null, error: { code: ErrorCode.ParseError, message: "Parse error" } };

  it("is for the one call that can be meant, which need not wait for its timeout", async () => {
    const { connection, peer, log } = scripted();
    const call = connection.call("m");
    await peer.inbox.next();
    peer.say(complaint);
    await rejection(call, ParseError);
    assert.equal(log.lines("warn").length, 1);
  });

  it("is for all calls of the one batch that can be meant", async () => {
    const { connection, peer } = scripted();
    const batch = connection.batch();
    const calls = [batch.call("a"), batch.call("b")];
    void batch.send();
    await peer.inbox.batch();
    peer.refuse(null, ErrorCode.InvalidRequest, "Invalid Request", { limit: "batchLength", max: 1 });
    for (const call of calls) await rejection(call, InvalidRequestError);
  });

  it("is for a call whose predecessors were all answered", async () => {
    const { connection, peer } = scripted();
    const first = connection.call("m");
    const second = connection.call("m");
    await peer.inbox.take(2);
    peer.answer(1, 0);
    await first;
    peer.say(complaint);
    await rejection(second, ParseError);
  });

  /** When something else may be meant, all pending calls go on. */
  const ambiguous: Record<string, (script: ReturnType<typeof scripted>) => unknown> = {
    "another call": ({ connection }) => {
      connection.call("other").catch(() => {});
    },
    "a notification": ({ connection }) => connection.notify("n"),
    "a notification in a batch": ({ connection }) => {
      const batch = connection.batch();
      void batch.notify("n");
      return batch.send();
    },
    "a call that timed out": async ({ connection, clock }) => {
      const lost = connection.call("m", [], { timeout: 1 });
      await turns(1);
      clock.advance(1);
      await assert.rejects(lost);
    },
    "a call that was aborted": async ({ connection }) => {
      const controller = new AbortController();
      const lost = connection.call("m", [], { signal: controller.signal });
      await turns(1);
      controller.abort();
      await assert.rejects(lost);
    },
    "an answer of this side": async ({ peer }) => {
      peer.call(1, "anything");
      await peer.inbox.next();
    },
  };
  for (const [name, happens] of Object.entries(ambiguous)) {
    it(`is for no call when ${name} can be meant too`, async () => {
      const script = scripted({ service: new Service() });
      const { connection, peer, log } = script;
      await happens(script);
      const call = connection.call("mine");
      const pending = watch(call);
      await peer.until(() => peer.messages.some((text) => text.includes("mine")));
      peer.say(complaint);
      await log.said(/no call awaits \(id null\)/);
      await turns();
      assert.equal(pending.settled, false);
      const { id } = JSON.parse(peer.messages.at(-1) as string);
      peer.answer(id, "right");
      assert.equal(await call, "right");
    });
  }

  it("is the likely cause if the peer ends the connection next", async () => {
    const { connection, peer } = scripted();
    peer.say(complaint);
    peer.channel.close();
    const { kind, cause } = await connection.disconnected;
    assert.equal(kind, "ended");
    assert(cause instanceof ParseError);
  });

  it("is no cause of an end that comes after other messages", async () => {
    const { connection, peer } = scripted();
    peer.say(complaint);
    peer.notify("all is well");
    peer.channel.close();
    assert.equal((await connection.disconnected).cause, undefined);
  });
});
