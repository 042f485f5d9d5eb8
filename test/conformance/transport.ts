/**
 * What every transport must do: the contract on `Transport`, row by row, and the channel suite over its channels. A
 * transport's own test calls {@link transportSuite} with what is its own.
 */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import type { Channel } from "../../src/connection/channel.ts";
import { contentLength } from "../../src/framing/content-length.ts";
import { netstring } from "../../src/framing/netstring.ts";
import { newline } from "../../src/framing/newline.ts";
import type { Limits } from "../../src/protocol/limits.ts";
import { InvalidAddressError, withoutSecrets } from "../../src/transport/address.ts";
import { netstrings, readAll } from "../support/read-all.ts";
import { Recorder } from "../support/recorder.ts";
import { Stage, type TransportUnderTest } from "../support/stage.ts";
import { turns } from "../support/turns.ts";
import { channelSuite } from "./channel.ts";

/** What one transport has of its own. */
export interface TransportRows extends TransportUnderTest {
  /** The profile of limits it has by default. */
  readonly limits: Limits;
  /**
   * What a dial to an address where nobody listens fails with. A transport without this has no such place: the two ends
   * of stdio are a child and the parent that started it. What is about a place that many can dial, that one at a time
   * can listen on and that is free again does not apply to it; `test/transport/stdio*.test.ts` says what does instead.
   */
  readonly nobody?: "ECONNREFUSED" | "ENOENT";
  /** Breaks a connection as the channel suite wants it broken. Default: it is closed with bytes unread. */
  readonly breakRight?: (left: Channel, right: Channel) => void | Promise<void>;
  /**
   * A message as a client puts it on the wire, where the transport carries messages by itself, as WebSocket does. Two
   * rows do not apply there: there is no framing that an address could name, and no end of one direction only, behind
   * which a peer waits for answers, since a close frame ends both.
   *
   * Without it, its channels are netstrings over a byte stream.
   */
  readonly message?: (text: string) => Uint8Array;
  /** Addresses that make no sense, whether to dial or to listen on, and what the error says. */
  readonly invalid: readonly (readonly [address: string, says: RegExp])[];
}

const MiB = 1024 * 1024;
const LARGE = JSON.stringify("x".repeat(3 * MiB));

