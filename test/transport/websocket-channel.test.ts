import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trusted } from "../../src/protocol/limits.ts";
import { WebSocketChannel } from "../../src/transport/websocket/channel.ts";
import type { WebSocketWire } from "../../src/transport/websocket/wire.ts";
import { Recorder } from "../support/recorder.ts";

/** A wire that takes whatever it is given, and takes down how many texts each write has. */
class GreedyWire implements WebSocketWire {
  readonly queuedBytes = 0;
  readonly ready = true;
  readonly open = true;
  readonly writes: number[] = [];

  start(): void {}

  soon(action: () => void): void {
    process.nextTick(action);
  }

  write(texts: readonly string[]): void {
    this.writes.push(texts.length);
  }

  pause(): void {}
  resume(): void {}
  close(): void {}
  destroy(): void {}
}

describe("a channel over a WebSocket", () => {
  it("writes the first of much early, and then twice as much each time, anew in each turn", async () => {
    const wire = new GreedyWire();
    const { channel } = new Recorder(new WebSocketChannel(wire, { limits: trusted, peer: { transport: "ws" } }));
    const send = (count: number) => {
      for (let at = 0; at < count; at++) channel.send("x".repeat(100));
    };
    const upTo16KiB = [8, 16, 31, 62, 123, 164];
    send(600);
    assert.deepEqual(wire.writes, [...upTo16KiB, 164]);
    await channel.handOver();
    assert.deepEqual(wire.writes.splice(0), [...upTo16KiB, 164, 32]);
    send(8);
    assert.deepEqual(wire.writes, [8]);
  });
});
