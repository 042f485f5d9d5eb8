import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { isDraining } from "../../src/protocol/errors/from-error-object.ts";
import { InvalidParamsError } from "../../src/protocol/errors/invalid-params-error.ts";
import { MethodNotFoundError } from "../../src/protocol/errors/method-not-found-error.ts";
import { ServerTimeoutError } from "../../src/protocol/errors/server-timeout-error.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { Server } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";
import { registerTransport } from "../../src/transport/registry.ts";
import { Log } from "../support/log.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { WirePeer } from "../support/wire-peer.ts";

/** A service with a method whose calls the test ends, and what its calls saw. */
function working() {
  const work = gate<string>();
  const started = gate<AbortSignal>();
  const service = exampleService().addMethod(
    "work",
    (context: CallContext) => {
      started.open(context.signal);
      return work.promise;
    },
    { context: true },
  );
  return { service, work, started: started.promise };
}

/** A server with a clock the test moves, and a peer in memory. */
async function played(test: TestContext, service: Service) {
  const clock = new FakeClock();
  const server = await serve(test, service, { clock });
  const [here, there] = channelPair();
  const peer = new ScriptedPeer(here);
  server.accept(there);
  return { clock, server, peer };
}

describe("closing a server", () => {
  it("stops accepting, refuses what is new, lets what is in flight finish, and ends its connections", async (t) => {
    const { service, work, started } = working();
    const server = await serve(t, service);
    const client = clientOf(t, server.address);
    const call = client.call("work");
    await started;
    const closed = server.close();
    const error = await rejection(client.call("echo", [1]), ServiceUnavailableError);
    assert(isDraining(error));
    assert.deepEqual(error.data, { reason: "draining", executed: false });
    await rejection(client.call("unknown"), MethodNotFoundError);
    await rejection(client.call("add", [1]), InvalidParamsError);
    await assert.rejects(clientOf(t, server.address).connect(), { name: "DialError" });
    const state = watch(closed);
    await turns();
    assert.equal(state.settled, false);
    work.open("done");
    assert.equal(await call, "done");
    await closed;
    assert.deepEqual([server.connections.size, service.inFlight, client.connected], [0, 0, false]);
  });

  it("is told from an application's own stop", async (t) => {
    const server = await serve(t);
    await server.service.stopServing();
    const error = await rejection(clientOf(t, server.address).call("echo", [1]), ServiceUnavailableError);
    assert.equal(isDraining(error), false);
  });

  it("leaves the service to the other servers", async (t) => {
    const { service, work, started } = working();
    const [first, second] = [await serve(t, service), await serve(t, service)];
    const [there, here] = [clientOf(t, first.address), clientOf(t, second.address)];
    const call = there.call("work");
    await started;
    const closed = first.close();
    assert(isDraining(await there.call("echo", [1]).catch((reason) => reason)));
    assert.equal(await here.call("echo", [2]), 2);
    work.open("done");
    assert.equal(await call, "done");
    await closed;
    assert.equal(await here.call("echo", [3]), 3);
  });

  it("answers what takes too long, aborts its signal, and goes on", async (t) => {
    const { service, started } = working();
    const { clock, server, peer } = await played(t, service);
    peer.call(1, "work");
    const signal = await started;
    const closed = server.close({ timeout: 300 });
    clock.advance(299);
    await turns();
    assert.deepEqual([signal.aborted, peer.messages.length], [false, 0]);
    clock.advance(1);
    const { id, error } = await peer.inbox.next();
    assert.deepEqual([id, error?.code], [1, ErrorCode.ServerTimeout]);
    assert(signal.reason instanceof ServerTimeoutError);
    await closed;
    assert.deepEqual([server.connections.size, service.inFlight, clock.timers], [0, 0, 0]);
  });

  it("without patience answers it at once", async (t) => {
    const { service, started } = working();
    const server = await serve(t, service);
    const failure = rejection(clientOf(t, server.address).call("work"), ServerTimeoutError);
    await started;
    await server.close({ timeout: 0 });
    await failure;
  });

  it("delivers the answer of the handler it is called from", async (t) => {
    const stop = gate<Server>();
    const service = new Service()
      .addMethod("stop", async () => {
        const server = await stop.promise;
        void server.close();
        return "stopping";
      })
      .addMethod("stopNow", () => {
        void started.close();
        return "stopping now";
      });
    const server = await serve(t, service);
    const started = await serve(t, service);
    stop.open(server);
    assert.equal(await clientOf(t, server.address).call("stop"), "stopping");
    await server.close();
    assert.equal(await clientOf(t, started.address).call("stopNow"), "stopping now");
    await started.close();
  });

  it("delivers the answer of a whole batch", async (t) => {
    const { service, work, started } = working();
    const server = await serve(t, service);
    const batch = clientOf(t, server.address).batch();
    const members = [batch.call("work"), batch.call("echo", [1])];
    void batch.send();
    await started;
    const closed = server.close();
    work.open("done");
    assert.deepEqual(await Promise.all(members), ["done", 1]);
    await closed;
  });

  it("is the same closing, however often it is asked for", async (t) => {
    const server = await serve(t);
    const first = server.close();
    assert.equal(server.close(), first);
    await first;
    assert.equal(server[Symbol.asyncDispose](), first);
  });

  it("cuts a peer that never reads", async (t) => {
    const service = new Service().addMethod("big", () => "x".repeat(1_000_000));
    const { clock, server, peer } = await played(t, service);
    peer.channel.pause();
    for (let id = 1; id <= 3; id++) peer.call(id, "big");
    await turns();
    const closed = server.close();
    await turns();
    clock.advance(4_999);
    await turns();
    assert.equal(server.connections.size, 1);
    clock.advance(1);
    await closed;
    await peer.happened("closed");
    assert.equal(clock.timers, 0);
    assert.match(String(server.log.lines("warn")), /within 5000 ms/);
  });

  it("cuts a peer that never reads, over tcp", async (t) => {
    const clock = new FakeClock();
    const service = new Service().addMethod("big", () => "x".repeat(2_000_000));
    const limits = { queuedBytes: 5e8, maxQueuedBytes: 1e9 };
    const server = await serve(t, service, { clock, limits });
    const served = new Promise((resolve) => server.on("connection", resolve));
    const peer = await WirePeer.dial(t, server.address);
    await served;
    peer.socket.pause();
    // More than the system's buffers hold.
    for (let id = 1; id <= 20; id++) peer.call(id, "big");
    peer.call("last", "unknown");
    const [connection] = server.connections;
    const disconnected = connection?.disconnected;
    peer.end();
    await disconnected;
    const closed = server.close();
    await turns();
    clock.advance(5_000);
    await closed;
    assert.equal(server.connections.size, 0);
  });

  it("sends all answers to a peer that reads slowly", async (t) => {
    const service = new Service().addMethod("big", () => "x".repeat(2_000_000));
    const limits = { queuedBytes: 5e8, maxQueuedBytes: 1e9 };
    const server = await serve(t, service, { limits });
    const peer = await WirePeer.dial(t, server.address);
    peer.call(0, "big");
    await peer.inbox.next();
    peer.socket.pause();
    const calls = Array.from({ length: 20 }, (_, at) => ({ jsonrpc: "2.0", id: at, method: "big" }));
    peer.say(...calls);
    peer.end();
    const [connection] = server.connections;
    await connection?.disconnected;
    const closed = server.close();
    peer.socket.resume();
    assert.equal((await peer.inbox.take(20)).length, 20);
    await closed;
  });

  it("says so when an address cannot be given up, once all the rest is over", async (t) => {
    const failure = new Error("it will not close");
    registerTransport("sticky", async () => ({
      limits: untrusted,
      connect: () => Promise.reject(new Error("it only listens")),
      listen: async () => ({
        address: "sticky:here",
        close: () => {
          throw failure;
        },
      }),
    }));
    const { service, work, started } = working();
    const server = new Server(service, { logger: new Log() });
    const address = await server.listen("tcp://127.0.0.1:0");
    await server.listen("sticky:here");
    const call = clientOf(t, address).call("work");
    await started;
    const closed = server.close();
    const state = watch(closed);
    await turns();
    assert.equal(state.settled, false);
    work.open("done");
    assert.equal(await call, "done");
    await assert.rejects(closed, failure);
    assert.equal(server.connections.size, 0);
  });
});

