/** jayson over http and https. */
import assert from "node:assert/strict";
import { Agent } from "node:https";
import { describe, it, type TestContext } from "node:test";
import jayson from "jayson";
import type { ServerOptions } from "../../src/server/options.ts";
import { listen } from "../../src/server/server.ts";
import { agentFetch } from "../support/agent-fetch.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { interopService } from "./example.ts";
import { callerOf, jaysonServer, serveJayson } from "./peers/jayson.ts";
import { checkRows } from "./rows.ts";

const authority = await makeAuthority("interop");
const certificate = await makeCertificate(authority, { name: "localhost" });

async function serveOurs(test: TestContext, scheme: "http" | "https", options: ServerOptions = {}) {
  const log = new Log();
  const server = await listen(interopService(), `${scheme}://127.0.0.1:0/rpc`, { logger: log, ...options });
  cleanUp(test, () => server.close({ timeout: 0 }));
  const { hostname, port, pathname } = new URL(server.address);
  return { log, at: { host: hostname, port: Number(port), path: pathname } };
}

describe("jayson as a client of tsjason", { timeout: 30_000 }, () => {
  it("calls over http", async (t) => {
    const { at, log } = await serveOurs(t, "http");
    await checkRows(t, callerOf(jayson.Client.http(at)));
    assert.deepEqual(log.lines(), []);
  });

  it("calls over https", async (t) => {
    const { at, log } = await serveOurs(t, "https", { tls: certificate });
    await checkRows(t, callerOf(jayson.Client.https({ ...at, ca: authority.cert })));
    assert.deepEqual(log.lines(), []);
  });
});

describe("jayson as a server of tsjason", { timeout: 30_000 }, () => {
  it("answers over http", async (t) => {
    const port = await serveJayson(t, jaysonServer().http());
    const client = clientOf(t, `http://127.0.0.1:${port}`);
    await checkRows(t, client);
    assert.deepEqual(client.log.lines(), []);
  });

  it("answers over https", async (t) => {
    const port = await serveJayson(t, jaysonServer().https(certificate));
    const agent = new Agent({ ca: authority.cert, keepAlive: true });
    cleanUp(t, () => agent.destroy());
    const client = clientOf(t, `https://127.0.0.1:${port}`, { http: { fetch: agentFetch(agent) } });
    await checkRows(t, client);
    assert.deepEqual(client.log.lines(), []);
  });
});
