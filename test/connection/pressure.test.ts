import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { isRpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { clientOf, serve } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

const LIMITS = { queuedBytes: 1_000, maxQueuedBytes: 20_000 };
const BUSY = { code: ErrorCode.ServerBusy, message: "Server Busy", data: { limit: "queuedBytes", max: 1_000 } };

/** A connection to a peer that asks for much and does not read. */
function slowReader(options: { readonly answer?: number } = {}) {
  let executed = 0;
  const service = new Service().addMethod("big", () => {
    executed++;
    return "x".repeat(options.answer ?? 500);
  });
  const played = scripted({ service, limits: LIMITS, channel: LIMITS });
  played.peer.channel.pause();
  const ask = (count: number) => {
    for (let id = 1; id <= count; id++) played.peer.call(id, "big");
  };
  return { ...played, ask, executed: () => executed };
}

describe("towards a slow reader that owes nothing, a connection", () => {
  it("stops reading, between any two requests, and goes on when the reader does", async () => {
    const { peer, ask, executed } = slowReader();
    ask(100);
    await turns();
    assert.equal(executed(), 2, "the second answer went over 1,000 bytes");
    peer.channel.resume();
    const answers = await peer.inbox.take(100);
    assert.equal(executed(), 100);
    assert(answers.every(({ error }) => error === undefined));
  });

  it("keeps its own calls back, in order, until the reader reads", async () => {
    const { connection, peer, ask } = slowReader();
    ask(100);
    await turns();
    const call = connection.call("first");
    const told = connection.notify("second");
    const batch = connection.batch();
    const member = batch.call("third");
    void batch.notify("fourth");
    void batch.send();
    const last = connection.call("fifth");
    const settled = watch(Promise.race([call, told, member, last]));
    await turns();
    assert.equal(settled.settled, false);
    assert.equal(connection.pending, 5);
    peer.channel.resume();
    await told;
    const own = () => peer.messages.filter((text) => text.includes('"method"'));
    await peer.until(() => own().length === 4);
    assert.deepEqual(
      own().map((text) => [...text.matchAll(/"method":"(\w+)"/g)].map(([, name]) => name).join("+")),
      ["first", "second", "third+fourth", "fifth"],
    );
    for (const text of own()) {
      for (const { id } of [JSON.parse(text)].flat()) if (id !== undefined) peer.answer(id, id);
    }
    assert.equal((await Promise.all([call, member, last])).length, 3);
  });
});

describe("towards a slow reader that may owe something, a connection", () => {
  const owes: Record<string, (played: ReturnType<typeof slowReader>) => unknown> = {
    "an answer": ({ connection }) => {
      connection.call("m").catch(() => {});
    },
    "an answer to a call that was given up": async ({ connection, clock }) => {
      const call = connection.call("m", [], { timeout: 1 });
      clock.advance(1);
      await assert.rejects(call);
    },
    "what it read of notifications": ({ connection }) => connection.notify("n"),
  };
  for (const [name, happens] of Object.entries(owes)) {
    it(`${name}: refuses new requests and goes on reading`, async () => {
      const played = slowReader();
      await happens(played);
      await turns();
      played.ask(50);
      await turns();
      assert(played.executed() <= 2);
      played.peer.channel.resume();
      const answers = (await played.peer.inbox.take(51)).filter(({ method }) => method === undefined);
      assert.equal(answers.length, 50);
      assert.deepEqual(answers.at(-1), { jsonrpc: "2.0", id: 50, error: BUSY });
      await turns();
      played.peer.call(51, "big");
      assert.equal((await played.peer.inbox.next()).error, undefined, "and serves again when it is over");
    });
  }

  it("takes what is owed to it", async () => {
    const { connection, peer, ask } = slowReader();
    const call = connection.call("m");
    await turns();
    ask(10);
    peer.answer(1, "owed");
    assert.equal(await call, "owed");
    assert(peer.messages.length === 0);
  });

  it("still answers what was in flight", async () => {
    const work = gate<string>();
    const service = new Service().addMethod("work", () => work.promise).addMethod("big", () => "x".repeat(2_000));
    const { connection, peer } = scripted({ service, limits: LIMITS, channel: LIMITS });
    peer.channel.pause();
    connection.call("m").catch(() => {});
    peer.call(1, "work");
    peer.call(2, "big");
    peer.call(3, "big");
    await turns();
    work.open("done");
    peer.channel.resume();
    const answers = (await peer.inbox.take(4)).slice(1);
    assert.deepEqual(
      answers.map(({ id, error }) => [id, error?.code]),
      [
        [2, undefined],
        [3, ErrorCode.ServerBusy],
        [1, undefined],
      ],
    );
  });

  it("tells it of unknown methods and wrong params all the same", async () => {
    const { connection, peer, ask } = slowReader();
    connection.call("m").catch(() => {});
    ask(3);
    peer.call("a", "unknown");
    peer.call("b", "big", ["superfluous"]);
    await turns();
    peer.channel.resume();
    const codes = new Map((await peer.inbox.take(6)).map(({ id, error }) => [id, error?.code]));
    assert.deepEqual([codes.get("a"), codes.get("b")], [ErrorCode.MethodNotFound, ErrorCode.InvalidParams]);
  });

  it("cuts it at the hard bound, and says why", async () => {
    const { connection, peer, ask, log } = slowReader({ answer: 900 });
    const call = connection.call("m");
    await turns();
    // Refusals count too.
    ask(120);
    await turns();
    ask(120);
    const error = await rejection(call, ConnectionLostError);
    assert.equal(error.outcome, "unknown");
    const { kind, message } = await connection.disconnected;
    assert.equal(kind, "lost");
    assert.match(message, /reads too slowly: more than 20000 bytes/);
    assert.match(String(log.lines("warn")), /reads too slowly/);
    await peer.happened("closed");
  });
});

describe("a call that waits because the reader is slow", () => {
  it("times out as not sent, and is not sent afterwards", async () => {
    const { connection, peer, ask, clock } = slowReader();
    ask(5);
    await turns();
    const call = connection.call("m", [], { timeout: 50 });
    const told = connection.notify("n", [], { timeout: 50 });
    clock.advance(50);
    await assert.rejects(call, { name: "CallTimeoutError", outcome: "not-sent" });
    await assert.rejects(told, { name: "CallTimeoutError", outcome: "not-sent" });
    peer.channel.resume();
    await peer.inbox.take(5);
    await turns();
    assert.equal(peer.messages.length, 5);
  });

  it("aborts as not sent, alone, and the others of its batch go", async () => {
    const { connection, peer, ask } = slowReader();
    ask(5);
    await turns();
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const aborted = connection.call("m", [], { signal: controller.signal });
    const batch = connection.batch();
    const members = [batch.call("a"), batch.call("b")];
    void batch.send();
    controller.abort(reason);
    await assert.rejects(aborted, { name: "AbortError", outcome: "not-sent", cause: reason });
    peer.channel.resume();
    await peer.until(() => peer.messages.length === 6);
    const own = peer.messages.filter((text) => text.includes('"method"'));
    assert.equal(own.length, 1);
    for (const { id } of JSON.parse(own[0] as string)) peer.answer(id, id);
    assert.equal((await Promise.all(members)).length, 2);
  });
});

/** Two ends that ask each other for much at once. Neither may wait for ever, whatever is refused. */
describe("two connections that flood each other", () => {
  it("settle all their calls, in memory", async () => {
    const service = () => new Service().addMethod("echo", (value: unknown) => value);
    const limits = { ...LIMITS, maxQueuedBytes: 10_000_000 };
    const { left, right } = joined({ service: service(), limits }, { service: service(), limits }, limits);
    const calls = [left, right].flatMap((end) =>
      Array.from({ length: 500 }, (_, at) => end.call("echo", ["x".repeat(at)])),
    );
    let answered = 0;
    for (const call of await Promise.allSettled(calls)) {
      if (call.status === "fulfilled") answered++;
      else assert(isRpcError(call.reason, ErrorCode.ServerBusy), String(call.reason));
    }
    assert(answered > 0);
    assert.equal(await left.call("echo", ["after"]), "after");
    assert.equal(await right.call("echo", ["after"]), "after");
  });

  it("go on when both have given up what they asked for, and the answers fill both ways at once", async () => {
    const work = gate<string>();
    const service = () =>
      new Service().addMethod("big", () => work.promise).addMethod("echo", (value: unknown) => value);
    const { left, right, clock } = joined({ service: service() }, { service: service() }, LIMITS);
    const calls = [left, right].flatMap((end) =>
      Array.from({ length: 8 }, () => end.call("big", [], { timeout: 100 })),
    );
    await turns();
    clock.advance(100);
    await Promise.allSettled(calls);
    work.open("x".repeat(200));
    await turns();
    assert.deepEqual(await Promise.all([left.call("echo", [1]), right.call("echo", [2])]), [1, 2]);
  });

  it("settle all their calls, over tcp", async (t) => {
    const echo = (value: unknown) => value;
    const flood = async (call: (method: string, params: unknown[]) => Promise<unknown>) => {
      const text = "x".repeat(50_000);
      const calls = Array.from({ length: 400 }, () => call("echo", [text]));
      return (await Promise.allSettled(calls)).filter(({ status }) => status === "fulfilled").length;
    };
    const serving = new Service()
      .addMethod("echo", echo)
      .addMethod(
        "flood",
        (context: CallContext) =>
          flood((method, params) => context.connection?.call(method, params) as Promise<unknown>),
        { context: true },
      );
    const limits = { queuedBytes: 100_000, maxQueuedBytes: 100_000_000 };
    const server = await serve(t, serving, { limits, timeout: 0 });
    const client = clientOf(t, server.address, { limits, timeout: 0, service: new Service().addMethod("echo", echo) });
    const there = client.call("flood");
    const here = await flood((method, params) => client.call(method, params));
    assert(here + Number(await there) > 0);
    assert.equal(await client.call("echo", ["after"]), "after");
  });
});
