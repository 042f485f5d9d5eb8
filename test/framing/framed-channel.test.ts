import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Duplex, PassThrough } from "node:stream";
import { describe, it, mock } from "node:test";
import { contentLength } from "../../src/framing/content-length.ts";
import { FramedChannel } from "../../src/framing/framed-channel.ts";
import type { Framing } from "../../src/framing/framing.ts";
import { netstring } from "../../src/framing/netstring.ts";
import { newline } from "../../src/framing/newline.ts";
import type { Limits } from "../../src/protocol/limits.ts";
import { channelSuite } from "../conformance/channel.ts";
import { type DuplexEnd, duplexPair } from "../support/duplex-pair.ts";
import { netstrings, readAll } from "../support/read-all.ts";
import { Recorder } from "../support/recorder.ts";
import { turns } from "../support/turns.ts";

for (const framing of [netstring, contentLength, newline]) {
  channelSuite(`FramedChannel over a Duplex, by ${framing.name}`, (t, limits = {}) => {
    const [here, there] = duplexPair();
    t.after(() => {
      here.destroy();
      there.destroy();
    });
    return {
      left: new FramedChannel(here, { framing, limits }),
      right: new FramedChannel(there, { framing, limits }),
      breakRight: () => {
        there.destroy();
      },
    };
  });
}