describe("draining one connection", () => {
  it("refuses what is new on it alone, and resolves when nothing is in flight, as often as it is asked", async (t) => {
    const { service, work, started } = working();
    const { server, peer } = await played(t, service);
    const [connection] = server.connections;
    peer.call(1, "work");
    await started;
    const drains = [connection?.drain(), connection?.drain()];
    peer.call(2, "echo", [1]);
    assert.equal((await peer.inbox.next()).error?.code, ErrorCode.ServiceUnavailable);
    assert.equal(await clientOf(t, server.address).call("echo", [2]), 2);
    work.open("done");
    await Promise.all(drains);
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 1, result: "done" });
    await connection?.drain();
  });

  for (const how of ["is destroyed", "is closed", "breaks", "is cancelled"] as const) {
    it(`resolves also when it ${how}`, async (t) => {
      const { service, started } = working();
      const { server, peer } = await played(t, service);
      const [connection] = server.connections;
      peer.call(1, "work");
      peer.notify("work");
      await started;
      const drained = connection?.drain();
      if (how === "is destroyed") connection?.destroy();
      else if (how === "is closed") void connection?.close();
      else if (how === "breaks") peer.channel.destroy();
      else connection?.cancelInFlight(new Error("enough"));
      await drained;
      assert.equal(service.inFlight, 0);
    });
  }
});
