/** Cancelling, as the caller does it: one notification for each call that was sent and is given up. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Cancels } from "../../src/connection/cancels.ts";
import { Connection } from "../../src/connection/connection.ts";
import type { Outgoing } from "../../src/connection/outgoing.ts";
import { PendingCall } from "../../src/connection/pending-call.ts";
import { type CancelDialect, type Cancellation, cancellationIn } from "../../src/protocol/cancellation.ts";
import { RequestCancelledError } from "../../src/protocol/errors/request-cancelled-error.ts";
import { Server } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { connected, faked } from "../support/faked.ts";
import { Log } from "../support/log.ts";
import { scripted } from "../support/scripted-peer.ts";
import { rejection } from "../support/settling.ts";
import { StubChannel } from "../support/stub-channel.ts";
import { turns } from "../support/turns.ts";

/** How each dialect says that call 1 is given up, for a reason that is a string. */
const said: Record<CancelDialect, (reason: string) => unknown> = {
  lsp: () => ({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1 } }),
  mcp: (reason) => ({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, reason } }),
};

for (const cancel of ["lsp", "mcp"] as const) {
  describe(`in the dialect ${cancel}`, () => {
    it("a call that is aborted is cancelled, and rejects at once as ever", async () => {
      const { connection, peer } = scripted({ cancel });
      const controller = new AbortController();
      const call = connection.call("m", [], { signal: controller.signal });
      await peer.inbox.next();
      controller.abort("not needed");
      await assert.rejects(call, { name: "AbortError", outcome: "unknown", cause: "not needed" });
      assert.deepEqual(await peer.inbox.next(), said[cancel]("not needed"));
    });

    it("a call that times out is cancelled", async () => {
      const { connection, peer, clock } = scripted({ cancel });
      const call = connection.call("m", [], { timeout: 70 });
      await peer.inbox.next();
      clock.advance(70);
      await assert.rejects(call, { name: "CallTimeoutError", outcome: "unknown" });
      assert.deepEqual(await peer.inbox.next(), said[cancel]("not answered within 70 ms"));
    });

    it("its late answer, whatever it is, is nobody's, and no reason to complain", async () => {
      for (const late of [{ result: 1 }, { error: { code: -32800, message: "Request cancelled" } }]) {
        const { connection, peer, log } = scripted({ cancel });
        const controller = new AbortController();
        const call = connection.call("m", [], { signal: controller.signal });
        await peer.inbox.next();
        controller.abort();
        await assert.rejects(call, { name: "AbortError" });
        peer.say({ jsonrpc: "2.0", id: 1, ...late });
        await log.said(/answered call 1 after it was cancelled/);
        assert.deepEqual(log.lines(), []);
        peer.say({ jsonrpc: "2.0", id: 1, ...late });
        await log.said(/no call awaits/);
      }
    });

    it("a batch that is aborted is cancelled member by member, but for what was answered and for notifications", async () => {
      const { connection, peer } = scripted({ cancel });
      const controller = new AbortController();
      const batch = connection.batch();
      const calls = [batch.call("a"), batch.call("b"), batch.call("c")];
      void batch.notify("n");
      const sent = batch.send({ signal: controller.signal });
      const [, second] = await peer.inbox.batch();
      peer.answer(second?.id, "in time");
      assert.equal(await calls[1], "in time");
      controller.abort();
      await sent;
      const cancelled = (await peer.inbox.take(2)).map(({ params }) => Object.values(params as object)[0]);
      assert.deepEqual(cancelled, [1, 3]);
      await turns();
      assert.equal(peer.messages.length, 3);
    });

    it("nothing is said of a call that was answered, and nothing when the connection is closed", async () => {
      const { connection, peer } = scripted({ cancel });
      const controller = new AbortController();
      const answered = connection.call("m", [], { signal: controller.signal });
      await peer.inbox.next();
      peer.answer(1, "in time");
      await answered;
      controller.abort();
      const open = connection.call("m");
      await peer.inbox.next();
      void connection.close();
      await assert.rejects(open, { name: "ClosedError" });
      await peer.happened("closed");
      assert.equal(peer.messages.length, 2);
    });

    it("a call that waits because the reader is slow is not sent, and not cancelled", async () => {
      const { connection, peer } = scripted({ cancel, channel: { queuedBytes: 1_000, maxQueuedBytes: 100_000 } });
      peer.channel.pause();
      const big = connection.call("big", ["x".repeat(2_000)]);
      const controller = new AbortController();
      const waiting = connection.call("m", [], { signal: controller.signal });
      controller.abort();
      await assert.rejects(waiting, { outcome: "not-sent" });
      peer.channel.resume();
      peer.answer((await peer.inbox.next()).id, "read");
      assert.equal(await big, "read");
      await turns();
      assert.equal(peer.messages.length, 1);
    });

    it("a cancel waits while the reader is slow, and goes before what waits too", async () => {
      const { connection, peer } = scripted({ cancel, channel: { queuedBytes: 1_000, maxQueuedBytes: 100_000 } });
      peer.channel.pause();
      const controller = new AbortController();
      const big = connection.call("big", ["x".repeat(2_000)], { signal: controller.signal });
      connection.call("m").catch(() => {});
      controller.abort("no longer");
      await assert.rejects(big, { outcome: "unknown" });
      peer.channel.resume();
      assert.equal((await peer.inbox.next()).method, "big");
      assert.deepEqual(await peer.inbox.next(), said[cancel]("no longer"));
      assert.equal((await peer.inbox.next()).method, "m");
      await connection.close();
    });

    it("a call is cancelled behind its own text, also when that is not handed over yet", async () => {
      const channel = new StubChannel();
      const clock = new FakeClock();
      const connection = new Connection(channel, { cancel, clock, logger: new Log() });
      const call = connection.call("m", [], { timeout: 1 });
      clock.advance(1);
      await assert.rejects(call, { name: "CallTimeoutError" });
      const messages = channel.sent.map((text) => JSON.parse(text));
      assert.deepEqual(messages, [
        { jsonrpc: "2.0", id: 1, method: "m", params: [] },
        said[cancel]("not answered within 1 ms"),
      ]);
    });
  });
}