export function transportSuite(rows: TransportRows): void {
  const { name, transport, nobody, message } = rows;
  // What is about a place.
  const place = nobody === undefined ? { it() {}, describe() {} } : { it, describe };
  const byteStream = message === undefined;

  describe(`the transport ${name}`, { timeout: 60_000 }, () => {
    it("has its limits", () => {
      assert.equal(transport.limits, rows.limits);
    });

    describe("refuses the address", () => {
      for (const [address, says] of rows.invalid) {
        it(JSON.stringify(address).slice(0, 60), async (t) => {
          const stage = new Stage(rows, t);
          for (const attempt of [stage.dial(address), stage.listen(address)]) {
            await assert.rejects(attempt, (error: Error) => {
              assert(error instanceof InvalidAddressError, String(error));
              assert.equal(error.address, withoutSecrets(address));
              assert.match(error.message, says);
              return true;
            });
          }
        });
      }
    });

    describe("connects", () => {
      it("two ends that talk", async (t) => {
        const { left, right } = await new Stage(rows, t).connect();
        assert.deepEqual([left.peer.transport, right.peer.transport], [name, name]);
        const [here, there] = [new Recorder(left), new Recorder(right)];
        left.send('"é"');
        right.send("[1]");
        await Promise.all([here.received(1), there.received(1)]);
        assert.deepEqual([here.messages, there.messages], [["[1]"], ['"é"']]);
      });

      place.it("many at a time", async (t) => {
        const stage = new Stage(rows, t);
        const echo = (owner: Recorder) => owner.channel.send(`[${owner.messages.at(-1)}]`);
        const { address } = await stage.listen(undefined, {
          accept: (channel) => {
            const owner: Recorder = new Recorder(channel, { message: () => echo(owner) });
          },
        });
        const dialled = await Promise.all(Array.from({ length: 50 }, () => stage.dial(address)));
        const owners = dialled.map((channel) => new Recorder(channel));
        for (const [at, channel] of dialled.entries()) channel.send(String(at));
        await Promise.all(owners.map((owner) => owner.received(1)));
        const answers = owners.map(({ messages }) => messages);
        assert.deepEqual(
          answers,
          owners.map((_, at) => [`[${at}]`]),
        );
      });

      for (const framing of byteStream ? [netstring, contentLength, newline] : []) {
        it(`with the framing ${framing.name} that the address names, and the listener's address too`, async (t) => {
          const stage = new Stage(rows, t);
          const listener = await stage.listen(`${rows.address(t)}?framing=${framing.name}`);
          assert.equal(new URL(listener.address).search, `?framing=${framing.name}`);
          const [right, left] = await Promise.all([stage.accept(), stage.dial(listener.address)]);
          left.send('"é"');
          const owner = new Recorder(right);
          await owner.received(1);
          assert.deepEqual(owner.messages, ['"é"']);
          const [other, raw] = await Promise.all([stage.accept(), stage.rawDial(listener.address)]);
          other.send("[2]");
          other.close();
          assert.equal(await readAll(raw), framing.frame("[2]", 3));
        });
      }

      for (const [end, other] of [
        ["left", "right"],
        ["right", "left"],
      ] as const) {
        it(`with the limits it is given, on the ${other === "left" ? "end that dialled" : "end that listened"}`, async (t) => {
          const pair = await new Stage(rows, t).connect({ limits: { messageBytes: 10 } });
          new Recorder(pair[end]);
          const there = new Recorder(pair[other]);
          pair[end].send("x".repeat(10));
          pair[end].send("x".repeat(11));
          await there.happened("malformed");
          assert.deepEqual(there.messages, ["x".repeat(10)]);
          assert.equal(there.violations[0]?.violation, "too-long");
        });
      }

      place.it("nothing where nobody listens, and says so as the system does", async (t) => {
        const stage = new Stage(rows, t);
        const listener = await stage.listen();
        await listener.close();
        const { signal } = new AbortController();
        await assert.rejects(stage.dial(listener.address, { signal }), { code: nobody });
        assert.equal(getEventListeners(signal, "abort").length, 0);
      });
    });

    describe("gives a dial up", () => {
      it("before it begins", async (t) => {
        const stage = new Stage(rows, t);
        const { address } = await stage.listen();
        const reason = new Error("too late");
        await assert.rejects(stage.dial(address, { signal: AbortSignal.abort(reason) }), reason);
        await stage.dial(address);
        assert.equal((await stage.acceptOrRefuse(1)).length, 1);
      });

      it("when it has begun, and nothing is left of it", async (t) => {
        const stage = new Stage(rows, t);
        const owners: Recorder[] = [];
        let onMessage = () => {};
        const talking = new Promise<void>((resolve) => {
          onMessage = resolve;
        });
        const { address } = await stage.listen(undefined, {
          accept: (channel) => owners.push(new Recorder(channel, { message: onMessage })),
        });
        const controller = new AbortController();
        const dial = stage.dial(address, { signal: controller.signal });
        const reason = new Error("changed my mind");
        controller.abort(reason);
        await assert.rejects(dial, reason);
        assert.equal(getEventListeners(controller.signal, "abort").length, 0);
        const another = await stage.dial(address);
        another.send("1");
        await talking;
        // If the listener saw the first at all, it saw it go.
        const silent = owners.filter(({ messages }) => messages.length === 0);
        for (const owner of silent) await owner.until(() => owner.events.length > 0);
      });

      it("at any turn of the event loop", async (t) => {
        const stage = new Stage(rows, t);
        const { address } = await stage.listen();
        const reason = new Error("not any more");
        for (let count = 0; count < 20; count++) {
          const controller = new AbortController();
          const dial = stage.dial(address, { signal: controller.signal }).then(
            (channel) => channel.destroy(),
            (error) => assert.equal(error, reason),
          );
          await turns(count);
          controller.abort(reason);
          await dial;
          assert.equal(getEventListeners(controller.signal, "abort").length, 0);
        }
      });

      it("no more once it succeeded", async (t) => {
        const stage = new Stage(rows, t);
        const { address } = await stage.listen();
        const controller = new AbortController();
        const [right, left] = await Promise.all([stage.accept(), stage.dial(address, controller)]);
        assert.equal(getEventListeners(controller.signal, "abort").length, 0);
        controller.abort();
        left.send("1");
        await new Recorder(right).received(1);
      });
    });

    if (byteStream)
      describe("answers a peer that half-closes", () => {
        it("and dialled", async (t) => {
          const stage = new Stage(rows, t);
          const { address } = await stage.listen();
          const raw = await stage.rawDial(address);
          raw.end(netstrings("1", "2"));
          const owner = new Recorder(await stage.accept());
          await owner.happened("ended");
          assert.deepEqual(owner.messages, ["1", "2"]);
          await turns();
          owner.channel.send(LARGE);
          await owner.channel.handOver();
          owner.channel.send("[2]");
          owner.channel.close();
          assert.equal(await readAll(raw), netstrings(LARGE, "[2]"));
          await owner.happened("closed");
          assert.equal(owner.reason, undefined);
        });

        it("and was dialled", async (t) => {
          const stage = new Stage(rows, t);
          const { address, close } = await stage.listen().then(async (listener) => ({
            address: listener.address,
            close: listener.close(),
          }));
          await close;
          const { accepted } = await stage.rawListen(address);
          const owner = new Recorder(await stage.dial(address));
          const raw = await accepted;
          raw.end(netstrings("1", "2"));
          await owner.happened("ended");
          assert.deepEqual(owner.messages, ["1", "2"]);
          await turns();
          owner.channel.send(LARGE);
          owner.channel.close();
          assert.equal(await readAll(raw), netstrings(LARGE));
          await owner.happened("closed");
          assert.equal(owner.reason, undefined);
        });
      });

    place.describe("listens", () => {
      it("on an address once", async (t) => {
        const stage = new Stage(rows, t);
        const { address } = await stage.listen();
        await assert.rejects(stage.listen(address), { code: "EADDRINUSE" });
        await stage.dial(address);
        await stage.accept();
      });

      it("until it is closed: the address is free then, and what was accepted lives on", async (t) => {
        const stage = new Stage(rows, t);
        const { listener, left, right } = await stage.connect();
        const [here, there] = [new Recorder(left), new Recorder(right)];
        const closed = listener.close();
        assert.equal(listener.close(), closed);
        await closed;
        await assert.rejects(stage.dial(listener.address), { code: nobody });
        left.send("1");
        right.send("2");
        await Promise.all([here.received(1), there.received(1)]);
        const again = await stage.listen(listener.address);
        assert.equal(again.address, listener.address);
        await listener.close();
        await Promise.all([stage.accept(), stage.dial(again.address)]);
      });

      it("whatever becomes of connections before anyone could open them", async (t) => {
        const stage = new Stage(rows, t);
        const { address } = await stage.listen();
        for (let count = 0; count < 20; count++) {
          const raw = await stage.rawDial(address);
          if (count % 3 === 0) raw.write(message?.("1") ?? netstrings("1"));
          if (count % 2 === 0 && raw instanceof Socket && name === "tcp") raw.resetAndDestroy();
          else raw.destroy();
        }
        for (const channel of await stage.acceptOrRefuse(20)) {
          await turns(1);
          const owner = new Recorder(channel);
          await owner.until(() => owner.events.includes("ended") || owner.events.includes("closed"));
        }
        await stage.dial(address);
        await stage.accept();
      });
    });
  });

  transportChannelSuite(rows);
}

/**
 * The channel suite over a transport's channels.
 *
 * @param query - what follows the address, `?framing=newline` for example. Default: nothing
 */
export function transportChannelSuite(rows: TransportRows, query = ""): void {
  channelSuite(`of ${rows.name}${query}`, async (test, limits = {}) => {
    const subject = { ...rows, address: () => `${rows.address(test)}${query}` };
    const { left, right } = await new Stage(subject, test).connect({ limits });
    const breakRight = async () => {
      if (rows.breakRight) return rows.breakRight(left, right);
      // A socket that is closed with bytes unread resets the connection. These are more than it reads by itself.
      right.pause();
      left.send(LARGE);
      await turns();
      right.destroy();
    };
    return { left, right, breakRight };
  });
}
