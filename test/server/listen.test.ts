import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import type { Connection } from "../../src/connection/connection.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import type { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { listen, Server } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair } from "../../src/testing/index.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import { registerTransport } from "../../src/transport/registry.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { turns } from "../support/turns.ts";
import { WirePeer } from "../support/wire-peer.ts";

describe("a server listens", () => {
  it("on several addresses, with the ports the system picked", async (t) => {
    const path = `unix:${temporaryDirectory(t)}/s.sock`;
    const server = await listen(exampleService(), ["tcp://127.0.0.1:0", "tcp://127.0.0.1:0", path]);
    cleanUp(t, () => server.close());
    const [first, second, third] = server.addresses;
    assert.match(first ?? "", /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    assert.notEqual(first, second);
    assert.equal(decodeURIComponent(third ?? ""), path);
    assert.equal(server.address, first);
    for (const address of server.addresses) {
      assert.equal(await clientOf(t, address).call("echo", [address]), address);
    }
  });

  it("until the last of its addresses has ended by itself, where no connection is left", async (t) => {
    const ends: (() => void)[] = [];
    registerTransport("x-ending", async () => ({
      limits: untrusted,
      connect: () => Promise.reject(new Error("it only listens")),
      listen: async ({ text }) => ({
        address: text,
        ended: new Promise<void>((resolve) => ends.push(resolve)),
        close: () => Promise.resolve(),
      }),
    }));
    const server = await listen(exampleService(), ["x-ending:1", "x-ending:2"], { logger: new Log() });
    cleanUp(t, () => server.close());
    const over = watch(server.closed);
    ends[0]?.();
    await turns();
    assert.deepEqual([server.addresses, over.settled], [["x-ending:2"], false]);
    const [here, there] = channelPair();
    new ScriptedPeer(there);
    server.accept(here);
    ends[1]?.();
    await turns();
    assert.deepEqual([server.addresses, over.settled], [[], false]);
    await server.listen("x-ending:3");
    for (const connection of server.connections) await connection.close();
    await turns();
    assert.equal(over.settled, false);
    ends[2]?.();
    await server.closed;
    await assert.rejects(server.listen("x-ending:4"), /this server is closed/);
  });

  it("on more later, and on URLs", async (t) => {
    const server = await serve(t);
    const more = await server.listen(new URL("tcp://127.0.0.1:0"));
    assert.deepEqual(server.addresses, [server.address, more]);
    assert.equal(await clientOf(t, more).call("add", [1, 2]), 3);
  });

  it("on all or none, which may be asked for", async (t) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    cleanUp(t, () => taken.close());
    const { port } = taken.address() as { port: number };
    const service = exampleService();
    const path = `unix:${temporaryDirectory(t)}/s.sock`;
    await assert.rejects(listen(service, [path, `tcp://127.0.0.1:${port}`]), { code: "EADDRINUSE" });
    const { cause } = await rejection(clientOf(t, path).connect(), DialError);
    assert.equal((cause as NodeJS.ErrnoException).code, "ENOENT", "nothing listens");
    await assert.rejects(listen(service, "nonsense"), InvalidAddressError);
    const nowhere = await listen(service, []);
    assert.deepEqual(nowhere.addresses, []);
    assert.throws(() => nowhere.address, /listens nowhere/);
    await nowhere.close();
  });

  it("no more once it is closed, also when the closing comes first", async () => {
    const server = new Server(exampleService());
    const listening = server.listen("tcp://127.0.0.1:0");
    await server.close();
    await assert.rejects(listening, /closed/);
    await assert.rejects(server.listen("tcp://127.0.0.1:0"), /closed/);
    assert.deepEqual(server.addresses, []);
  });

  it("no more when it is closed in the middle of it", async () => {
    const listening = gate();
    let given = 0;
    registerTransport("slow", async () => ({
      limits: untrusted,
      connect: () => Promise.reject(new Error("it only listens")),
      listen: async () => {
        await listening.promise;
        return {
          address: "slow:here",
          close: async () => {
            given++;
          },
        };
      },
    }));
    const server = new Server(exampleService());
    const failure = assert.rejects(server.listen("slow:here"), /closed/);
    await turns();
    await server.close();
    listening.open();
    await failure;
    assert.deepEqual([server.addresses, given], [[], 1]);
  });

  it("with options that make sense", () => {
    const service = exampleService();
    assert.throws(() => new Server(service, { timeout: -1 }), RangeError);
    assert.throws(() => new Server(service, { limits: { inFlight: -1 } }), RangeError);
  });

  it("for a service that is served elsewhere too", async (t) => {
    const service = exampleService();
    const [first, second] = [await serve(t, service), await serve(t, service)];
    await first.close();
    assert.equal(await clientOf(t, second.address).call("echo", [1]), 1);
  });
});

