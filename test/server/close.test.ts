import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import type { Connection } from "../../src/connection/connection.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { isDraining } from "../../src/protocol/errors/from-error-object.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { ServerTimeoutError } from "../../src/protocol/errors/server-timeout-error.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { listen, type Server } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";
import { Log } from "../support/log.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";

/** A service with a method that answers when the test opens the gate. */
function gated() {
  const door = gate<string>();
  return { door, service: exampleService().addMethod("gated", () => door.promise) };
}

test("closing lets what is in flight finish, refuses what is new, and ends the connections", async (t) => {
  const { door, service } = gated();
  const server = await serve(t, service);
  const client = clientOf(t, server.address);
  const last = client.call("gated");
  assert.equal(await client.call("echo", [1]), 1);

  const closing = server.close();
  const closed = watch(closing);
  const refusal = await rejection(client.call("echo", [2]), ServiceUnavailableError);
  assert.ok(isDraining(refusal));
  assert.deepEqual(refusal.toJSON(), {
    code: -32097,
    message: "Service Unavailable",
    data: { reason: "draining", executed: false },
  });
  assert.equal(closed.settled, false);

  door.open("the last answer");
  assert.equal(await last, "the last answer");
  await closing;
  assert.equal(server.connections.size, 0);
  await rejection(client.call("echo", [3]), DialError);
});

test("an application's own stop is no draining", async (t) => {
  const server = await serve(t);
  const client = clientOf(t, server.address);
  await server.service.stopServing();
  assert.equal(isDraining(await rejection(client.call("echo", [1]), ServiceUnavailableError)), false);
});

test("unknown methods and wrong params are told so while it closes", async (t) => {
  const { door, service } = gated();
  const server = await serve(t, service);
  const client = clientOf(t, server.address);
  const last = client.call("gated");
  await client.call("echo", [1]);
  const closing = server.close();
  assert.equal((await rejection(client.call("nope"), RpcError)).code, -32601);
  assert.equal((await rejection(client.call("add", [1]), RpcError)).code, -32602);
  door.open("");
  await last;
  await closing;
});

test("other servers of the same service go on", async (t) => {
  const service = exampleService();
  const [one, other] = [await serve(t, service), await serve(t, service)];
  const client = clientOf(t, other.address);
  await client.call("echo", [1]);
  await one.close();
  assert.equal(await client.call("echo", [2]), 2);
});

test("what is in flight for longer than the stated time is answered with an error", async (t) => {
  const aborted = gate<unknown>();
  const clock = new FakeClock();
  const started = gate();
  const service = exampleService().addMethod(
    "stubborn",
    ({ signal }: CallContext) => {
      signal.addEventListener("abort", () => aborted.open(signal.reason));
      started.open();
      return new Promise(() => {});
    },
    { context: true },
  );
  const server = await serve(t, service, { clock });
  const client = clientOf(t, server.address);
  const answer = rejection(client.call("stubborn"), ServerTimeoutError);
  await started.promise;

  const closing = server.close({ timeout: 3_000 });
  clock.advance(2_999);
  assert.equal(service.inFlight, 1);
  clock.advance(1);
  assert.equal((await answer).code, -32098);
  assert.ok((await aborted.promise) instanceof ServerTimeoutError);
  await closing;
});

test("a method may close the server, and still gets its answer out", async (t) => {
  let server: Server | undefined;
  const service = exampleService()
    .addMethod("shutdown", () => {
      void server?.close();
      return "going down";
    })
    .addMethod("shutdownLater", async () => {
      await new Promise(setImmediate);
      void server?.close();
      return "going down, later";
    });
  for (const [method, answer] of [
    ["shutdown", "going down"],
    ["shutdownLater", "going down, later"],
  ] as const) {
    server = await serve(t, service);
    assert.equal(await clientOf(t, server.address).call(method), answer);
    await server.close();
  }
});

test("closing twice is closing once", async (t) => {
  const server = await serve(t);
  const closing = server.close();
  assert.equal(server.close(), closing);
  await closing;
  await assert.rejects(server.listen("tcp://127.0.0.1:0"), /closed/);
});

test("a server that closes while it begins to listen does not listen", async (t) => {
  const server = await serve(t);
  const listening = server.listen("tcp://127.0.0.1:0");
  const closing = server.close();
  await assert.rejects(listening, /closed/);
  await closing;
});

test("a channel that comes too late is ended", async (t) => {
  const server = await serve(t);
  await server.close();
  const [here, there] = channelPair();
  const peer = new ScriptedPeer(here);
  const connection: Connection = server.accept(there);
  await connection.closed;
  assert.equal(server.connections.size, 0);
  assert.deepEqual(peer.messages, []);
});

test("a peer that never reads is cut when the time to flush is over", async (t) => {
  const clock = new FakeClock();
  const answered = gate();
  const service = exampleService().addMethod("big", () => {
    setImmediate(answered.open);
    return "x".repeat(30 * 2 ** 20);
  });
  const server = await serve(t, service, { clock, limits: { queuedBytes: 2 ** 26, maxQueuedBytes: 2 ** 28 } });
  const came = gate<Connection>();
  server.on("connection", (connection) => came.open(connection));
  const socket = connect(Number(new URL(server.address).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.pause();
  const text = '{"jsonrpc":"2.0","id":1,"method":"big"}';
  socket.write(`${text.length}:${text},`);
  const connection = await came.promise;
  const lost = watch(connection.closed);
  await answered.promise;

  const closing = server.close();
  const closed = watch(closing);
  await new Promise(setImmediate);
  clock.advance(4_999);
  await new Promise(setImmediate);
  assert.deepEqual([closed.settled, lost.settled], [false, false]);
  clock.advance(1);
  await closing;
  assert.equal(server.connections.size, 0);
});

test("a server closes with `await using`", async (t) => {
  let address: string;
  {
    await using server = await listen(exampleService(), "tcp://127.0.0.1:0", { logger: new Log() });
    ({ address } = server);
    assert.equal(await clientOf(t, address).call("echo", [1]), 1);
  }
  await rejection(clientOf(t, address).call("echo", [1]), DialError);
});

test("a client whose server closes rejects what it has pending, and dials the next one", async (t) => {
  const server = await serve(t);
  const client = clientOf(t, server.address);
  const lost = rejection(client.call("never"), ConnectionLostError);
  await client.call("echo", [1]);
  for (const connection of server.connections) connection.destroy();
  assert.equal((await lost).outcome, "unknown");
  assert.equal(await client.call("echo", [2]), 2);
});
