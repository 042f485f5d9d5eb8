/** Middlewares of a client: what is the same over its connections, their losses, and exchanges. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { connected, faked } from "../support/faked.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

describe("a client with a middleware", () => {
  it("dials only when a call comes to its end", async (t) => {
    const { client, transport } = faked(t);
    const opened = gate();
    client.use(async ({ method }, next) => {
      if (method === "cached") return "from the cache";
      await opened.promise;
      return next();
    });
    assert.equal(await client.call("cached"), "from the cache");
    const call = client.call("m");
    await turns(1);
    assert.deepEqual([transport.dials.length, client.pending, client.connected], [0, 1, false]);
    opened.open();
    const peer = (await transport.dial()).accept();
    const { id } = await peer.inbox.next();
    peer.answer(id, "there");
    assert.equal(await call, "there");
    assert.equal(client.pending, 0);
  });

  it("can call again over the next connection what was not sent or lost, if it repeats", async (t) => {
    const { client, transport } = faked(t);
    const errors: string[] = [];
    client.use(
      async (_call, next) => {
        for (;;) {
          try {
            return await next();
          } catch (error) {
            errors.push((error as Error).name);
          }
        }
      },
      { repeats: true },
    );
    const call = client.call("m");
    (await transport.dial()).refuse();
    const first = (await transport.dial()).accept();
    await first.inbox.next();
    first.channel.destroy(new Error("cut"));
    const second = (await transport.dial()).accept();
    const { id } = await second.inbox.next();
    second.answer(id, "at last");
    assert.equal(await call, "at last");
    assert.deepEqual(errors, [DialError.name, ConnectionLostError.name]);
    assert.equal(client.pending, 0);
  });

  it("resends nothing by itself", async (t) => {
    const { client, peer, transport } = await connected(t);
    client.use((_call, next) => next());
    const call = client.call("m");
    await peer.inbox.next();
    peer.channel.destroy(new Error("cut"));
    assert.equal((await rejection(call, ConnectionLostError)).outcome, "unknown");
    await turns();
    assert.equal(transport.dials.length, 1);
  });

  it("is closed for good: what is stuck in a middleware rejects, and nothing is dialled", async (t) => {
    const { client, transport, clock } = faked(t);
    client.use(({ method }, next) => (method === "stuck" ? new Promise(() => {}) : next()));
    const stuck = client.call("stuck");
    const note = client.notify("stuck");
    await client.close();
    assert.equal((await rejection(stuck, ClosedError)).outcome, "not-sent");
    await rejection(note, ClosedError);
    assert.equal((await rejection(client.call("late"), ClosedError)).outcome, "not-sent");
    assert.deepEqual([client.pending, transport.dials.length, clock.timers], [0, 0, 0]);
  });

  it("has it around the calls that its own methods make back", async (t) => {
    const seen: string[] = [];
    const service = new Service().addMethod(
      "roundabout",
      async ({ connection }: CallContext) => connection?.call("echo", ["and back"]),
      { context: true },
    );
    const server = await serve(t);
    const back = gate<unknown>();
    server.on("connection", (connection) => {
      connection.use(({ method }, next) => {
        seen.push(`server: ${method}`);
        return next();
      });
      back.open(connection.call("roundabout"));
    });
    const client = clientOf(t, server.address, { service });
    client.use(({ method }, next) => {
      seen.push(`client: ${method}`);
      return next();
    });
    await client.connect();
    assert.equal(await back.promise, "and back");
    assert.deepEqual(seen, ["server: roundabout", "client: echo"]);
  });

  it("goes through HTTP as through a connection", async (t) => {
    const seen: unknown[] = [];
    const service = exampleService().use(({ method, context }, next) => {
      seen.push([method, context.notification, context.connection?.peer.transport]);
      return next();
    });
    const server = await serve(t, service, {}, "http://127.0.0.1:0");
    const client = clientOf(t, server.address);
    client.use(async ({ notification }, next) => {
      const result = await next();
      return notification ? result : { result };
    });
    assert.deepEqual(await client.call("add", [1, 2]), { result: 3 });
    await client.notify("add", [1, 2]);
    const batch = client.batch();
    const members = [batch.call("add", [3, 4]), batch.notify("echo", ["x"]), batch.call("later", ["y"])];
    await batch.send();
    assert.deepEqual(await Promise.all(members), [{ result: 7 }, undefined, { result: "y" }]);
    assert.deepEqual(seen, [
      ["add", false, "http"],
      ["add", true, "http"],
      ["add", false, "http"],
      ["echo", true, "http"],
      ["later", false, "http"],
    ]);
    assert.equal(client.pending, 0);
  });
});
