/**
 * What every transport must do: the contract on `Transport`, row by row, and the channel suite over its channels. A
 * transport's own test calls {@link transportSuite} with what is its own.
 */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import type { Limits } from "../../src/protocol/limits.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import { netstrings, readAll } from "../support/read-all.ts";
import { Recorder } from "../support/recorder.ts";
import { Stage, type TransportUnderTest } from "../support/stage.ts";
import { turns } from "../support/turns.ts";
import { channelSuite } from "./channel.ts";

/** What one transport has of its own. */
export interface TransportRows extends TransportUnderTest {
  /** The profile of limits it has by default. */
  readonly limits: Limits;
  /** What a dial to an address where nobody listens fails with. */
  readonly nobody: "ECONNREFUSED" | "ENOENT";
  /** Addresses that make no sense, whether to dial or to listen on, and what the error says. */
  readonly invalid: readonly (readonly [address: string, says: RegExp])[];
}

const MiB = 1024 * 1024;
const LARGE = JSON.stringify("x".repeat(3 * MiB));

export function transportSuite(rows: TransportRows): void {
  const { name, transport, nobody } = rows;

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
              assert.equal(error.address, address.replace(/[^/]*@/, ""));
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

      it("many at a time", async (t) => {
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

      it("with the framing that the address names, and the listener's address too", async (t) => {
        const stage = new Stage(rows, t);
        const listener = await stage.listen(`${rows.address(t)}?framing=netstring`);
        assert.match(listener.address, /\?framing=netstring$/);
        const [right, left] = await Promise.all([stage.accept(), stage.dial(listener.address)]);
        left.send("1");
        await new Recorder(right).received(1);
      });

      it("with the limits it is given, on both ends", async (t) => {
        const { left, right } = await new Stage(rows, t).connect({ limits: { messageBytes: 10 } });
        const [here, there] = [new Recorder(left), new Recorder(right)];
        left.send("x".repeat(10));
        left.send("x".repeat(11));
        there.react.malformed = () => right.send("y".repeat(11));
        await Promise.all([here.happened("malformed"), there.happened("malformed")]);
        assert.deepEqual(there.messages, ["x".repeat(10)]);
        assert.deepEqual([here.violations[0]?.violation, there.violations[0]?.violation], ["too-long", "too-long"]);
      });

      it("nothing where nobody listens, and says so as the system does", async (t) => {
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

    describe("listens", () => {
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
          if (count % 3 === 0) raw.write("1:1,");
          if (count % 2 === 0 && name === "tcp") raw.resetAndDestroy();
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

  channelSuite(`of ${name}`, async (test, limits = {}) => {
    const { left, right } = await new Stage(rows, test).connect({ limits });
    const breakRight = async () => {
      // A socket that is closed with bytes unread resets the connection. These are more than it reads by itself.
      right.pause();
      left.send(LARGE);
      await turns();
      right.destroy();
    };
    return { left, right, breakRight };
  });
}
