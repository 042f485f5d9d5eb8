/**
 * What every channel must do: the contract on `Channel`, row by row. An implementation's own test calls
 * {@link channelSuite} with a way to make two connected channels.
 */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Channel } from "../../src/connection/channel.ts";
import type { Limits } from "../../src/protocol/limits.ts";
import { Recorder } from "../support/recorder.ts";
import { turns } from "../support/turns.ts";

/** Two connected channels that nobody has opened. What is left of them after a test is put away. */
export interface ChannelPair {
  readonly left: Channel;
  readonly right: Channel;
  /** Breaks the right end in a way that the left one hears of as an error, not as an end. */
  readonly breakRight: () => void | Promise<void>;
}

/** Makes a pair. Both ends have the limits; the others are the implementation's choice. */
export type MakePair = (test: TestContext, limits?: Partial<Limits>) => Promise<ChannelPair> | ChannelPair;

const KiB = 1024;
const MiB = 1024 * KiB;

/* More than any operating system keeps for a connection by itself, so that a channel must queue. */
const ENOUGH = 256 * MiB;
const BLOCK = JSON.stringify("x".repeat(64 * KiB));

/** Sends blocks until something is true, or until no channel could have room for more. */
async function sendWhileNot(channel: Channel, isTrue: () => boolean): Promise<number> {
  let count = 0;
  for (; !isTrue() && count * BLOCK.length < ENOUGH; count++) {
    channel.send(BLOCK);
    if (count % 16 === 0) await turns(1);
  }
  return count;
}

/** Sends blocks until something is true. */
async function sendUntil(channel: Channel, isTrue: () => boolean): Promise<number> {
  const count = await sendWhileNot(channel, isTrue);
  assert(isTrue(), `not after ${count} blocks`);
  return count;
}

