/** rpc-websockets, in both roles. */
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { Client as TheirClient, Server as TheirServer } from "rpc-websockets";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { listen } from "../../src/server/server.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { FAILURE, interopService } from "./example.ts";
import { checkRows } from "./rows.ts";
import { Shelf } from "./shelf.mjs";

/** They bring event emitters of their own. */
function heard(emitter: TheirClient | TheirServer, event: string): Promise<unknown> {
  return new Promise((resolve) => emitter.once(event, resolve));
}

/** The methods of `example.ts`, and an event. */
async function serveTheirs(test: TestContext) {
  const held = new Shelf<unknown>();
  const notes = new Shelf<unknown>();
  const server = new TheirServer({ host: "127.0.0.1", port: 0 });
  cleanUp(test, () => server.close());
  const register = (name: string, method: (params: never) => unknown) => server.register(name, method as () => unknown);
  register("echo", ([value]: [unknown]) => value);
  register("add", ([a, b]: [number, number]) => a + b);
  register("subtract", (by: { minuend: number; subtrahend: number }) => by.minuend - by.subtrahend);
  register("fail", () => {
    throw FAILURE;
  });
  register("hold", () => held.take());
  register("release", ([value]: [unknown]) => held.put(value));
  register("note", ([text]: [string]) => notes.put(text));
  register("noted", () => notes.take());
  register("nothing", () => {});
  server.event("news");
  await heard(server, "listening");
  const { port } = server.wss.address() as AddressInfo;
  return { server, address: `ws://127.0.0.1:${port}` };
}

describe("rpc-websockets", { timeout: 30_000 }, () => {
  it("calls tsjason", async (t) => {
    const log = new Log();
    const server = await listen(interopService(), "ws://127.0.0.1:0/rpc", { logger: log });
    cleanUp(t, () => server.close({ timeout: 0 }));
    const client = new TheirClient(server.address, { reconnect: false });
    await heard(client, "open");
    await checkRows(t, {
      call: (method, params) => client.call(method, params as object),
      notify: (method, params) => client.notify(method, params as object),
    });
    const closed = heard(client, "close");
    client.close();
    await closed;
    assert.deepEqual(log.lines(), []);
  });

  it("answers tsjason", async (t) => {
    const { address } = await serveTheirs(t);
    const client = clientOf(t, address);
    await checkRows(t, client);
    await client.close();
    assert.deepEqual(client.log.lines(), []);
  });

  it("makes an event of a notification, and leaves a request unanswered", async (t) => {
    const server = await listen(interopService(), "ws://127.0.0.1:0/rpc");
    cleanUp(t, () => server.close({ timeout: 0 }));
    const client = new TheirClient(server.address, { reconnect: false });
    await heard(client, "open");
    cleanUp(t, () => client.close());
    const news = heard(client, "news");
    await client.call("notifyBack", ["news", ["é"]]);
    assert.deepEqual(await news, ["é"]);

    const asked = heard(client, "question");
    const [connection] = server.connections;
    assert(connection);
    const abort = new AbortController();
    const call = connection.call("question", ["é"], { signal: abort.signal });
    assert.deepEqual(await asked, ["é"]);
    abort.abort();
    await rejection(call, CallAbortedError);
  });

  it("answers a notification of a method it does not have, which settles no call of ours", async (t) => {
    const { address } = await serveTheirs(t);
    const client = clientOf(t, address);
    const held = client.call("hold");
    await client.notify("nope");
    await client.log.said(/an answer that no call awaits \(id null\)/);
    await client.call("release", ["still here"]);
    assert.equal(await held, "still here");
  });

  it("leaves the result out where a method returns undefined, which is no answer", async (t) => {
    const { address } = await serveTheirs(t);
    const { message } = await rejection(clientOf(t, address).call("nothing"), InvalidResponseError);
    assert.match(message, /neither a result nor an error/);
  });

  it("sends events that are no JSON-RPC, which are logged and settle no call of ours", async (t) => {
    const { server, address } = await serveTheirs(t);
    for (const [options, logged] of [
      [{}, /sent something that is no JSON-RPC 2.0/],
      // One that serves answers that with -32600, which they answer in turn.
      [{ service: interopService() }, /an answer that no call awaits \(id null\)/],
    ] as const) {
      const client = clientOf(t, address, options);
      assert.deepEqual(await client.call("rpc.on", ["news"]), { news: "ok" });
      const held = client.call("hold");
      // Their server looks at messages in turn: what was asked before this waits there by now.
      await client.call("echo", [1]);
      server.emit("news", "é");
      await client.log.said(logged);
      await client.call("release", ["still here"]);
      assert.equal(await held, "still here");
      await client.close();
    }
  });
});