describe("a framed channel", { timeout: 20_000 }, () => {
  /** A channel on one end of a pair of streams; the other end is the test's. */
  function open(framing: Framing = netstring, limits: Partial<Limits> = {}) {
    const [here, peer] = duplexPair();
    peer.on("error", () => {});
    const channel = new FramedChannel(here, { framing, limits });
    return { channel, owner: new Recorder(channel), here, peer };
  }

  /** Counts what is written to the stream underneath. */
  function countWrites(stream: DuplexEnd): { count: number } {
    const writes = { count: 0 };
    const write = stream._write.bind(stream);
    stream._write = (...args) => {
      writes.count++;
      write(...args);
    };
    return writes;
  }

  it("knows nobody by itself", () => {
    const [here] = duplexPair();
    assert.deepEqual(new FramedChannel(here).peer, { transport: "stream" });
  });

  describe("on a violation", () => {
    it("says what was before it, gives room for a last word, and closes", async () => {
      const { channel, owner, peer } = open();
      owner.react.malformed = () => channel.send('"last word"');
      peer.write(`${netstrings("1", "2")}bad${netstrings("3")}`);
      assert.equal(await readAll(peer), netstrings('"last word"'));
      peer.end();
      await owner.happened("closed");
      assert.deepEqual(owner.events, ["message", "message", "malformed", "closed"]);
      const [violation] = owner.violations;
      assert.deepEqual([violation?.violation, violation?.fatal], ["not-a-digit", true]);
      assert.equal(owner.reason, undefined);
    });

    it("leaves it to the owner to cut the line", async () => {
      const { channel, owner, peer } = open();
      const reason = new Error("no patience");
      owner.react.malformed = () => channel.destroy(reason);
      peer.write(`bad${netstrings("1")}`);
      await owner.happened("closed");
      assert.deepEqual(owner.events, ["malformed", "closed"]);
      assert.equal(owner.reason, reason);
    });

    it("that loses one message only, goes on, also when its owner pauses there", async () => {
      const { channel, owner, peer } = open();
      owner.react.malformed = () => channel.pause();
      peer.write(Buffer.concat([Buffer.from("1:a,1:"), Buffer.from([0xff]), Buffer.from(",1:b,1:c,")]));
      await owner.happened("malformed");
      await turns();
      assert.deepEqual(owner.messages, ["a"]);
      peer.write(netstrings("d"));
      channel.resume();
      await owner.received(4);
      assert.deepEqual(owner.events, ["message", "malformed", "message", "message", "message"]);
      assert.deepEqual(owner.messages, ["a", "b", "c", "d"]);
      assert.deepEqual(owner.violations[0]?.violation, "not-utf8");
    });

    it("that loses one line only, keeps the peer of newline, with what was ASCII and what was not", async () => {
      const { channel, owner, peer } = open(newline, { messageBytes: 4 });
      peer.write('1\n"long"\n"é"\n');
      await owner.received(2);
      assert.deepEqual(owner.events, ["message", "malformed", "message"]);
      assert.deepEqual(owner.messages, ["1", '"é"']);
      assert.deepEqual([owner.violations[0]?.violation, owner.violations[0]?.fatal], ["too-long", false]);
      owner.react.ended = () => channel.close();
      channel.send('{\n"é": 1\r\n}');
      channel.send("2");
      peer.end();
      assert.equal(await readAll(peer), '{ "é": 1  }\n2\n');
      await owner.happened("closed");
      assert.equal(owner.reason, undefined);
    });

    it("at the end of the stream, which may still be answered", async () => {
      const { channel, owner, peer } = open();
      owner.react.ended = () => {
        channel.send('"answer"');
        channel.close();
      };
      peer.end(`${netstrings("1")}5:tr`);
      assert.equal(await readAll(peer), netstrings('"answer"'));
      await owner.happened("closed");
      assert.deepEqual(owner.events, ["message", "malformed", "ended", "closed"]);
      assert.equal(owner.violations[0]?.violation, "truncated");
    });

    it("of the framing itself, too", async () => {
      const decoder = {
        feed: () => {},
        next: () => {
          throw new RangeError("out of order");
        },
        end: () => undefined,
      };
      const { owner, peer } = open({ ...netstring, decoder: () => decoder });
      peer.end("x");
      await owner.happened("closed");
      assert.deepEqual(owner.events, ["malformed", "closed"]);
      assert.equal(owner.violations[0]?.violation, "not-a-frame");
      assert.match(String(owner.violations[0]), /out of order/);
    });
  });

  describe("with a peer that half-closes", () => {
    it("answers behind its end", async () => {
      const { channel, owner, peer } = open();
      peer.end(netstrings("1", "2"));
      await owner.happened("ended");
      assert.deepEqual(owner.events, ["message", "message", "ended"]);
      await turns();
      channel.send("[1]");
      await channel.handOver();
      await turns();
      channel.send("[2]");
      channel.close();
      assert.equal(await readAll(peer), netstrings("[1]", "[2]"));
      await owner.happened("closed");
      assert.equal(owner.reason, undefined);
    });

    it("hears of it also when that happened before it was opened", async () => {
      const [here, peer] = duplexPair();
      const channel = new FramedChannel(here);
      peer.end();
      await once(peer, "finish");
      here.read(0);
      await once(here, "end");
      const owner = new Recorder(channel);
      await owner.happened("ended");
    });

    it("hears of it also when that happened before it was made", async () => {
      const [here, peer] = duplexPair();
      here.resume();
      peer.end();
      await once(here, "end");
      const owner = new Recorder(new FramedChannel(here));
      await owner.happened("ended");
    });

    it("does not wait for it when it closes", async () => {
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const { channel, owner, here, peer } = open();
        peer.resume();
        channel.send("1");
        channel.close();
        await once(peer, "end");
        await turns();
        // The peer goes on talking and never ends: it is given a second.
        peer.write(netstrings("2"));
        await turns();
        assert(!here.destroyed);
        mock.timers.tick(1_000);
        await owner.happened("closed");
        assert.deepEqual(owner.events, ["closed"]);
      } finally {
        mock.timers.reset();
      }
    });
  });

  describe("on a stream that", () => {
    it("broke, gives its error as the reason", async () => {
      const { owner, here } = open();
      const error = new Error("EPIPE");
      here.destroy(error);
      await owner.happened("closed");
      assert.equal(owner.reason, error);
    });

    it("broke before the channel was made, gives its error as the reason", async () => {
      const [here, there] = duplexPair();
      there.on("error", () => {});
      const error = new Error("EPIPE");
      here.on("error", () => {});
      here.destroy(error);
      await new Promise((resolve) => here.once("close", resolve));
      const channel = new FramedChannel(here);
      assert.equal(channel.send("1"), 1);
      const owner = new Recorder(channel);
      await owner.happened("closed");
      assert.equal(owner.reason, error);
      assert.equal(channel.handedOver, 0);
    });

    it("somebody else closed, says so", async () => {
      const { owner, here } = open();
      here.destroy();
      await owner.happened("closed");
      assert.match(String(owner.reason), /closed underneath/);
    });

    it("somebody else ended, hands nothing over and closes", async () => {
      const { channel, owner, here, peer } = open();
      here.end();
      await once(here, "finish");
      channel.send("1");
      const handOver = channel.handOver();
      peer.end();
      await assert.rejects(handOver);
      assert.equal(channel.handedOver, 0);
      await owner.happened("closed");
    });

    it("fails without breaking, is broken", async () => {
      const { owner, here } = open();
      const error = new Error("a TLS alert");
      here.emit("error", error);
      await owner.happened("closed");
      assert.equal(owner.reason, error);
      assert(here.destroyed);
    });

    it("fails to write, gives the error as the reason", async () => {
      const { channel, owner, here } = open();
      const error = new Error("EIO");
      here._write = (_chunk, _encoding, callback) => callback(error);
      channel.send("1");
      await owner.happened("closed");
      assert.equal(owner.reason, error);
      assert.deepEqual(owner.events, ["closed"]);
    });
  });

  describe("writes", () => {
    it("what is sent in one turn together", async () => {
      const { channel, here, peer } = open();
      const writes = countWrites(here);
      const texts = Array.from({ length: 10_000 }, (_, at) => String(at));
      for (const text of texts) channel.send(text);
      channel.close();
      assert.equal(await readAll(peer), netstrings(...texts));
      assert(writes.count < 100, `${writes.count} writes`);
    });

    it("at the end of the turn when it is little", async () => {
      const { channel, here } = open();
      const writes = countWrites(here);
      channel.send("1");
      channel.send("2");
      assert.equal(writes.count, 0);
      assert.equal(channel.handedOver, 0);
      await channel.handOver();
      assert.equal(writes.count, 1);
      assert.equal(channel.handedOver, 2);
    });

    it("the first of much early, so that the peer can begin, and then twice as much each time, anew in each turn", async () => {
      const sizes: number[] = [];
      const stream = new Duplex({
        read() {},
        write(chunk: Buffer, _encoding, done) {
          sizes.push(chunk.length);
          done();
        },
      });
      const { channel } = new Recorder(new FramedChannel(stream));
      // With its length, colon and comma, each is of 100 bytes.
      const send = (count: number) => {
        for (let at = 0; at < count; at++) channel.send("x".repeat(96));
      };
      const upTo16KiB = [800, 1_600, 3_100, 6_200, 12_300, 16_400];
      send(600);
      assert.deepEqual(sizes, [...upTo16KiB, 16_400]);
      await channel.handOver();
      assert.deepEqual(sizes.splice(0), [...upTo16KiB, 16_400, 3_200]);
      send(8);
      assert.deepEqual(sizes, [800]);
      stream.destroy();
    });

    it("lengths in bytes, also where some texts of a write are ASCII and some are not", async () => {
      const { channel, peer } = open();
      const texts = ["1", '"é"', '"x"', '"漢😀"', "2"];
      for (const text of texts) channel.send(text);
      channel.close();
      const bytes = Buffer.from(await readAll(peer));
      assert.equal(bytes.toString(), '1:1,4:"é",3:"x",9:"漢😀",1:2,');
    });

    it("nothing while the last write is under way, however much is sent", async () => {
      const { channel, owner, here, peer } = open();
      const writes = countWrites(here);
      const block = "x".repeat(here.writableHighWaterMark);
      for (let count = 0; count < 50; count++) {
        channel.send(block);
        await turns(1);
      }
      assert(writes.count < 10, `${writes.count} writes`);
      assert.equal(channel.handedOver, writes.count);
      peer.resume();
      await channel.handOver();
      assert.equal(channel.handedOver, 50);
      assert.deepEqual(owner.events, []);
    });
  });

  it("works on any Duplex, such as one that echoes", async () => {
    const channel = new FramedChannel(new PassThrough());
    const owner = new Recorder(channel);
    channel.send('"to myself"');
    await owner.received(1);
    channel.close();
    await owner.happened("closed");
  });
});
