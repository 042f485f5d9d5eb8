import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { exampleService } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

describe("a connection that this side closes", () => {
  it("sends what was sent before, and rejects what is pending", async () => {
    const { connection, peer, log } = scripted();
    const early = connection.call("early");
    await peer.inbox.next();
    const late = connection.call("late");
    void connection.notify("told");
    const closed = connection.close();
    for (const [call, method] of [
      [early, "early"],
      [late, "late"],
    ] as const) {
      const error = await rejection(call, ClosedError);
      assert.equal(error.outcome, "unknown", method);
      assert.equal(error.message, `this side closed the connection before ${method} was answered`);
      assert(error.cause instanceof DisconnectError);
    }
    assert.deepEqual(
      (await peer.inbox.take(2)).map(({ method }) => method),
      ["late", "told"],
    );
    await peer.happened("ended");
    await closed;
    assert.equal((await connection.disconnected).kind, "closed");
    assert.deepEqual(log.lines(), []);
  });

  it("refuses what comes later", async () => {
    const { connection, peer } = scripted();
    await connection.close();
    for (const call of [connection.call("m"), connection.notify("n")]) {
      await assert.rejects(call, { name: "ClosedError", outcome: "not-sent" });
    }
    const batch = connection.batch();
    const member = batch.call("m");
    await batch.send();
    await assert.rejects(member, { name: "ClosedError", outcome: "not-sent" });
    assert.deepEqual(peer.messages, []);
    assert.equal(connection.pending, 0);
  });

  it("is over when it says so, and as often as it is asked", async () => {
    const { connection, clock } = scripted();
    const [first, second] = [connection.close(), connection.close()];
    await Promise.all([first, second, connection.closed]);
    await connection.close();
    connection.destroy();
    assert.equal(clock.timers, 0);
  });

  it("aborts the signals of handlers, and answers nothing more", async () => {
    const signal = gate<AbortSignal>();
    const service = new Service().addMethod(
      "work",
      (context: CallContext) =>
        new Promise((resolve) => {
          signal.open(context.signal);
          context.signal.addEventListener("abort", () => resolve("too late"));
        }),
      { context: true },
    );
    const { connection, peer } = scripted({ service });
    peer.call(1, "work");
    const { aborted } = await signal.promise;
    assert.equal(aborted, false);
    await connection.close();
    const { reason } = await signal.promise;
    assert(reason instanceof DisconnectError);
    assert.equal(connection.inFlight, 0);
    assert.deepEqual(peer.messages, []);
  });

  it("is cut when the peer does not take what was sent in time", async () => {
    const { connection, peer, clock, log } = scripted();
    peer.channel.pause();
    const told = connection.notify("n", ["x".repeat(100_000)]);
    const lost = connection.notify("m", ["x".repeat(100_000)]);
    const closed = connection.close({ timeout: 700 });
    await turns();
    clock.advance(699);
    await turns();
    assert.deepEqual(peer.events, []);
    clock.advance(1);
    await closed;
    await told;
    await assert.rejects(lost, { name: "ConnectionLostError", outcome: "not-sent" });
    assert.match(String(log.lines()), /within 700 ms/);
    assert.equal(clock.timers, 0);
  });

  it("may be closed by a handler, which is not answered", async () => {
    const service = new Service().addMethod(
      "leave",
      async (context: CallContext) => {
        await (context.connection as unknown as AsyncDisposable)[Symbol.asyncDispose]();
        return "left";
      },
      { context: true },
    );
    const { left, right } = joined({}, { service });
    await assert.rejects(left.call("leave"), { name: "ConnectionLostError", outcome: "unknown" });
    await Promise.all([left.closed, right.closed]);
    assert.equal(right.inFlight, 0);
  });

  it("may be closed with `await using`'s method", async () => {
    const { connection } = scripted();
    await connection[Symbol.asyncDispose]();
    assert.equal((await connection.disconnected).kind, "closed");
  });
});

describe("a connection that this side cuts", () => {
  it("says at once what became of its calls: what was handed over may have been executed, the rest was not", async () => {
    const { connection, peer } = scripted();
    const sent = connection.call("sent");
    await peer.inbox.next();
    const queued = connection.call("queued");
    const reason = new Error("no more of this");
    connection.destroy(reason);
    const error = await rejection(sent, ClosedError);
    assert.equal(error.outcome, "unknown");
    assert.equal((await rejection(queued, ClosedError)).outcome, "not-sent");
    const { kind, cause } = error.cause as DisconnectError;
    assert.deepEqual([kind, cause], ["closed", reason]);
    await assert.rejects(connection.call("later"), { name: "ClosedError", outcome: "not-sent" });
    await connection.closed;
    await peer.happened("closed");
    assert.equal(peer.messages.length, 1);
  });

  it("says so in the log, once", async () => {
    const { connection, log } = scripted();
    connection.destroy(new Error("no more of this"));
    connection.destroy(new Error("nor of that"));
    await connection.closed;
    assert.deepEqual(
      [log.lines(), log.lines("info")],
      [[], ["this side cut the connection to the memory peer: no more of this"]],
    );
  });
});

