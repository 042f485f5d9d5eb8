import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { connected, faked } from "../support/faked.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

describe("a batch", () => {
  it("travels as one message, and each member gets its own answer", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    const sum = batch.call("add", [1, 2]);
    const told = batch.notify("log", ["x"]);
    const failing = batch.call("fail", { by: "name" });
    assert.equal(batch.length, 3);
    await turns();
    assert.deepEqual(peer.messages, [], "not before send");
    const sent = batch.send();
    const members = await peer.inbox.batch();
    assert.deepEqual(
      members.map(({ method, params }) => [method, params]),
      [
        ["add", [1, 2]],
        ["log", ["x"]],
        ["fail", { by: "name" }],
      ],
    );
    await told;
    // In whatever order they come.
    peer.say([
      { jsonrpc: "2.0", id: members[2]?.id, error: { code: 5, message: "no" } },
      { jsonrpc: "2.0", id: members[0]?.id, result: 3 },
    ]);
    await sent;
    assert.equal(await sum, 3);
    assert.equal((await rejection(failing, RpcError)).code, 5);
    assert.equal(client.pending, 0);
  });

  it("of one is a batch all the same", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    const call = batch.call("m");
    void batch.send();
    const [member] = await peer.inbox.batch();
    peer.answer(member?.id, "not even in an array");
    assert.equal(await call, "not even in an array");
  });

  it("of notifications only is done when it was handed over", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    const told = [batch.notify("a"), batch.notify("b")];
    await batch.send();
    await Promise.all(told);
    assert.equal((await peer.inbox.batch()).length, 2);
    assert.equal(client.pending, 0);
  });

  it("that is empty sends nothing, and dials nothing", async (t) => {
    const { client, transport } = faked(t);
    const batch = client.batch();
    await batch.send();
    assert.throws(() => batch.call("m"), /sent before/);
    await turns();
    assert.equal(transport.dials.length, 0);
  });

  it("is sent once, and takes no members afterwards", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    batch.call("m").catch(() => {});
    void batch.send();
    assert.throws(() => batch.send(), /sent before/);
    assert.throws(() => batch.call("n"), /sent before/);
    assert.throws(() => batch.notify("n"), /sent before/);
    assert.equal((await peer.inbox.batch()).length, 1);
    await turns();
    assert.equal(peer.messages.length, 1);
  });

  it("can be sent after options that made no sense", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    const call = batch.call("m");
    assert.throws(() => batch.send({ timeout: -1 }), RangeError);
    assert.throws(() => batch.send({ signal: {} as AbortSignal }), {
      name: "TypeError",
      message: /^expected an AbortSignal as the option signal, got object/,
    });
    assert.equal(client.pending, 0);
    void batch.send();
    const [member] = await peer.inbox.batch();
    peer.answer(member?.id, "fine");
    assert.equal(await call, "fine");
  });

  it("refuses a member that cannot be written, and goes without it", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    assert.throws(() => batch.call("m", [1n]), TypeError);
    const call = batch.call("m", [1]);
    void batch.send();
    const members = await peer.inbox.batch();
    assert.equal(members.length, 1);
    peer.answer(members[0]?.id, "fine");
    assert.equal(await call, "fine");
  });

  for (const when of ["before the dial", "connected"] as const) {
    it(`over limits.batchLength is refused, ${when}`, async (t) => {
      const { client, accept, log } = faked(t, { limits: { batchLength: 2 } });
      if (when === "connected") {
        const connecting = client.connect();
        await accept();
        await connecting;
      }
      const batch = client.batch();
      const members = [batch.call("a"), batch.notify("b"), batch.call("c")];
      const sent = batch.send();
      const peer = when === "connected" ? undefined : await accept();
      await sent;
      for (const member of members) {
        const error = await rejection(member, RangeError);
        assert.match(error.message, /a batch of 3 is longer than limits.batchLength, 2/);
      }
      await turns();
      assert.deepEqual(peer?.messages ?? [], []);
      assert.equal(client.pending, 0);
      assert.deepEqual(log.lines(), []);
    });
  }

  it("drops members that were aborted before it could be sent, and is not sent when none is left", async (t) => {
    const { client, accept } = faked(t);
    const controller = new AbortController();
    const doomed = client.batch();
    const gone = [doomed.call("a"), doomed.notify("b")];
    const sent = doomed.send({ signal: controller.signal });
    const batch = client.batch();
    const kept = batch.call("c");
    void batch.send();
    controller.abort();
    await sent;
    for (const member of gone) await assert.rejects(member, { name: "AbortError", outcome: "not-sent" });
    const peer = await accept();
    const members = await peer.inbox.batch();
    assert.deepEqual(
      members.map(({ method }) => method),
      ["c"],
    );
    peer.answer(members[0]?.id, "kept");
    assert.equal(await kept, "kept");
  });

  it("is sent with a signal that was aborted: nothing goes", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    const member = batch.call("m");
    await batch.send({ signal: AbortSignal.abort("why") });
    await assert.rejects(member, { name: "AbortError", outcome: "not-sent", cause: "why" });
    await turns();
    assert.deepEqual(peer.messages, []);
  });

  it("whose answer holds only some of the members leaves the others to their timeout", async (t) => {
    const { client, peer, clock } = await connected(t);
    const batch = client.batch();
    const calls = [batch.call("a"), batch.call("b")] as const;
    const sent = batch.send({ timeout: 40 });
    const [first] = await peer.inbox.batch();
    peer.say([{ jsonrpc: "2.0", id: first?.id, result: 1 }]);
    assert.equal(await calls[0], 1);
    clock.advance(40);
    await sent;
    await assert.rejects(calls[1], { name: "CallTimeoutError", outcome: "unknown" });
  });

  it("settles when the connection drops: send resolves, the members reject", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    const members = [batch.call("a"), batch.call("b")];
    const told = batch.notify("c");
    const sent = batch.send();
    await peer.inbox.batch();
    peer.channel.destroy();
    await sent;
    await told;
    for (const member of members) {
      assert.equal((await rejection(member, ConnectionLostError)).outcome, "unknown");
    }
  });

  it("logs a member that failed and that nobody asked for, once, and no other", async (t) => {
    const { client, peer, log } = await connected(t);
    const batch = client.batch();
    void batch.call("ignored");
    const asked = batch.call("asked");
    void batch.call("ignored and fine");
    const caught = batch.call("caught").catch(() => {});
    const sent = batch.send();
    const members = await peer.inbox.batch();
    for (const { id, method } of members) {
      if (method === "ignored and fine") peer.answer(id, 1);
      else peer.refuse(id, 1, String(method));
    }
    await sent;
    await rejection(asked, RpcError);
    await caught;
    await log.said(/ignored, in a batch, failed/);
    await turns();
    assert.equal(log.lines().length, 1);
  });

  it("gives promises that are promises in every way", async (t) => {
    const { client, peer } = await connected(t);
    const batch = client.batch();
    const members = ["a", "b", "c", "d"].map((method) => batch.call(method));
    void batch.send();
    for (const { id, method } of await peer.inbox.batch()) peer.answer(id, method);
    assert(members.every((member) => member instanceof Promise));
    assert.deepEqual(await Promise.all(members), ["a", "b", "c", "d"]);
    assert.equal(await Promise.race(members.slice(1)), "b");
    assert.equal(await members[2]?.then((value) => `${value}!`), "c!");
    let finished = false;
    await members[3]?.finally(() => {
      finished = true;
    });
    assert(finished);
  });

  it("is answered by a server", async (t) => {
    const server = await serve(t);
    const batch = clientOf(t, server.address).batch();
    const calls = [batch.call("add", [1, 2]), batch.call("later", ["late"]), batch.call("echo", [{ a: 1 }])];
    const wrong = batch.call("unknown");
    await batch.send();
    assert.deepEqual(await Promise.all(calls), [3, "late", { a: 1 }]);
    assert.equal((await rejection(wrong, RpcError)).code, -32601);
  });
});
