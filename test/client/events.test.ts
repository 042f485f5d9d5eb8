import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { listen } from "../../src/server/server.ts";
import { cleanUp } from "../support/cleanup.ts";
import { connected, faked } from "../support/faked.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { turns } from "../support/turns.ts";

describe("a client's events", () => {
  it("tell of each connection and of its end, with the reason", async (t) => {
    const { client, accept } = faked(t);
    const events: unknown[] = [];
    client.on("connect", (peer) => events.push(peer.transport));
    client.on("disconnect", ({ kind }) => events.push(kind));
    for (const kind of ["lost", "ended", "closed"] as const) {
      const connecting = client.connect();
      const peer = await accept();
      await connecting;
      if (kind === "lost") peer.channel.destroy();
      else if (kind === "ended") peer.channel.close();
      else await client.close();
      await peer.happened("closed");
      await turns();
      assert.equal(client.connected, false);
    }
    assert.deepEqual(events, ["memory", "lost", "memory", "ended", "memory", "closed"]);
  });

  it("tell of a connection before anyone hears the first answer", async (t) => {
    const { client, accept } = faked(t);
    const order: string[] = [];
    client.on("connect", () => order.push("connect"));
    const connecting = client.connect().then(() => order.push("connected"));
    const call = client.call("m").then(() => order.push("answered"));
    const peer = await accept();
    peer.answer((await peer.inbox.next()).id, 0);
    await Promise.all([connecting, call]);
    assert.deepEqual(order, ["connect", "connected", "answered"]);
  });

  it("let a call made at a disconnect go to a new connection", async (t) => {
    const { client, accept } = faked(t);
    const again = new Promise((resolve) => {
      client.on("disconnect", ({ kind }) => {
        if (kind !== "closed") resolve(client.call("again"));
      });
    });
    const lost = client.call("m");
    const first = await accept();
    await first.inbox.next();
    let pending: number | undefined;
    client.on("disconnect", () => {
      pending = client.pending;
    });
    first.channel.destroy();
    await assert.rejects(lost, { name: "ConnectionLostError" });
    const second = await accept();
    const { id, method } = await second.inbox.next();
    assert.equal(method, "again");
    assert.equal(pending, 1, "what was pending was rejected before; only the new one is");
    second.answer(id, "fine");
    assert.equal(await again, "fine");
  });

  it("let a call made in the rejection of one that was lost go to a new connection", async (t) => {
    const { client, accept } = faked(t);
    const call = client.call("m").catch(() => client.call("again"));
    const first = await accept();
    await first.inbox.next();
    first.channel.close();
    const second = await accept();
    const { id } = await second.inbox.next();
    second.answer(id, "fine");
    assert.equal(await call, "fine");
  });

  it("let a listener close the client", async (t) => {
    const { client, accept, transport } = faked(t);
    client.on("connect", () => void client.close());
    const call = client.call("m");
    await accept();
    await assert.rejects(call, { name: "ClosedError", outcome: "unknown" });
    await client.close();
    assert.equal(transport.dials.length, 1);
  });

  it("stop for a listener that is taken off, and go on for the others", async (t) => {
    const { client, accept } = faked(t);
    const heard: string[] = [];
    const off = () => {
      heard.push("off");
    };
    assert.equal(
      client
        .on("connect", off)
        .on("connect", () => heard.push("kept"))
        .off("connect", off),
      client,
    );
    client.off("disconnect", () => {});
    const connecting = client.connect();
    await accept();
    await connecting;
    assert.deepEqual(heard, ["kept"]);
  });

  it("are not heard by listeners that come while they are told", async (t) => {
    const { client, accept } = faked(t);
    let heard = 0;
    const again = () => {
      heard++;
      client.on("connect", () => again());
    };
    client.on("connect", again);
    const connecting = client.connect();
    await accept();
    await connecting;
    assert.equal(heard, 1);
  });

  it("survive listeners that throw, reject, or take themselves off", async (t) => {
    const { client, accept, log } = faked(t);
    const heard: string[] = [];
    const once = () => {
      heard.push("once");
      client.off("connect", once);
    };
    client.on("connect", once);
    client.on("connect", () => {
      throw new Error("a listener may fail");
    });
    const later: (peer: unknown) => unknown = async () => {
      throw new Error("also later");
    };
    client.on("connect", later);
    client.on("connect", () => heard.push("after"));
    const connecting = client.connect();
    await accept();
    await connecting;
    await turns();
    assert.deepEqual(heard, ["once", "after"]);
    assert.equal(log.lines("error").filter((line) => line.includes("a listener for connect failed")).length, 2);
  });
});

describe("a client of a real server", () => {
  it("reconnects by itself after the server was away", async (t) => {
    const address = `unix:${temporaryDirectory(t)}/s.sock`;
    const first = await listen(exampleService(), address);
    const client = clientOf(t, address);
    const reasons: DisconnectError[] = [];
    client.on("disconnect", (reason) => reasons.push(reason));
    assert.equal(await client.call("echo", [1]), 1);
    await first.close();
    const second = await listen(exampleService(), address);
    cleanUp(t, () => second.close());
    assert.equal(await client.call("echo", [2]), 2);
    assert.deepEqual(
      reasons.map(({ kind }) => kind),
      ["ended"],
    );
    assert.match(String(client.log.lines("info")), /the unix peer ended the connection/);
    await client.close();
  });

  it("carries a service, which the server's handlers call", async (t) => {
    const service = exampleService();
    const server = await serve(t);
    const answers = new Promise((resolve) => {
      server.on("connection", (connection) => resolve(connection.call("add", [1, 2])));
    });
    const client = clientOf(t, server.address, { service });
    await client.connect();
    assert.equal(await answers, 3);
  });
});

describe("ids", () => {
  it("go on across a reconnect, so that no late answer can be taken for another", async (t) => {
    const { client, accept, peer } = await connected(t);
    const lost = [client.call("a"), client.call("b")];
    const before = (await peer.inbox.take(2)).map(({ id }) => id);
    peer.channel.destroy();
    await Promise.allSettled(lost);
    const call = client.call("c");
    const again = await accept();
    const { id } = await again.inbox.next();
    assert(!before.includes(id));
    for (const late of before) again.answer(late, "late");
    again.answer(id, "right");
    assert.equal(await call, "right");
  });
});
