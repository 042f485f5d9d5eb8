import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeClock } from "../../src/testing/index.ts";
import { Heartbeat } from "../../src/transport/websocket/heartbeat.ts";
import { turns } from "../support/turns.ts";

const INTERVAL = 1_000;

/** A heartbeat over a socket whose numbers the test sets. */
function start() {
  const clock = new FakeClock();
  const pulse = { bytesRead: 0, bytesWritten: 0, writableLength: 0 };
  const happened: ("ping" | "dead")[] = [];
  const state = { isReading: true };
  const heartbeat = new Heartbeat(pulse, {
    interval: INTERVAL,
    clock,
    isReading: () => state.isReading,
    ping: () => {
      happened.push("ping");
      // It goes out, unless it has to queue.
      pulse.bytesWritten += 2;
      if (pulse.writableLength > 0) pulse.writableLength += 2;
    },
    dead: () => happened.push("dead"),
  });
  /** So many looks, each with time for what it puts off. */
  const looks = async (count: number, between = () => {}) => {
    for (let look = 0; look < count; look++) {
      between();
      clock.advance(INTERVAL);
      await turns(2);
    }
  };
  return { clock, pulse, state, heartbeat, happened, looks };
}

describe("a heartbeat", () => {
  it("pings a silent peer once, and finds it dead an interval later", async () => {
    const { happened, looks, clock } = start();
    await looks(1);
    assert.deepEqual(happened, ["ping"]);
    await looks(1);
    assert.deepEqual(happened, ["ping", "dead"]);
    await looks(3);
    assert.deepEqual(happened, ["ping", "dead"]);
    assert.equal(clock.timers, 0);
  });

  it("does not ping a peer that talks", async () => {
    const { happened, looks, pulse } = start();
    await looks(5, () => pulse.bytesRead++);
    assert.deepEqual(happened, []);
  });

  it("goes on as long as pongs come", async () => {
    const { happened, looks, pulse } = start();
    for (let times = 0; times < 3; times++) {
      await looks(1);
      pulse.bytesRead += 6;
      await looks(1);
    }
    assert.deepEqual(happened, ["ping", "ping", "ping"]);
  });

  it("takes for life what a slow reader takes of what waits for it", async () => {
    const { happened, looks, pulse } = start();
    pulse.bytesWritten = 1_000_000;
    pulse.writableLength = 900_000;
    await looks(1);
    await looks(3, () => {
      pulse.writableLength -= 1;
    });
    assert(!happened.includes("dead"));
    await looks(2);
    assert.equal(happened.at(-1), "dead");
  });

  it("does not take for life what the system has room for", async () => {
    const { happened, looks, pulse } = start();
    await looks(2, () => {
      pulse.bytesWritten += 10;
    });
    assert.deepEqual(happened, ["ping", "dead"]);
  });

  it("has patience while this side does not read", async () => {
    const { happened, looks, state } = start();
    await looks(1);
    state.isReading = false;
    await looks(5);
    assert.deepEqual(happened, ["ping"]);
    state.isReading = true;
    await looks(2);
    assert.deepEqual(happened, ["ping", "ping", "dead"]);
  });

  it("has none with a peer that takes nothing, which is why it is not read", async () => {
    const { happened, looks, state, pulse } = start();
    state.isReading = false;
    pulse.bytesWritten = 1_000;
    pulse.writableLength = 1_000;
    await looks(2, () => {
      pulse.writableLength -= 100;
    });
    assert.deepEqual(happened, [], "it took something each time");
    await looks(3);
    assert.deepEqual(happened, ["ping", "dead"]);
  });

  it("reads what has arrived before it finds a peer dead", async () => {
    const { happened, looks, pulse, clock } = start();
    await looks(1);
    clock.advance(INTERVAL);
    // As after a busy time: the timer runs before the socket is read.
    pulse.bytesRead++;
    await turns(2);
    assert.deepEqual(happened, ["ping"]);
  });

  it("is silent once it is stopped", async () => {
    const { happened, looks, heartbeat, clock } = start();
    await looks(1);
    clock.advance(INTERVAL);
    heartbeat.stop();
    await looks(3);
    assert.deepEqual(happened, ["ping"]);
    assert.equal(clock.timers, 0);
  });
});
