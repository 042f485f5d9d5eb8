import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import type { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { Service } from "../../src/service/service.ts";
import { connected, faked } from "../support/faked.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { WireServer } from "../support/wire-peer.ts";

describe("a notification", () => {
  it("arrives without an id, and is not answered", async (t) => {
    const { client, peer } = await connected(t);
    await client.notify("main.seen", { id: 7 });
    await client.notify("bare");
    assert.deepEqual(peer.inbox.texts, [
      '{"jsonrpc":"2.0","method":"main.seen","params":{"id":7}}',
      '{"jsonrpc":"2.0","method":"bare"}',
    ]);
    assert.equal(client.pending, 0);
  });

  it("resolves when it was handed to the system, and the server gets it also when the client closes next", async (t) => {
    const heard: unknown[] = [];
    const service = new Service().addMethod("n", (value: unknown) => {
      heard.push(value);
    });
    const server = await serve(t, service);
    const client = clientOf(t, server.address);
    await client.connect();
    const gone = new Promise((resolve) => server.on("disconnection", resolve));
    for (let value = 0; value < 1_000; value++) void client.notify("n", [value]);
    await client.close();
    await gone;
    assert.deepEqual(heard, [...Array(1_000).keys()]);
  });

  it("goes out in the order of calls and notifications", async (t) => {
    const server = await WireServer.listen(t);
    const client = clientOf(t, server.address);
    for (const at of [0, 2, 4]) {
      void client.notify("n", [at]);
      client.call("m", [at + 1]).catch(() => {});
    }
    const peer = await server.peer();
    await peer.inbox.take(6);
    for (const at of [6, 8]) {
      client.call("m", [at]).catch(() => {});
      void client.notify("n", [at + 1]);
    }
    await peer.inbox.take(4);
    assert.deepEqual(
      peer.inbox.texts.map((text) => JSON.parse(text).params[0]),
      [...Array(10).keys()],
    );
  });

  it("that cannot be dialled for rejects as not sent and is logged, also when nobody asks", async (t) => {
    const { client, transport, log } = faked(t);
    void client.notify("n");
    const awaited = client.notify("n");
    (await transport.dial()).refuse();
    await assert.rejects(awaited, { name: "DialError", outcome: "not-sent" });
    assert.equal(log.lines().filter((line) => line.includes("the notification n was not sent")).length, 2);
  });

  it("that is lost in the queue rejects as not sent and is logged, also when nobody asks", async (t) => {
    const { client, peer, log } = await connected(t);
    peer.channel.pause();
    await client.notify("n", ["x".repeat(100_000)]);
    void client.notify("n", ["x".repeat(100_000)]);
    const lost = client.notify("n", ["x".repeat(100_000)]);
    const state = watch(lost);
    await turns();
    assert.equal(state.settled, false);
    peer.channel.destroy();
    const error = await rejection(lost, ConnectionLostError);
    assert.equal(error.outcome, "not-sent");
    assert.equal((error.cause as DisconnectError).kind, "lost");
    await log.said(/notifications were not sent/);
  });

  it("that makes no sense rejects, sends nothing and dials nothing", async (t) => {
    const { client, transport } = faked(t);
    const circle: unknown[] = [];
    circle.push(circle);
    await assert.rejects(client.notify("n", circle), TypeError);
    await assert.rejects(client.notify("n", "text" as unknown as unknown[]), TypeError);
    await assert.rejects(client.notify("n", [], { timeout: -1 }), RangeError);
    await assert.rejects(client.notify("n", [], { signal: {} as AbortSignal }), TypeError);
    await turns();
    assert.deepEqual([transport.dials.length, client.pending], [0, 0]);
  });

  it("whose timeout makes no sense rejects also where it could go at once", async (t) => {
    const { client, peer } = await connected(t);
    await assert.rejects(client.notify("n", [], { timeout: Number.NaN }), RangeError);
    await turns();
    assert.deepEqual(peer.messages, []);
  });

  it("after close rejects and is logged", async (t) => {
    const { client, log } = await connected(t);
    await client.close();
    await assert.rejects(client.notify("n"), { name: "ClosedError", outcome: "not-sent" });
    assert.match(String(log.lines()), /n was not sent/);
  });

  it("shares one promise with those that leave with it, and each of them is told", async (t) => {
    const { client, peer } = await connected(t);
    const told = Array.from({ length: 100 }, () => client.notify("n"));
    await Promise.all(told);
    assert.equal(peer.channel.queuedBytes, 0);
    await peer.received(100);
  });
});