describe("a server's connections", () => {
  it("are known while they last, and their events tell of them", async (t) => {
    const server = await serve(t);
    const events: unknown[] = [];
    server.on("connection", (connection: Connection) => events.push(connection));
    const over = new Promise<[Connection, DisconnectError]>((resolve) => {
      server.on("disconnection", (connection, reason) => resolve([connection, reason]));
    });
    const client = clientOf(t, server.address);
    await client.call("echo", [1]);
    const [connection] = server.connections;
    assert.deepEqual(events, [connection]);
    assert.equal(connection?.peer.transport, "tcp");
    await client.close();
    const [ended, reason] = await over;
    assert.deepEqual([ended, reason.kind], [connection, "ended"]);
    await connection?.closed;
    assert.equal(server.connections.size, 0);
  });

  it("can be called as soon as they are there", async (t) => {
    const server = await serve(t);
    const answer = new Promise((resolve) => {
      server.on("connection", (connection) => resolve(connection.call("add", [2, 3])));
    });
    await clientOf(t, server.address, { service: exampleService() }).connect();
    assert.equal(await answer, 5);
  });

  it("have the server's timeout for calls to clients", async (t) => {
    const server = await serve(t, exampleService(), { timeout: 5 });
    const failure = new Promise((resolve) => {
      server.on("connection", (connection) => connection.call("never").catch(resolve));
    });
    await clientOf(t, server.address, { service: exampleService() }).connect();
    assert.equal(((await failure) as { timeout?: number }).timeout, 5);
  });

  it("may come about in some other way", async (t) => {
    const server = await serve(t);
    const [here, there] = channelPair();
    const peer = new ScriptedPeer(here);
    const connection = server.accept(there);
    assert(server.connections.has(connection));
    peer.call(1, "add", [1, 2]);
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 1, result: 3 });
    await server.close();
    await peer.happened("ended");
    assert.equal(server.connections.size, 0);
  });

  it("that come after the close are cut", async (t) => {
    const server = await serve(t);
    await server.close();
    const [here, there] = channelPair();
    const peer = new ScriptedPeer(here);
    const heard: unknown[] = [];
    server.on("connection", (connection) => heard.push(connection));
    const connection = server.accept(there);
    await peer.happened("closed");
    await connection.closed;
    assert.deepEqual([server.connections.size, heard.length], [0, 0]);
  });

  it("have limits of their own, and what one does is no matter of another", async (t) => {
    const server = await serve(t, exampleService(), { limits: { inFlight: 1 } });
    const [first, second] = [await WirePeer.dial(t, server.address), await WirePeer.dial(t, server.address)];
    first.call(1, "never");
    first.call(2, "never");
    assert.equal((await first.inbox.next()).error?.code, -32096);
    second.call(1, "later", [1]);
    assert.equal((await second.inbox.next()).result, 1);
    first.reset();
    second.call(2, "later", [2]);
    assert.equal((await second.inbox.next()).result, 2);
  });

  it("survive listeners that throw", async (t) => {
    const log = new Log();
    const server = await serve(
      t,
      new Service().addMethod("m", () => 1),
      { logger: log },
    );
    const fail = () => {
      throw new Error("a listener may fail");
    };
    server.on("connection", fail).on("disconnection", fail);
    const client = clientOf(t, server.address);
    assert.equal(await client.call("m"), 1);
    server.off("disconnection", fail);
    await client.close();
    await log.said(/a listener for connection failed/);
  });
});
