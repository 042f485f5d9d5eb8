import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelPair } from "../../src/testing/index.ts";
import { channelSuite } from "../conformance/channel.ts";
import { Recorder } from "../support/recorder.ts";
import { turns } from "../support/turns.ts";

channelSuite("in memory", (_test, limits) => {
  const [left, right] = channelPair(limits);
  return { left, right, breakRight: () => right.destroy() };
});

describe("channelPair", () => {
  it("keeps what was sent in the same turn as a destroy from the other end, as not handed over", async () => {
    const [left, right] = channelPair();
    const there = new Recorder(right);
    left.open(new Recorder(channelPair()[0]));
    left.send("1");
    left.destroy();
    await there.happened("closed");
    assert.equal(left.handedOver, 0);
    assert.deepEqual(there.messages, []);
  });

  it("counts what the other end has not taken as queued, also what was handed over", async () => {
    const [left, right] = channelPair();
    const there = new Recorder(right);
    right.pause();
    left.send("12345");
    assert.equal(left.queuedBytes, 5);
    await left.handOver();
    assert.equal(left.queuedBytes, 5);
    right.resume();
    await there.received(1);
    await turns(1);
    assert.equal(left.queuedBytes, 0);
  });

  it("says that it is memory", () => {
    const [left, right] = channelPair();
    assert.deepEqual([left.peer, right.peer], [{ transport: "memory" }, { transport: "memory" }]);
  });

  it("takes limits as everything does", () => {
    assert.throws(() => channelPair({ queuedBytes: 0 }), RangeError);
    assert.throws(() => channelPair("nobody" as "trusted"), RangeError);
  });
});
