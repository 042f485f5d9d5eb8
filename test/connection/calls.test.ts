import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Connection } from "../../src/connection/connection.ts";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { MethodNotFoundError } from "../../src/protocol/errors/method-not-found-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair } from "../../src/testing/index.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { gate, rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

function greeter(name: string): Service {
  return new Service().addMethod("greet", (who: string) => `${name} greets ${who}`);
}

describe("a connection", () => {
  it("lets both ends call at the same time", async () => {
    const { left, right } = joined({ service: greeter("left") }, { service: greeter("right") });
    const answers = await Promise.all([left.call("greet", ["you"]), right.call("greet", ["you"])]);
    assert.deepEqual(answers, ["right greets you", "left greets you"]);
  });

  it("sends params as they are given, and answers as they come", async () => {
    const { connection, peer } = scripted();
    const byPosition = connection.call("m", [1, { a: 2 }]);
    const byName = connection.call("m", { a: 1 });
    const without = connection.call("m");
    const [first, second, third] = await peer.inbox.take(3);
    assert.deepEqual([first?.params, second?.params, third && "params" in third], [[1, { a: 2 }], { a: 1 }, false]);
    peer.answer(third?.id, "third");
    peer.answer(first?.id, null);
    peer.refuse(second?.id, 7, "no", { why: "not" });
    assert.equal(await without, "third");
    assert.equal(await byPosition, null);
    const error = await rejection(byName, RpcError);
    assert.deepEqual([error.code, error.message, error.data], [7, "no", { why: "not" }]);
  });

  it("counts its own ids from 1", async () => {
    const { connection, peer } = scripted();
    const calls = [connection.call("a"), connection.call("b"), connection.call("c")];
    const messages = await peer.inbox.take(3);
    assert.deepEqual(
      messages.map(({ id }) => id),
      [1, 2, 3],
    );
    for (const { id } of messages) peer.answer(id, id);
    assert.deepEqual(await Promise.all(calls), [1, 2, 3]);
  });

  it("lets a handler call back on the connection it was called by", async () => {
    const asking = new Service().addMethod(
      "ask",
      async (context: CallContext, what: string) => `asked: ${await context.connection?.call("answer", [what])}`,
      { context: true },
    );
    const answering = new Service().addMethod("answer", (what: string) => what.toUpperCase());
    const { left, right } = joined({ service: answering }, { service: asking });
    assert.equal(await left.call("ask", ["why"]), "asked: WHY");
    assert.equal(left.inFlight + right.inFlight + left.pending + right.pending, 0);
  });

  it("lets handlers call each other back many levels deep", async () => {
    const service = () =>
      new Service().addMethod(
        "down",
        async (context: CallContext, depth: number) =>
          depth === 0 ? 0 : 1 + Number(await context.connection?.call("down", [depth - 1])),
        { context: true },
      );
    const { left } = joined({ service: service() }, { service: service() });
    assert.equal(await left.call("down", [100]), 100);
  });

  it("lets a handler notify its caller before it answers", async () => {
    const heard: unknown[] = [];
    const working = new Service().addMethod(
      "work",
      async (context: CallContext) => {
        for (const percent of [25, 50, 75]) await context.connection?.notify("progress", [percent]);
        return "done";
      },
      { context: true },
    );
    const listening = new Service().addMethod("progress", (percent: number) => {
      heard.push(percent);
    });
    const { left } = joined({ service: listening }, { service: working });
    assert.equal(await left.call("work"), "done");
    assert.deepEqual(heard, [25, 50, 75]);
  });

  it("shows the handler who calls", async () => {
    const service = new Service().addMethod("who", (context: CallContext) => context.connection?.peer, {
      context: true,
    });
    const { left, right } = joined({}, { service });
    assert.deepEqual(await left.call("who"), { transport: "memory" });
    assert.deepEqual(right.peer, { transport: "memory" });
  });

  it("answers as methods finish, not as they were asked", async () => {
    const slow = gate<string>();
    const service = new Service().addMethod("slow", () => slow.promise).addMethod("fast", () => "fast");
    const { connection, peer } = scripted({ service });
    peer.call("a", "slow");
    peer.call("b", "fast");
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: "b", result: "fast" });
    assert.equal(connection.inFlight, 1);
    slow.open("slow");
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: "a", result: "slow" });
    assert.equal(connection.inFlight, 0);
  });

  it("refuses params it cannot send, before anything is sent", async () => {
    const { connection, peer } = scripted();
    const circle: unknown[] = [];
    circle.push(circle);
    await assert.rejects(connection.call("m", circle), TypeError);
    await assert.rejects(connection.call("m", [1n]), TypeError);
    await assert.rejects(connection.call("m", "text" as unknown as unknown[]), TypeError);
    await assert.rejects(connection.call(7 as unknown as string), TypeError);
    await assert.rejects(connection.call("m", [], { timeout: -1 }), RangeError);
    await assert.rejects(connection.call("m", [], { timeout: Number.NaN }), RangeError);
    await assert.rejects(connection.call("m", [], { signal: {} as AbortSignal }), TypeError);
    await turns();
    assert.deepEqual(peer.messages, []);
    assert.equal(connection.pending, 0);
  });

  it("says so when an option makes no sense, and leaves the channel as it was", () => {
    const [channel] = channelPair();
    assert.throws(() => new Connection(channel, { timeout: -1 }), RangeError);
    assert.throws(() => new Connection(channel, { limits: { inFlight: 0 } }), RangeError);
    // Nobody has opened it: it can still be used.
    new Connection(channel);
  });

  describe("without a service", () => {
    it("answers every request that there is no such method", async () => {
      const { left } = joined();
      await rejection(left.call("anything"), MethodNotFoundError);
      await rejection(left.call("toString"), MethodNotFoundError);
    });

    it("lets notifications pass, and goes on", async () => {
      const { connection, peer, log } = scripted();
      peer.notify("anything", [1]);
      peer.say([{ jsonrpc: "2.0", method: "anything" }]);
      const call = connection.call("m");
      const { id } = await peer.inbox.next();
      peer.answer(id, "fine");
      assert.equal(await call, "fine");
      assert.deepEqual(peer.messages.length, 1);
      assert.deepEqual(log.lines(), []);
    });

    it("answers a batch, but for what can only have been meant as an answer", async () => {
      const { peer, log } = scripted();
      peer.say([1, { jsonrpc: "2.0", id: 5, method: "m" }, { jsonrpc: "2.0", method: "n" }]);
      const [answer, ...others] = await peer.inbox.batch();
      assert.deepEqual([answer?.id, answer?.error?.code, others], [5, ErrorCode.MethodNotFound, []]);
      peer.say([1, null]);
      await log.said(/no JSON-RPC 2.0/);
      await turns();
      assert.equal(peer.messages.length, 1);
    });
  });

  it("answers requests and takes answers that come in one batch", async () => {
    const { connection, peer } = scripted({ service: greeter("this side") });
    const call = connection.call("m");
    const { id } = await peer.inbox.next();
    peer.say([
      { jsonrpc: "2.0", id: "x", method: "greet", params: ["you"] },
      { jsonrpc: "2.0", id, result: "mixed" },
    ]);
    assert.equal(await call, "mixed");
    assert.deepEqual(await peer.inbox.batch(), [{ jsonrpc: "2.0", id: "x", result: "this side greets you" }]);
  });

  it("refuses what goes over its limit of calls in flight, and takes more when there is room", async () => {
    const slow = gate<string>();
    const service = new Service().addMethod("slow", () => slow.promise);
    const { connection, peer } = scripted({ service, limits: { inFlight: 2 } });
    for (const id of [1, 2, 3]) peer.call(id, "slow");
    peer.notify("slow");
    peer.say([4, 5].map((id) => ({ jsonrpc: "2.0", id, method: "slow" })));
    const busy = { code: ErrorCode.ServerBusy, message: "Server Busy", data: { limit: "inFlight", max: 2 } };
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 3, error: busy });
    assert.deepEqual(await peer.inbox.batch(), [
      { jsonrpc: "2.0", id: 4, error: busy },
      { jsonrpc: "2.0", id: 5, error: busy },
    ]);
    assert.equal(connection.inFlight, 2);
    slow.open("now");
    assert.deepEqual(
      (await peer.inbox.take(2)).map(({ id }) => id),
      [1, 2],
    );
    peer.call(6, "slow");
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 6, result: "now" });
  });
});
