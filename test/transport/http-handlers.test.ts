/** A service in somebody else's HTTP server: what `tsjason/http` exports. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import type { CallContext } from "../../src/service/context.ts";
import type { PeerInfo } from "../../src/service/peer.ts";
import { Service } from "../../src/service/service.ts";
import { fetchHandler, HttpStatusError, nodeHandler } from "../../src/transport/http/index.ts";
import { cleanUp } from "../support/cleanup.ts";
import { callText, send } from "../support/http.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { gate } from "../support/settling.ts";

const CALL = callText("echo", [1]);

function example(limits = {}) {
  const log = new Log();
  const service = new Service({ logger: log, limits })
    .addMethod("echo", (value: unknown) => value)
    .addMethod("who", ({ connection }: CallContext) => connection?.peer, { context: true });
  return { service, log };
}

async function hosted(test: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/whatever`;
}

describe("a handler for node:http", () => {
  it("serves wherever it is put, and a client can tell no difference", async (t) => {
    const { service } = example();
    const client = clientOf(t, await hosted(t, nodeHandler(service)));
    assert.equal(await client.call("echo", ["é"]), "é");
    await client.notify("echo", [1]);
    const peer = (await client.call("who")) as { transport: string; address: string };
    assert.deepEqual([peer.transport, peer.address], ["http", "127.0.0.1"]);
  });

  it("has the limits of the service", async (t) => {
    const { service } = example({ messageBytes: 50 });
    const address = await hosted(t, nodeHandler(service));
    assert.equal((await send(address, { body: callText("echo", ["x".repeat(50)]) })).status, 413);
  });

  it("is careful of browsers on a loopback address, unless it is told whom it serves", async (t) => {
    const { service } = example();
    const headers = { host: "any.example", origin: "https://other.example" };
    const byDefault = await hosted(t, nodeHandler(service));
    assert.equal((await send(byDefault, { headers, body: CALL })).status, 403);
    assert.equal((await send(byDefault, { headers: { origin: headers.origin }, body: CALL })).status, 403);
    assert.equal((await send(byDefault, { headers: { host: "localhost" }, body: CALL })).status, 200);
    const open = await hosted(t, nodeHandler(service, { hosts: ["*"], origins: ["*"] }));
    assert.equal((await send(open, { headers, body: CALL })).status, 200);
    const careful = await hosted(t, nodeHandler(service, { hosts: ["rpc.example"] }));
    assert.equal((await send(careful, { headers, body: CALL })).status, 403);
    const choosy = await hosted(t, nodeHandler(service, { origins: ["https://app.example"] }));
    assert.equal((await send(choosy, { headers, body: CALL })).status, 403);
  });

  it("says so when somebody else has read the body, and does not wait for it", async (t) => {
    const { service, log } = example();
    const handler = nodeHandler(service);
    const address = await hosted(t, async (request, response) => {
      for await (const _chunk of request);
      await handler(request, response);
    });
    assert.equal((await send(address, { body: CALL })).status, 500);
    assert.match(String(log.entries[0]?.details), /its body was read before/);
  });

  it("reports a hook that fails to the service's logger", async (t) => {
    const { service, log } = example();
    const address = await hosted(t, nodeHandler(service, { authorize: () => assert.fail("of itself") }));
    assert.equal((await send(address, { body: CALL })).status, 500);
    assert.equal(log.lines("error").length, 1);
  });

  it("keeps to its server's own header fields", async (t) => {
    const { service } = example();
    const handler = nodeHandler(service);
    const address = await hosted(t, (request, response) => {
      response.setHeader("x-trace", "7");
      void handler(request, response);
    });
    const { headers } = await send(address, { body: CALL });
    assert.deepEqual([headers["x-trace"], headers["content-type"]], ["7", "application/json"]);
  });
});

describe("a handler of the Fetch API", () => {
  const request = (init: RequestInit = {}, url = "https://rpc.example/rpc?a=1") =>
    new Request(url, { method: "POST", headers: { "content-type": "application/json" }, body: CALL, ...init });

  it("answers requests with responses", async () => {
    const handler = fetchHandler(example().service);
    const answer = await handler(request());
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/json"]);
    assert.deepEqual(await answer.json(), { jsonrpc: "2.0", id: 1, result: 1 });
    const silent = await handler(request({ body: '{"jsonrpc":"2.0","method":"echo","params":[1]}' }));
    assert.deepEqual([silent.status, silent.body], [204, null]);
  });

  for (const [what, init, status] of [
    ["another method", { method: "GET", body: null }, 405],
    ["another type", { headers: { "content-type": "text/plain" } }, 415],
    ["a long body that says so", { headers: { "content-type": "application/json", "content-length": "101" } }, 413],
    ["a long body", { body: "x".repeat(101) }, 413],
    ["no body", { body: null }, 200],
    ["no UTF-8", { body: new Uint8Array([255]) }, 200],
  ] as const) {
    it(`answers ${what} with ${status}`, async () => {
      const answer = await fetchHandler(example({ messageBytes: 100 }).service)(request(init));
      assert.equal(answer.status, status);
    });
  }

  it("reads no more of a body than it may", async () => {
    let pulled = 0;
    const cancelled = gate();
    const body = new ReadableStream({
      pull(controller) {
        pulled += 1_000;
        controller.enqueue(new Uint8Array(1_000));
      },
      cancel: () => cancelled.open(),
    });
    const endless = request({ body, duplex: "half" } as RequestInit);
    const answer = await fetchHandler(example({ messageBytes: 10_000 }).service)(endless);
    assert.equal(answer.status, 413);
    await cancelled.promise;
    assert(pulled < 20_000, `${pulled} bytes`);
  });

  it("gives up reading the body of a client who leaves", async () => {
    const { service, log } = example();
    const leaving = new AbortController();
    const asked = gate();
    const cancelled = gate();
    // Not every platform ends a body whose sender has left.
    const body = new ReadableStream({
      pull: () => asked.open(),
      cancel: () => cancelled.open(),
    });
    const answer = fetchHandler(service)(request({ body, duplex: "half", signal: leaving.signal } as RequestInit));
    await asked.promise;
    leaving.abort();
    assert.equal((await answer).status, 499);
    await cancelled.promise;
    assert.deepEqual(log.lines(), []);
  });

  it("knows what the platform tells of the client, and the hook too", async () => {
    const heads: unknown[] = [];
    const handler = fetchHandler(example().service, {
      addressOf: (_request, info: { remote: string }) => info.remote,
      authorize: ({ url, headers, peer }) => {
        heads.push([url, headers["x-own"], peer.address]);
        return { name: "somebody" };
      },
    });
    const headers = { "content-type": "application/json", "x-own": "mine" };
    const answer = await handler(request({ headers, body: callText("who") }), { remote: "192.0.2.1" });
    const { transport, address, http } = ((await answer.json()) as { result: PeerInfo }).result;
    assert.deepEqual([transport, address, http?.auth], ["https", "192.0.2.1", { name: "somebody" }]);
    assert.equal(http?.headers["x-own"], "mine");
    assert.deepEqual(heads, [["/rpc?a=1", "mine", "192.0.2.1"]]);
  });

  it("refuses whom the hook refuses, and checks hosts by the URL where there is no header", async () => {
    const { service } = example();
    const authorize = () => Promise.reject(new HttpStatusError(403, "not you"));
    const answer = await fetchHandler(service, { authorize })(request());
    assert.deepEqual([answer.status, await answer.text()], [403, "not you\n"]);
    const handler = fetchHandler(service, { hosts: ["rpc.example"] });
    assert.equal((await handler(request())).status, 200);
    assert.equal((await handler(request({}, "https://evil.example/"))).status, 403);
  });

  it("aborts its methods when the client leaves", async () => {
    const started = gate<AbortSignal>();
    const { service } = example();
    service.addMethod(
      "wait",
      ({ signal }: CallContext) => {
        started.open(signal);
        return new Promise(() => {});
      },
      { context: true },
    );
    const controller = new AbortController();
    const answer = fetchHandler(service)(request({ body: callText("wait"), signal: controller.signal }));
    const signal = await started.promise;
    controller.abort();
    await answer;
    assert.deepEqual([signal.aborted, service.inFlight], [true, 0]);
  });

  it("reports a body that breaks off", async () => {
    const { service, log } = example();
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("torn")) });
    const answer = await fetchHandler(service)(request({ body, duplex: "half" } as RequestInit));
    assert.equal(answer.status, 500);
    assert.equal(log.lines("error").length, 1);
  });
});
