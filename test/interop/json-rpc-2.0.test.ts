/** json-rpc-2.0, which leaves the transport to its user, over http. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { JSONRPCClient, JSONRPCErrorException, type JSONRPCResponse, JSONRPCServer } from "json-rpc-2.0";
import { listen } from "../../src/server/server.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { readAll } from "../support/read-all.ts";
import { clientOf } from "../support/served.ts";
import { FAILURE, interopService } from "./example.ts";
import { checkRows } from "./rows.ts";
import { Shelf } from "./shelf.mjs";

function theirServer(): JSONRPCServer {
  const held = new Shelf<unknown>();
  const notes = new Shelf<unknown>();
  const server = new JSONRPCServer({ errorListener: () => {} });
  server.addMethod("echo", ([value]) => value);
  server.addMethod("add", ([a, b]) => a + b);
  server.addMethod("subtract", ({ minuend, subtrahend }) => minuend - subtrahend);
  server.addMethod("fail", () => {
    throw new JSONRPCErrorException(FAILURE.message, FAILURE.code, FAILURE.data);
  });
  server.addMethod("hold", () => held.take());
  server.addMethod("release", ([value]) => held.put(value));
  server.addMethod("note", ([text]) => notes.put(text));
  server.addMethod("noted", () => notes.take());
  return server;
}

describe("json-rpc-2.0 over http", { timeout: 30_000 }, () => {
  it("calls tsjason", async (t) => {
    const log = new Log();
    const server = await listen(interopService(), "http://127.0.0.1:0/rpc", { logger: log });
    cleanUp(t, () => server.close({ timeout: 0 }));
    const client: JSONRPCClient = new JSONRPCClient(async (message) => {
      const headers = { "content-type": "application/json" };
      const response = await fetch(server.address, { method: "POST", headers, body: JSON.stringify(message) });
      if (response.status === 200) client.receive((await response.json()) as JSONRPCResponse);
      else assert.equal(response.status, 204);
    });
    await checkRows(t, {
      call: async (method, params) => client.request(method, params),
      notify: (method, params) => client.notify(method, params),
    });
    assert.deepEqual(log.lines(), []);
  });

  it("answers tsjason", async (t) => {
    const theirs = theirServer();
    const server = createServer(async (request, response) => {
      const answer = await theirs.receiveJSON(await readAll(request));
      if (answer === null) response.writeHead(204).end();
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp(t, () => server.close());
    const client = clientOf(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await checkRows(t, client);
    assert.deepEqual(client.log.lines(), []);
  });
});
