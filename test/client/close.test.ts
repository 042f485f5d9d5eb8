import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { connected, faked } from "../support/faked.ts";
import { clientOf, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

describe("closing a client", () => {
  it("rejects what is pending, sends what was sent, and is final", async (t) => {
    const { client, peer, transport, clock } = await connected(t);
    const early = client.call("early");
    await peer.inbox.next();
    const late = client.call("late");
    void client.notify("told");
    const closed = client.close();
    assert.equal((await rejection(early, ClosedError)).outcome, "unknown");
    assert.equal((await rejection(late, ClosedError)).outcome, "unknown");
    assert.deepEqual(
      (await peer.inbox.take(2)).map(({ method }) => method),
      ["late", "told"],
    );
    await closed;
    await peer.happened("closed");
    for (const refused of [client.call("m"), client.notify("n"), client.connect()]) {
      assert.equal((await rejection(refused, ClosedError)).outcome, "not-sent");
    }
    const batch = client.batch();
    const member = batch.call("b");
    await batch.send();
    await rejection(member, ClosedError);
    await turns();
    assert.deepEqual([transport.dials.length, client.connected, client.pending, clock.timers], [1, false, 0, 0]);
  });

  it("is the same closing, however often it is asked for", async (t) => {
    const { client } = await connected(t);
    const first = client.close();
    assert.equal(client.close(), first);
    await first;
    assert.equal(client.close({ timeout: 1 }), first);
  });

  it("that never dialled opens nothing", async (t) => {
    const { client, transport } = faked(t);
    await client.close();
    assert.equal(transport.dials.length, 0);
  });

  it("during a dial gives the dial up and opens nothing", async (t) => {
    const { client, transport, clock, log } = faked(t);
    const calls = [client.call("m"), client.connect(), client.notify("n")];
    const { options } = await transport.dial();
    const closed = client.close();
    assert.equal(options.signal.aborted, true);
    for (const call of calls) assert.equal((await rejection(call, ClosedError)).outcome, "not-sent");
    await closed;
    await turns();
    assert.deepEqual([transport.dials.length, client.connected, clock.timers], [1, false, 0]);
    assert.equal(log.lines().filter((line) => line.includes("dialled")).length, 0);
  });

  it("before the transport is loaded opens nothing", async (t) => {
    const { client, transport } = faked(t);
    const call = client.call("m");
    await client.close();
    await rejection(call, ClosedError);
    await turns();
    assert.equal(transport.dials.length, 0);
  });

  it("puts away what a dial brings that did not heed its signal", async (t) => {
    const { client, transport } = faked(t);
    transport.heedful = false;
    const call = client.call("m");
    const dial = await transport.dial();
    await client.close();
    await rejection(call, ClosedError);
    const peer = dial.accept();
    await peer.happened("closed");
    assert.deepEqual(peer.messages, []);
    assert.equal(client.connected, false);
  });

  for (const microtasks of [0, 1, 2, 3, 4]) {
    it(`${microtasks} microtasks after the dial succeeded leaves nothing open`, async (t) => {
      const { client, transport } = faked(t);
      const call = client.call("m");
      const dial = await transport.dial();
      const peer = dial.accept();
      for (let i = 0; i < microtasks; i++) await undefined;
      const closed = client.close();
      await rejection(call, ClosedError);
      await closed;
      await peer.happened("closed");
      assert.equal(client.connected, false);
    });
  }

  it("dials nothing for a call that comes out of it: from a handler's signal, or the logger", async (t) => {
    const aborted = gate<Promise<unknown>>();
    const service = new Service().addMethod(
      "work",
      (context: CallContext) => {
        context.signal.addEventListener("abort", () => aborted.open(client.call("clean up").catch((error) => error)));
        return new Promise(() => {});
      },
      { context: true },
    );
    const logged = gate<Promise<unknown>>();
    const { client, peer, transport } = await connected(t, {
      service,
      logger: {
        debug() {},
        info: () => logged.open(client.call("from the logger").catch((error) => error)),
        warn() {},
        error() {},
      },
    });
    peer.call(1, "work");
    await turns();
    await client.close();
    for (const made of [aborted, logged]) {
      const error = await made.promise;
      assert(error instanceof ClosedError);
      assert.equal(error.outcome, "not-sent");
    }
    await turns();
    assert.equal(transport.dials.length, 1);
  });

  it("from inside itself is the same closing", async (t) => {
    const again = gate<Promise<void>>();
    const service = new Service().addMethod(
      "work",
      (context: CallContext) => {
        context.signal.addEventListener("abort", () => again.open(client.close()));
        return new Promise(() => {});
      },
      { context: true },
    );
    const { client, peer } = await connected(t, { service });
    peer.call(1, "work");
    await turns();
    await client.close();
    await again.promise;
  });

  it("cuts a server that does not read, in the time it is given", async (t) => {
    const { client, peer, clock, log } = await connected(t);
    peer.channel.pause();
    void client.notify("n", ["x".repeat(100_000)]);
    void client.notify("n", ["x".repeat(100_000)]).catch(() => {});
    const closed = client.close({ timeout: 300 });
    await turns();
    clock.advance(300);
    await closed;
    await peer.happened("closed");
    assert.match(String(log.lines("warn")), /within 300 ms/);
  });

  it("waits also for a connection that the server has ended and that still answers", async (t) => {
    const work = gate<string>();
    const service = new Service().addMethod("work", () => work.promise);
    const { client, peer, accept } = await connected(t, { service });
    peer.call(1, "work");
    await turns();
    peer.channel.close();
    await turns();
    assert.equal(client.connected, false);
    const connecting = client.connect();
    const second = await accept();
    await connecting;
    await client.close();
    await Promise.all([peer.happened("closed"), second.happened("closed")]);
    work.open("too late");
    await turns();
  });

  it("has nothing to do with connections that were over before", async (t) => {
    const { client, clock, accept } = faked(t);
    for (let times = 0; times < 3; times++) {
      const connecting = client.connect();
      const peer = await accept();
      await connecting;
      peer.channel.destroy();
      await turns();
    }
    const { mock } = t.mock.method(clock, "after");
    await client.close();
    assert.equal(mock.callCount(), 0, "each that is cut would have a timer");
  });

  it("is what `await using` does", async (t) => {
    const { client } = await connected(t);
    await client[Symbol.asyncDispose]();
    await assert.rejects(client.call("m"), ClosedError);
  });

  it("over tcp leaves the server without a connection", async (t) => {
    const server = await serve(t);
    const client = clientOf(t, server.address);
    await client.connect();
    const [connection] = server.connections;
    await client.close();
    await connection?.closed;
    assert.equal(server.connections.size, 0);
    assert.equal((await connection?.disconnected)?.kind, "ended");
  });
});