describe("what is said of why", () => {
  const reasons: readonly (readonly [name: string, abort: (controller: AbortController) => void, reason?: string])[] = [
    ["a string is", (controller) => controller.abort("a new search"), "a new search"],
    ["an error is not: it was not written for others", (controller) => controller.abort(new Error("alice logged out"))],
    ["the platform's own reason is not", (controller) => controller.abort()],
    ["anything else is not", (controller) => controller.abort({ toJSON: () => "secret" })],
  ];
  for (const [name, abort, reason] of reasons) {
    it(name, async () => {
      const { connection, peer } = scripted({ cancel: "mcp" });
      const controller = new AbortController();
      connection.call("m", [], { signal: controller.signal }).catch(() => {});
      await peer.inbox.next();
      abort(controller);
      const params = reason === undefined ? { requestId: 1 } : { requestId: 1, reason };
      assert.deepEqual((await peer.inbox.next()).params, params);
    });
  }
});

it("the Model Context Protocol's initialize is never cancelled, and another dialect's is", async () => {
  for (const [cancel, messages] of [
    ["mcp", 1],
    ["lsp", 2],
  ] as const) {
    const { connection, peer, clock } = scripted({ cancel });
    const call = connection.call("initialize", {}, { timeout: 1 });
    await peer.inbox.next();
    clock.advance(1);
    await assert.rejects(call);
    await turns();
    assert.equal(peer.messages.length, messages);
  }
});

it("by default nothing is said", async () => {
  const { connection, peer, clock } = scripted();
  const controller = new AbortController();
  const aborted = connection.call("m", [], { signal: controller.signal });
  const late = connection.call("m", [], { timeout: 1 });
  await peer.inbox.take(2);
  controller.abort();
  clock.advance(1);
  await Promise.allSettled([aborted, late]);
  await turns();
  assert.equal(peer.messages.length, 2);
});

it("the late answers to very many calls are known, not those to any number", () => {
  const sent: string[] = [];
  const outgoing = { sendCancel: (body: string) => sent.push(body) } as unknown as Outgoing;
  const cancels = new Cancels(cancellationIn("lsp") as Cancellation, outgoing);
  const call = new PendingCall(
    "m",
    () => {},
    () => {},
  );
  call.ordinal = 1;
  for (let id = 1; id <= 100_001; id++) cancels.tell(call, id);
  assert.equal(sent.length, 100_001);
  assert.deepEqual(
    [1, 2, 100_001, 2, "3", null].map((id) => cancels.takesLate(id)),
    [false, true, true, false, false, false],
  );
});

describe("an answer with -32800", () => {
  it("to a call that this side did not give up is an error like any other", async () => {
    const { connection, peer } = scripted({ cancel: "lsp" });
    const call = connection.call("m");
    await peer.inbox.next();
    peer.refuse(1, -32800, "Request cancelled");
    assert.equal((await rejection(call, RequestCancelledError)).name, "RequestCancelledError");
  });
});

describe("a client", () => {
  it("cancels on the connection that carried the call, and only there", async (t) => {
    const { client, accept, peer } = await connected(t, { cancel: "lsp", timeout: 0 });
    const controller = new AbortController();
    const lost = client.call("m", [], { signal: controller.signal });
    await peer.inbox.next();
    peer.channel.destroy();
    await assert.rejects(lost, { name: "ConnectionLostError" });
    const call = client.call("m", [], { signal: controller.signal });
    const second = await accept();
    const { id } = await second.inbox.next();
    controller.abort();
    await assert.rejects(call, { name: "AbortError" });
    assert.deepEqual(await second.inbox.next(), { jsonrpc: "2.0", method: "$/cancelRequest", params: { id } });
    await turns();
    assert.deepEqual([peer.messages.length, second.messages.length], [1, 2]);
  });

  it("says nothing of a call that was given up while it dialled", async (t) => {
    const { client, accept } = faked(t, { cancel: "lsp", timeout: 0 });
    const controller = new AbortController();
    const aborted = client.call("aborted", [], { signal: controller.signal });
    const other = client.call("other");
    controller.abort();
    await assert.rejects(aborted, { outcome: "not-sent" });
    const peer = await accept();
    peer.answer((await peer.inbox.next()).id, "fine");
    assert.equal(await other, "fine");
    assert.equal(peer.messages.length, 1);
  });
});

describe("an option that makes no sense is refused at once", () => {
  const wrong = "LSP" as CancelDialect;
  const rows: Record<string, () => unknown> = {
    "by a connection": () => new Connection(new StubChannel(), { cancel: wrong }),
    "by a server": () => new Server(new Service(), { cancel: wrong }),
    "with version 1.0, which has no params by name": () =>
      new Connection(new StubChannel(), { cancel: "lsp", version: "1.0" }),
  };
  for (const [name, make] of Object.entries(rows)) it(name, () => assert.throws(make, RangeError));

  it("by a client", (t) => {
    assert.throws(() => faked(t, { cancel: wrong }), RangeError);
  });
});
