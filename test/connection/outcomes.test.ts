import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageViolation } from "../../src/connection/channel.ts";
import { Connection } from "../../src/connection/connection.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { Log } from "../support/log.ts";
import { StubChannel } from "../support/stub-channel.ts";

const violation: MessageViolation = Object.assign(new Error("not a frame"), { violation: "not-a-frame", fatal: true });

/** What can end a call that has been given to the channel and not been handed over, and what becomes of it. */
const ends: readonly (readonly [
  name: string,
  end: (script: {
    channel: StubChannel;
    connection: Connection;
    clock: FakeClock;
    controller: AbortController;
  }) => unknown,
  error: string,
  outcome: "not-sent" | "unknown",
])[] = [
  // What the channel has queued goes out in these cases, so the peer may execute it.
  ["the peer ends", ({ channel }) => channel.receiver.ended(), "ConnectionLostError", "unknown"],
  ["this side closes", ({ connection }) => connection.close(), "ClosedError", "unknown"],
  [
    "the peer breaks the framing",
    ({ channel }) => channel.receiver.malformed(violation),
    "ConnectionLostError",
    "unknown",
  ],
  ["it times out", ({ clock }) => clock.advance(5_000), "CallTimeoutError", "unknown"],
  ["it is aborted", ({ controller }) => controller.abort(), "AbortError", "unknown"],
  // In these it is gone with the channel.
  ["it is lost", ({ channel }) => channel.receiver.closed(new Error("reset")), "ConnectionLostError", "not-sent"],
  ["it is over all at once", ({ channel }) => channel.receiver.closed(undefined), "ConnectionLostError", "not-sent"],
  ["this side cuts it", ({ connection }) => connection.destroy(), "ClosedError", "not-sent"],
];

function script() {
  const channel = new StubChannel();
  const clock = new FakeClock();
  const connection = new Connection(channel, { clock, logger: new Log() });
  return { channel, clock, connection, controller: new AbortController() };
}

describe("what became of a call that the channel had queued, when", () => {
  for (const [name, end, error, outcome] of ends) {
    it(`${name}: ${outcome}`, async () => {
      const played = script();
      const call = played.connection.call("m", [], { signal: played.controller.signal });
      void end(played);
      await assert.rejects(call, { name: error, outcome });
      assert.equal(played.connection.pending, 0);
    });
  }
});

describe("what became of a call that was handed over, when", () => {
  for (const [name, end, error] of ends) {
    it(`${name}: unknown`, async () => {
      const played = script();
      const call = played.connection.call("m", [], { signal: played.controller.signal });
      played.channel.handedOver = 1;
      void end(played);
      await assert.rejects(call, { name: error, outcome: "unknown" });
    });
  }
});

describe("what became of a call that waited because the reader was slow, when", () => {
  for (const [name, end, error] of ends) {
    it(`${name}: not-sent`, async () => {
      const played = script();
      played.channel.receiver.pressed();
      const call = played.connection.call("m", [], { signal: played.controller.signal });
      void end(played);
      await assert.rejects(call, { name: error, outcome: "not-sent" });
      played.channel.receiver.drained();
      assert.equal(
        played.channel.sent.some((text) => text.includes('"m"')),
        false,
      );
    });
  }
});

describe("a connection", () => {
  it("says its last word before it closes a channel whose peer broke the framing, and closes it once", async () => {
    const { channel, connection } = script();
    channel.receiver.malformed(violation);
    channel.receiver.ended();
    void connection.close();
    assert.deepEqual(channel.orders, ["close"]);
    channel.receiver.closed(undefined);
    await connection.closed;
    const { kind, cause } = await connection.disconnected;
    assert.deepEqual([kind, cause], ["violation", violation]);
  });

  it("reports each stage of its end once, whatever the channel does", async () => {
    const { channel, connection } = script();
    channel.receiver.ended();
    assert.deepEqual(channel.orders, ["close"]);
    channel.receiver.closed(new Error("reset"));
    assert.equal((await connection.disconnected).kind, "ended");
    await connection.close();
    connection.destroy();
    await connection.drain();
  });
});
