import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Client } from "../../src/client/client.ts";
import type { ConnectionOptions } from "../../src/connection/connection.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { QueueFullError } from "../../src/connection/errors/queue-full-error.ts";
import { scripted } from "../support/scripted-peer.ts";
import { clientOf } from "../support/served.ts";
import { rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { WireServer } from "../support/wire-peer.ts";

const LIMITS = { queuedBytes: 1_000, maxQueuedBytes: 100_000 };

/** A connection to a peer that does not read, with as much queued for it as there may be. */
async function full(options: ConnectionOptions = {}) {
  const played = scripted({ limits: LIMITS, channel: LIMITS, ...options });
  played.peer.channel.pause();
  await played.connection.notify("first", ["x".repeat(100)]);
  void played.connection.notify("large", ["x".repeat(2_000)], { whenFull: "wait" });
  await turns();
  return played;
}

describe("towards a peer that does not read, a call", () => {
  it("waits by default, within its timeout, and goes when the peer reads", async () => {
    const { connection, peer, clock } = await full();
    const late = connection.call("late", [], { timeout: 50 });
    const call = connection.call("m", [], { timeout: 0 });
    const settled = watch(call);
    clock.advance(50);
    assert.equal((await rejection(late, CallTimeoutError)).outcome, "not-sent");
    assert.equal(settled.settled, false);
    peer.channel.resume();
    await peer.until(() => peer.messages.length === 3);
    peer.answer(JSON.parse(peer.messages[2] as string).id, "done");
    assert.equal(await call, "done");
  });

  for (const [name, of, options] of [
    ["by its own option", {}, { whenFull: "fail" }],
    ["by the connection's", { whenFull: "fail" }, {}],
  ] as const) {
    it(`fails at once where that is chosen ${name}, and a notification and a batch do so too`, async () => {
      const { connection, peer } = await full(of);
      const batch = connection.batch();
      const members = [batch.call("a"), batch.notify("b")];
      const sent = batch.send(options);
      for (const failing of [connection.call("m", [], options), connection.notify("n", [], options), ...members]) {
        const error = await rejection(failing, QueueFullError);
        assert.deepEqual([error.outcome, error.name], ["not-sent", "QueueFullError"]);
      }
      await sent;
      assert.equal(connection.pending, 0);
      peer.channel.resume();
      await peer.until(() => peer.messages.length === 2);
      await turns();
      assert.equal(peer.messages.length, 2, "nothing of it was ever sent");
      const call = connection.call("after", [], options);
      await peer.until(() => peer.messages.length === 3);
      peer.answer(JSON.parse(peer.messages[2] as string).id, "done");
      assert.equal(await call, "done");
    });
  }

  it("can choose to wait where the connection says otherwise", async () => {
    const { connection } = await full({ whenFull: "fail" });
    const settled = watch(connection.call("m", [], { whenFull: "wait", timeout: 0 }));
    await turns();
    assert.equal(settled.settled, false);
    connection.destroy();
  });
});

describe("a client of a server that never reads", () => {
  it("keeps calls back, or fails them, and the memory it takes is its limit's", async (t) => {
    const wire = await WireServer.listen(t);
    const limits = { queuedBytes: 100_000 };
    const client = clientOf(t, wire.address, { limits, timeout: 0, whenFull: "fail" });
    await client.connect();
    const { socket } = await wire.peer();
    socket.pause();
    const text = "x".repeat(50_000);
    let sent = 0;
    // However much the system buffers, there is an end to it.
    for (let failed = false; !failed; sent++) {
      client.notify("n", [text]).catch((error) => {
        assert(error instanceof QueueFullError);
        failed = true;
      });
      await turns(1);
    }
    await rejection(client.call("m", [text]), QueueFullError);
    const waits = watch(client.call("m", [], { whenFull: "wait" }));
    await turns();
    assert.equal(waits.settled, false);
    assert(sent > 2);
    socket.resume();
    await client.notify("n", [], { whenFull: "wait" });
  });

  it("refuses an option that makes no sense", async () => {
    const whenFull = "perhaps" as "wait";
    assert.throws(() => new Client("tcp://127.0.0.1:1", { whenFull }), /expected "wait" or "fail"/);
    const { connection } = scripted();
    await rejection(connection.call("m", [], { whenFull }), RangeError);
    await rejection(connection.notify("m", [], { whenFull }), RangeError);
  });
});
