/** jayson over tcp and tls: since its version 5 it sends a text a line there, which is our framing of that name. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import jayson from "jayson";
import { ErrorCode } from "../../src/protocol/codes.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { listen } from "../../src/server/server.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { interopService } from "./example.ts";
import { callerOf, jaysonServer, serveJayson } from "./peers/jayson.ts";
import { checkRows, failure } from "./rows.ts";

const authority = await makeAuthority("interop");
const certificate = await makeCertificate(authority, { name: "localhost" });

async function serveOurs(test: TestContext, scheme: "tcp" | "tls", options: ServerOptions = {}) {
  const log = new Log();
  const server = await listen(interopService(), `${scheme}://127.0.0.1:0?framing=newline`, { logger: log, ...options });
  cleanUp(test, () => server.close({ timeout: 0 }));
  const { hostname, port } = new URL(server.address);
  return { log, at: { host: hostname, port: Number(port) } };
}

describe("jayson as a client of tsjason", { timeout: 30_000 }, () => {
  it("calls over tcp, each call on a connection of its own", async (t) => {
    const { at, log } = await serveOurs(t, "tcp");
    await checkRows(t, callerOf(jayson.Client.tcp(at)));
    assert.deepEqual(log.lines(), []);
  });

  it("calls over tls", async (t) => {
    const { at, log } = await serveOurs(t, "tls", { tls: certificate });
    await checkRows(t, callerOf(jayson.Client.tls({ ...at, ca: authority.cert })));
    assert.deepEqual(log.lines(), []);
  });

  it("sends a batch", async (t) => {
    const { at } = await serveOurs(t, "tcp");
    const client = jayson.Client.tcp(at);
    const requests = [
      client.request("add", [1, 2], 1),
      client.request("note", ["é"], null),
      client.request("nope", [], 2),
    ];
    const answers = await new Promise((resolve, reject) => {
      client.request(requests, (error: Error | null, response: unknown) => (error ? reject(error) : resolve(response)));
    });
    assert.deepEqual(answers, [
      { jsonrpc: "2.0", id: 1, result: 3 },
      { jsonrpc: "2.0", id: 2, error: { code: -32601, message: "Method not found" } },
    ]);
  });

  it("is refused when it speaks JSON-RPC 1.0", async (t) => {
    const { at } = await serveOurs(t, "tcp");
    const caller = callerOf(jayson.Client.tcp({ ...at, version: 1 }));
    assert.equal((await failure(caller.call("add", [40, 2]))).code, ErrorCode.InvalidRequest);
  });
});

describe("jayson as a server of tsjason", { timeout: 30_000 }, () => {
  it("answers over tcp", async (t) => {
    const port = await serveJayson(t, jaysonServer().tcp());
    const client = clientOf(t, `tcp://127.0.0.1:${port}?framing=newline`);
    await checkRows(t, client);
    assert.deepEqual(client.log.lines(), []);
  });

  it("answers over tls", async (t) => {
    const port = await serveJayson(t, jaysonServer().tls(certificate));
    const client = clientOf(t, `tls://127.0.0.1:${port}?framing=newline`, { tls: { ca: authority.cert } });
    await checkRows(t, client);
    assert.deepEqual(client.log.lines(), []);
  });

  it("answers a batch", async (t) => {
    const port = await serveJayson(t, jaysonServer().tcp());
    const batch = clientOf(t, `tcp://127.0.0.1:${port}?framing=newline`).batch();
    const sum = batch.call("add", [1, 2]);
    const noted = batch.call("noted");
    void batch.notify("note", ["é"]);
    const unknown = failure(batch.call("nope"));
    await batch.send();
    assert.deepEqual([await sum, await noted, (await unknown).code], [3, "é", -32601]);
  });
});