export function channelSuite(name: string, makePair: MakePair): void {
  /** A pair with its owners. */
  async function open(test: TestContext, limits?: Partial<Limits>) {
    const pair = await makePair(test, limits);
    return { ...pair, here: new Recorder(pair.left), there: new Recorder(pair.right) };
  }

  describe(`the channel ${name}`, { timeout: 60_000 }, () => {
    describe("carries texts", () => {
      it("in order, whole, each once, both ways at a time", async (t) => {
        const { left, right, here, there } = await open(t);
        const texts = Array.from({ length: 2_000 }, (_, at) => JSON.stringify([at, "é漢😀".repeat(at % 50)]));
        for (const [at, text] of texts.entries()) {
          left.send(text);
          right.send(text);
          if (at % 100 === 0) await turns(1);
        }
        await Promise.all([here.received(texts.length), there.received(texts.length)]);
        assert.deepEqual(here.messages, texts);
        assert.deepEqual(there.messages, texts);
      });

      it("that are large", async (t) => {
        const { left, there } = await open(t);
        const texts = [JSON.stringify("x".repeat(MiB)), "1", JSON.stringify("漢😀".repeat(MiB / 8)), "2"];
        for (const text of texts) left.send(text);
        await there.received(texts.length);
        assert.deepEqual(there.messages, texts);
      });

      it("that were sent before the other end was opened", async (t) => {
        const { left, right } = await makePair(t);
        const here = new Recorder(left);
        left.send("1");
        left.send("2");
        await left.handOver();
        await turns();
        const there = new Recorder(right);
        assert.deepEqual(there.events, [], "not before open returned");
        await there.received(2);
        assert.deepEqual(there.messages, ["1", "2"]);
        assert.deepEqual(here.events, []);
      });

      it("from inside a callback, and never from inside send", async (t) => {
        const { left, here, there } = await open(t);
        let sending = false;
        here.react.message = () => assert(!sending, "a message from inside send");
        there.react.message = () => {
          there.channel.send(`[${there.messages.at(-1)}]`);
          // Large enough to be written at once.
          there.channel.send(BLOCK);
        };
        for (const text of ["1", BLOCK, "3"]) {
          sending = true;
          left.send(text);
          sending = false;
        }
        await here.received(6);
        assert.deepEqual(here.messages, ["[1]", BLOCK, `[${BLOCK}]`, BLOCK, "[3]", BLOCK]);
      });
    });

    describe("pauses", () => {
      it("between two texts that arrived together", async (t) => {
        const { left, right, there } = await open(t);
        there.react.message = () => right.pause();
        for (const text of ["1", "2", "3"]) left.send(text);
        await there.received(1);
        await turns();
        assert.deepEqual(there.messages, ["1"]);
        right.resume();
        await there.received(2);
        await turns();
        assert.deepEqual(there.messages, ["1", "2"]);
        right.resume();
        await there.received(3);
      });

      it("and resumes in one callback", async (t) => {
        const { left, right, there } = await open(t);
        there.react.message = () => {
          right.pause();
          right.resume();
          right.pause();
          right.resume();
        };
        const texts = Array.from({ length: 100 }, (_, at) => String(at));
        for (const text of texts) left.send(text);
        await there.received(texts.length);
        assert.deepEqual(there.messages, texts);
      });

      it("before it was opened", async (t) => {
        const { left, right } = await makePair(t);
        new Recorder(left);
        right.pause();
        left.send("1");
        await left.handOver();
        const there = new Recorder(right);
        await turns();
        assert.deepEqual(there.messages, []);
        right.resume();
        await there.received(1);
      });

      it("and resumes before it was opened, losing nothing", async (t) => {
        const { left, right } = await makePair(t);
        new Recorder(left);
        left.send("1");
        await left.handOver();
        right.pause();
        right.resume();
        await turns();
        const there = new Recorder(right);
        await there.received(1);
        assert.deepEqual(there.messages, ["1"]);
      });

      it("and tells of the other's end only behind all that came before it", async (t) => {
        const { left, right, there } = await open(t);
        there.react.message = () => right.pause();
        left.send("1");
        left.send("2");
        left.close();
        await there.received(1);
        await turns();
        assert.deepEqual(there.events, ["message"]);
        right.resume();
        await there.received(2);
        right.resume();
        await there.happened("ended");
        // Where an end is the end of both directions, `closed` may have followed.
        assert.deepEqual(there.events.slice(0, 3), ["message", "message", "ended"]);
        assert.deepEqual(there.messages, ["1", "2"]);
      });

      it("while more comes than it keeps", async (t) => {
        const { left, right, there } = await open(t);
        right.pause();
        const texts = Array.from({ length: 64 }, (_, at) => JSON.stringify(String(at).repeat(32 * KiB)));
        for (const text of texts) left.send(text);
        await turns();
        assert.deepEqual(there.messages, []);
        right.resume();
        await there.received(texts.length);
        assert.deepEqual(there.messages, texts);
      });
    });

    describe("hands over", () => {
      it("what was sent, counting", async (t) => {
        const { left } = await open(t);
        assert.equal(left.handedOver, 0);
        await left.handOver();
        assert.equal(left.send("1"), 1);
        assert.equal(left.send("2"), 2);
        await left.handOver();
        assert.equal(left.handedOver, 2);
        assert.equal(left.send("3"), 3);
        await Promise.all([left.handOver(), left.handOver()]);
        assert.equal(left.handedOver, 3);
      });

      it("nothing that was sent after a destroy", async (t) => {
        const { left, here, there } = await open(t);
        left.send("1");
        await left.handOver();
        left.destroy();
        assert.equal(left.send("2"), 2);
        await assert.rejects(left.handOver());
        await here.happened("closed");
        assert.equal(left.send("3"), 3);
        await assert.rejects(left.handOver());
        await turns();
        assert.equal(left.handedOver, 1);
        await there.until(() => there.events.includes("ended") || there.events.includes("closed"));
        assert(!there.messages.includes("2"));
      });

      it("nothing that was sent after a close", async (t) => {
        const { left, right, here, there } = await open(t);
        left.send("1");
        left.close();
        assert.equal(left.send("2"), 2);
        await assert.rejects(left.handOver());
        await there.happened("ended");
        right.close();
        await Promise.all([here.happened("closed"), there.happened("closed")]);
        assert.equal(left.handedOver, 1);
        assert.deepEqual(there.messages, ["1"]);
      });

      it("what waited for a slow reader, once it reads", async (t) => {
        const { left, right, here, there } = await open(t, { queuedBytes: 128 * KiB });
        right.pause();
        const count = await sendUntil(left, () => here.events.includes("pressed"));
        const handOver = left.handOver();
        right.resume();
        await handOver;
        assert.equal(left.handedOver, count);
        await there.received(count);
      });

      it("not at all what waits when the connection breaks, and says why", async (t) => {
        const { left, right, here, breakRight } = await open(t, { queuedBytes: 128 * KiB });
        right.pause();
        const count = await sendUntil(left, () => here.events.includes("pressed"));
        const isHandedOver = left.handOver().then(
          () => true,
          (error) => {
            assert(error instanceof Error);
            return false;
          },
        );
        await breakRight();
        await here.happened("closed");
        assert.equal(await isHandedOver, left.handedOver >= count);
      });
    });

    describe("under a slow reader", () => {
      it("is pressed, and drained when the reader has caught up", async (t) => {
        const { left, right, here, there } = await open(t, { queuedBytes: 128 * KiB });
        right.pause();
        const count = await sendUntil(left, () => here.events.includes("pressed"));
        assert(left.queuedBytes > 128 * KiB);
        here.react.drained = () => assert(left.queuedBytes < 64 * KiB);
        right.resume();
        await here.happened("drained");
        await there.received(count);
        assert.deepEqual(here.events, ["pressed", "drained"]);
        assert.equal(left.queuedBytes, 0);
      });

      it("is pressed again when the reader stops again", async (t) => {
        const { left, right, here } = await open(t, { queuedBytes: 128 * KiB });
        for (let times = 1; times <= 3; times++) {
          right.pause();
          await sendUntil(left, () => here.events.filter((event) => event === "pressed").length === times);
          right.resume();
          await here.until(() => here.events.filter((event) => event === "drained").length === times);
        }
      });

      it("can be sent to from inside pressed and drained", async (t) => {
        const { left, right, here, there } = await open(t, { queuedBytes: 128 * KiB });
        here.react.pressed = () => left.send('"pressed"');
        here.react.drained = () => left.send('"drained"');
        right.pause();
        await sendUntil(left, () => here.events.includes("pressed"));
        right.resume();
        await there.until(() => there.messages.includes('"drained"'));
        assert(there.messages.includes('"pressed"'));
      });

      it("is cut at the hard bound, with a reason", async (t) => {
        const limits = { queuedBytes: 128 * KiB, maxQueuedBytes: 512 * KiB };
        const { left, right, here } = await open(t, limits);
        right.pause();
        await sendWhileNot(left, () => here.events.includes("closed"));
        // Now or soon: a child process has to exit first.
        await here.happened("closed");
        assert.deepEqual(here.events, ["pressed", "closed"]);
        assert.match(String(here.reason), /524288/);
      });
    });

    describe("closes", () => {
      it("behind all that was sent", async (t) => {
        const { left, right, here, there } = await open(t);
        const texts = Array.from({ length: 200 }, (_, at) => JSON.stringify(String(at % 10).repeat(10 * KiB)));
        for (const text of texts) left.send(text);
        left.close();
        await there.happened("ended");
        assert.deepEqual(there.messages, texts);
        right.close();
        await Promise.all([here.happened("closed"), there.happened("closed")]);
        assert.deepEqual([here.reason, there.reason], [undefined, undefined]);
        assert.equal(there.events.at(-1), "closed");
        assert.deepEqual(here.events, ["closed"]);
      });

      it("on both ends at a time", async (t) => {
        const { left, right, here, there } = await open(t);
        left.close();
        right.close();
        await Promise.all([here.happened("closed"), there.happened("closed")]);
        assert.deepEqual([here.reason, there.reason], [undefined, undefined]);
      });

      it("throwing away what still arrives, while the other end goes on", async (t) => {
        const { left, right, here, there } = await open(t);
        left.close();
        right.send("1");
        await there.happened("ended");
        right.send("2");
        right.close();
        await Promise.all([here.happened("closed"), there.happened("closed")]);
        assert.deepEqual(here.events, ["closed"]);
      });

      it("between two texts that arrived together", async (t) => {
        const { left, here, there, right } = await open(t);
        there.react.message = () => right.close();
        for (const text of ["1", "2", "3"]) left.send(text);
        await here.happened("ended");
        left.close();
        await there.happened("closed");
        assert.deepEqual(there.messages, ["1"]);
      });

      it("after the last word of a callback that answers and closes", async (t) => {
        const { left, right, here, there } = await open(t);
        there.react.message = () => {
          right.send('"last word"');
          right.close();
        };
        left.send("1");
        await here.happened("ended");
        assert.deepEqual(here.messages, ['"last word"']);
        left.close();
        await Promise.all([here.happened("closed"), there.happened("closed")]);
      });

      it("when paused", async (t) => {
        const { left, right, here, there } = await open(t);
        left.pause();
        right.send(BLOCK);
        await right.handOver();
        left.close();
        await there.happened("ended");
        right.close();
        await Promise.all([here.happened("closed"), there.happened("closed")]);
        assert.deepEqual(here.events, ["closed"]);
      });

      it("once, however often it is told to", async (t) => {
        const { left, right, here, there } = await open(t);
        left.close();
        left.close();
        left.pause();
        left.resume();
        await there.happened("ended");
        right.close();
        await here.happened("closed");
        left.close();
        left.destroy();
        left.pause();
        left.resume();
        await turns();
        assert.deepEqual(here.events, ["closed"]);
      });

      it("before it was opened, and tells who opens it then", async (t) => {
        const { left, right } = await makePair(t);
        left.close();
        const there = new Recorder(right);
        await there.happened("ended");
        right.close();
        await there.happened("closed");
        await turns();
        const here = new Recorder(left);
        assert.deepEqual(here.events, [], "not from inside open");
        await here.happened("closed");
        assert.equal(here.reason, undefined);
      });
    });

    describe("is destroyed", () => {
      it("with the reason given, and the other end hears that it is over", async (t) => {
        const { left, right, here, there } = await open(t);
        const reason = new Error("no more of this");
        left.destroy(reason);
        left.destroy(new Error("another"));
        await here.happened("closed");
        assert.equal(here.reason, reason);
        assert.deepEqual(here.events, ["closed"]);
        await there.until(() => there.events.includes("ended") || there.events.includes("closed"));
        right.close();
        await there.happened("closed");
      });

      it("between two texts that arrived together", async (t) => {
        const { left, right, there } = await open(t);
        there.react.message = () => right.destroy();
        for (const text of ["1", "2", "3"]) left.send(text);
        await there.happened("closed");
        assert.deepEqual(there.messages, ["1"]);
      });

      it("while it closes, and a slow reader holds that up", async (t) => {
        const { left, right, here } = await open(t, { queuedBytes: 128 * KiB });
        right.pause();
        await sendUntil(left, () => here.events.includes("pressed"));
        left.close();
        const reason = new Error("enough");
        left.destroy(reason);
        await here.happened("closed");
        assert.equal(here.reason, reason);
      });

      it("before it was opened, and tells who opens it then", async (t) => {
        const { left, right } = await makePair(t);
        new Recorder(right);
        const reason = new Error("nobody wanted it");
        left.destroy(reason);
        const early = new Recorder(left);
        assert.deepEqual(early.events, [], "not from inside open");
        await early.happened("closed");
        assert.equal(early.reason, reason);
      });
    });

    describe("breaks", () => {
      it("with a reason, once, last", async (t) => {
        const { left, here, there, breakRight } = await open(t);
        left.send("1");
        await there.received(1);
        await breakRight();
        await here.happened("closed");
        assert(here.reason instanceof Error);
        assert.equal(here.events.at(-1), "closed");
        left.send("2");
        left.close();
        left.destroy();
        await turns();
        assert.equal(here.events.filter((event) => event === "closed").length, 1);
      });

      it("before it was opened, and tells who opens it then", async (t) => {
        const { left, right, breakRight } = await makePair(t);
        new Recorder(right);
        await breakRight();
        await turns();
        const here = new Recorder(left);
        await here.happened("closed");
        assert(here.reason instanceof Error);
      });
    });

    it("is opened once", async (t) => {
      const { left, here } = await open(t);
      assert.throws(() => left.open(here), /opened/);
    });
  });
}