describe("a connection that the peer ends", () => {
  it("rejects pending calls at once, while what is in flight goes on", async () => {
    const { connection, peer } = scripted({ service: exampleService() });
    peer.call(1, "never");
    const sent = connection.call("sent");
    await peer.inbox.next();
    peer.channel.close();
    const error = await rejection(sent, ConnectionLostError);
    assert.equal(error.outcome, "unknown");
    assert.equal((error.cause as DisconnectError).kind, "ended");
    assert.equal(connection.inFlight, 1);
    await assert.rejects(connection.call("later"), { name: "ConnectionLostError", outcome: "not-sent" });
    await assert.rejects(connection.notify("later"), { name: "ConnectionLostError", outcome: "not-sent" });
    assert.equal(connection.pending, 0);
  });

  it("does not abort what is in flight, and ends once that is answered", async () => {
    const work = gate<string>();
    const signal = gate<AbortSignal>();
    const service = new Service().addMethod(
      "work",
      (context: CallContext) => {
        signal.open(context.signal);
        return work.promise;
      },
      { context: true },
    );
    const { connection, peer, log } = scripted({ service });
    peer.call(1, "work");
    const { aborted } = await signal.promise;
    peer.channel.close();
    await connection.disconnected;
    assert.equal(connection.inFlight, 1);
    assert.equal(aborted, false);
    work.open("done");
    await connection.closed;
    assert.equal(connection.inFlight, 0);
    assert.deepEqual(log.lines("info"), ["the memory peer ended the connection"]);
  });

  it("can be closed while it waits for that", async () => {
    const { connection, peer } = scripted({ service: exampleService() });
    peer.call(1, "never");
    peer.channel.close();
    await connection.disconnected;
    await connection.close();
    assert.equal((await connection.disconnected).kind, "ended");
    assert.equal(connection.inFlight, 0);
  });
});

describe("a connection that is lost", () => {
  it("rejects what is pending with what became of it, aborts what is in flight, and is logged", async () => {
    const signal = gate<AbortSignal>();
    const service = new Service().addMethod(
      "work",
      (context: CallContext) => {
        signal.open(context.signal);
        return new Promise(() => {});
      },
      { context: true },
    );
    const { connection, peer, log } = scripted({ service, channel: { queuedBytes: 1_000, maxQueuedBytes: 1e6 } });
    peer.call(1, "work");
    const sent = connection.call("sent");
    await peer.inbox.next();
    peer.channel.pause();
    const queued = connection.call("queued", ["x".repeat(200_000)]);
    const waiting = connection.call("waiting");
    const told = connection.notify("told");
    peer.channel.destroy();
    const error = await rejection(sent, ConnectionLostError);
    assert.equal(error.outcome, "unknown");
    assert.equal((error.cause as DisconnectError).kind, "lost");
    assert.equal((await rejection(waiting, ConnectionLostError)).outcome, "not-sent");
    assert.equal((await rejection(told, ConnectionLostError)).outcome, "not-sent");
    await rejection(queued, ConnectionLostError);
    await connection.closed;
    assert.equal((await signal.promise).aborted, true);
    assert.deepEqual([connection.inFlight, connection.pending], [0, 0]);
    assert.match(String(log.lines("warn")), /the connection to the memory peer was lost: the other end was destroyed/);
  });

  it("rejects in the order in which the calls were made", async () => {
    const { connection, peer } = scripted();
    const order: number[] = [];
    const calls = Array.from({ length: 200 }, (_, at) => connection.call("m").catch(() => order.push(at)));
    await peer.inbox.take(200);
    peer.channel.destroy();
    await Promise.all(calls);
    assert.deepEqual(
      order,
      Array.from(order, (_, at) => at),
    );
  });

  it("hurts nobody when a logger throws or calls back", async () => {
    const { connection, peer } = scripted({
      logger: {
        debug() {},
        info() {},
        warn() {
          connection.call("from the logger").catch(() => {});
          throw new Error("a logger may fail");
        },
        error() {},
      },
    });
    const call = connection.call("m");
    await peer.inbox.next();
    peer.channel.destroy();
    await rejection(call, ConnectionLostError);
    await connection.closed;
    assert.equal(connection.pending, 0);
  });
});
