import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { Connection } from "../../src/connection/connection.ts";
import { listen, Server } from "../../src/server/server.ts";
import { channelPair } from "../../src/testing/index.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("the system picks the port where port 0 is asked for, and the address says which", async (t) => {
  const server = await serve(t);
  assert.match(server.address, /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
  assert.deepEqual(server.addresses, [server.address]);
  assert.equal(await clientOf(t, server.address).call("add", [1, 2]), 3);
});

test("a service is served on several addresses, by one server or by several", async (t) => {
  const service = exampleService();
  const path = `${temporaryDirectory(t)}/app.sock`;
  const server = await listen(service, ["tcp://127.0.0.1:0", `unix:${path}`], { logger: new Log() });
  cleanUp(t, () => server.close());
  const other = await serve(t, service);
  assert.equal(server.addresses.length, 2);
  for (const address of [...server.addresses, other.address]) {
    assert.equal(await clientOf(t, address).call("echo", [address]), address);
  }
});

test("a URL object is an address too", async (t) => {
  const server = await listen(exampleService(), new URL("tcp://127.0.0.1:0"), { logger: new Log() });
  cleanUp(t, () => server.close());
  assert.equal(await clientOf(t, server.address).call("echo", [1]), 1);
});

test("where one of several addresses cannot be listened on, nothing listens", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  cleanUp(t, () => taken.close());
  const { port } = taken.address() as { port: number };
  const path = `${temporaryDirectory(t)}/app.sock`;

  const listening = listen(exampleService(), [`unix:${path}`, `tcp://127.0.0.1:${port}`], { logger: new Log() });
  await assert.rejects(listening, { code: "EADDRINUSE" });

  const client = clientOf(t, `unix:${path}`);
  const { cause } = await rejection(client.connect(), Error);
  assert.equal((cause as NodeJS.ErrnoException).code, "ENOENT");
});

test("a wrong address is told at once", async () => {
  await assert.rejects(listen(exampleService(), "127.0.0.1:7080"), InvalidAddressError);
  await assert.rejects(listen(exampleService(), "gopher://127.0.0.1:70"), InvalidAddressError);
});

test("a server that listens nowhere has no address", () => {
  const server = new Server(exampleService());
  assert.throws(() => server.address, /listens nowhere/);
  assert.deepEqual(server.addresses, []);
});

test("limits with a name nobody knows are refused", async () => {
  const limits = { messageByte: 1 } as object;
  await assert.rejects(listen(exampleService(), "tcp://127.0.0.1:0", { limits }), RangeError);
});

test("connections are counted, and told of as they come and go", async (t) => {
  const server = await serve(t);
  const came = gate<Connection>();
  const went = gate<readonly [Connection, string]>();
  server.on("connection", (connection) => came.open(connection));
  server.on("disconnection", (connection, reason) => went.open([connection, reason.kind]));

  const client = clientOf(t, server.address);
  await client.call("echo", [1]);
  const connection = await came.promise;
  assert.deepEqual([...server.connections], [connection]);
  assert.equal(connection.peer.transport, "tcp");

  await client.close();
  assert.deepEqual(await went.promise, [connection, "ended"]);
  await connection.closed;
  assert.equal(server.connections.size, 0);
});

test("a listener that throws is logged, and hurts nobody", async (t) => {
  const server = await serve(t);
  const listener = () => {
    throw new Error("not my day");
  };
  server.on("connection", listener);
  assert.equal(await clientOf(t, server.address).call("echo", [1]), 1);
  assert.match(server.log.lines("error").join(), /a listener for connection failed/);
  server.off("connection", listener);
  server.log.entries.length = 0;
  assert.equal(await clientOf(t, server.address).call("echo", [2]), 2);
  assert.deepEqual(server.log.lines("error"), []);
});

test("a server calls its clients", async (t) => {
  const server = await serve(t);
  const came = gate<Connection>();
  server.on("connection", (connection) => came.open(connection));
  const client = clientOf(t, server.address, { service: exampleService() });
  await client.connect();
  const connection = await came.promise;
  assert.equal(await connection.call("add", [20, 22]), 42);
});

test("a channel that came about in some other way is served like any", async (t) => {
  const server = await serve(t);
  const [here, there] = channelPair();
  const connection = server.accept(there);
  const peer = new Connection(here, { logger: new Log() });
  assert.ok(server.connections.has(connection));
  assert.equal(await peer.call("echo", ["in memory"]), "in memory");
  await server.close();
  assert.equal((await peer.disconnected).kind, "ended");
});
