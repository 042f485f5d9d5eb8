import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type Server as HttpServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import type { ServerOptions } from "../../src/server/options.ts";
import { Server } from "../../src/server/server.ts";
import { HttpStatusError } from "../../src/transport/status-error.ts";
import { type WebSocketAttachOptions, webSocketsOn } from "../../src/transport/websocket/index.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { answerHead, plainSocket, upgradeRequest } from "../support/raw-websocket.ts";
import { readAll } from "../support/read-all.ts";
import { clientOf, exampleService } from "../support/served.ts";

/** An HTTP server with a route of its own, which listens. */
async function web(test: TestContext): Promise<{ readonly http: HttpServer; readonly host: string }> {
  const http = createServer((request, response) => response.end(`route ${request.url}`));
  cleanUp(test, () => {
    http.close();
    http.closeAllConnections();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { http, host: `127.0.0.1:${(http.address() as AddressInfo).port}` };
}

/** A server attached to it. */
function attach(test: TestContext, http: HttpServer, options: WebSocketAttachOptions, more: ServerOptions = {}) {
  const log = new Log();
  const server = new Server(exampleService(), { logger: log, ...more });
  cleanUp(test, () => server.close({ timeout: 0 }));
  return { server, log, address: server.attach(webSocketsOn(http, options)) };
}

async function fetched(url: string): Promise<string> {
  const [response] = await once(get(url, { agent: false }), "response");
  return readAll(response);
}

describe("WebSockets on an HTTP server", { timeout: 30_000 }, () => {
  it("live beside its routes, and another's WebSockets", async (t) => {
    const { http, host } = await web(t);
    const { address, server } = attach(t, http, { path: "/rpc" });
    const another = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket, head) => {
      if (request.url !== "/other") return;
      another.handleUpgrade(request, socket, head, (webSocket) => webSocket.send("the other"));
    });
    assert.deepEqual([address, server.addresses], [`ws://${host}/rpc`, [`ws://${host}/rpc`]]);

    const client = clientOf(t, address);
    assert.equal(await client.call("echo", ["over WebSocket"]), "over WebSocket");
    assert.equal(await fetched(`http://${host}/page`), "route /page");
    assert.equal(await fetched(`http://${host}/rpc`), "route /rpc");
    const other = new WebSocket(`ws://${host}/other`);
    cleanUp(t, () => other.terminate());
    const [message] = await once(other, "message");
    assert.equal(String(message), "the other");
  });

  it("are told apart by their paths", async (t) => {
    const { http, host } = await web(t);
    attach(t, http, { path: "/a" });
    attach(t, http, { path: "/b", subprotocols: ["b"] });
    const b = clientOf(t, `ws://${host}/b?x=1`, { ws: { subprotocols: ["b"] } });
    const connected = new Promise<{ subprotocol?: string | undefined }>((resolve) => b.on("connect", resolve));
    await b.connect();
    assert.equal((await connected).subprotocol, "b");
    assert.equal(await clientOf(t, `ws://${host}/a`).call("echo", [1]), 1);
    await assert.rejects(clientOf(t, `ws://${host}/c`).call("echo"), ({ cause }: Error) => {
      assert(cause instanceof HttpStatusError);
      return cause.status === 404;
    });
  });

  it("are found by a target in the absolute form too", async (t) => {
    const { http, host } = await web(t);
    attach(t, http, { path: "/rpc" });
    const socket = await plainSocket(t, `ws://${host}`);
    socket.write(upgradeRequest(`ws://${host}/rpc`).replace("/rpc", `http://${host}/rpc?a=1`));
    assert.match(await answerHead(socket), /^HTTP\/1\.1 101/);
  });

  it("leave an upgrade that is not theirs to whoever else is there", async (t) => {
    const { http, host } = await web(t);
    attach(t, http, { path: "/rpc" });
    http.on("upgrade", (request, socket) => {
      if (request.url === "/elsewhere") socket.end("HTTP/1.1 299 Mine\r\n\r\n");
    });
    const socket = await plainSocket(t, `ws://${host}`);
    socket.write(upgradeRequest(`ws://${host}/elsewhere`));
    assert.match(await answerHead(socket), /^HTTP\/1\.1 299 Mine/);
  });

  it("survive somebody who takes the same request", async (t) => {
    const { http, host } = await web(t);
    const { log } = attach(t, http, { path: "/rpc" });
    const greedy = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket, head) => greedy.handleUpgrade(request, socket, head, () => {}));
    const client = clientOf(t, `ws://${host}/rpc`, { timeout: 0 });
    await assert.rejects(client.call("echo", [1]), { name: "ConnectionLostError" });
    await log.said(/was refused/);
  });

  it("are gone when the server is closed, and the HTTP server is not", async (t) => {
    const { http, host } = await web(t);
    const { server, address } = attach(t, http, { path: "/rpc" });
    const client = clientOf(t, address);
    await client.call("echo", [1]);
    const ended = new Promise<{ kind: string }>((resolve) => client.on("disconnect", resolve));
    await server.close();
    assert.equal((await ended).kind, "ended");
    assert.equal(http.listenerCount("upgrade"), 0);
    await assert.rejects(client.call("echo", [1]), { name: "DialError" });
    assert.equal(await fetched(`http://${host}/page`), "route /page");
    // The path is free again.
    const again = attach(t, http, { path: "/rpc" });
    assert.equal(await client.call("echo", [2]), 2);
    assert.throws(() => attach(t, http, { path: "/rpc" }), /there are WebSockets on \/rpc of this server already/);
    await again.server.close();
  });

  it("have the server's limits, and their own options", async (t) => {
    const { http } = await web(t);
    const authorize = () => {
      throw new HttpStatusError(401, "no");
    };
    const { address, log } = attach(t, http, { path: "/rpc", authorize }, { limits: { messageBytes: 100 } });
    await assert.rejects(clientOf(t, address).call("echo"), /401/);
    await log.said(/a connection to ws:\/\/127\.0\.0\.1:\d+\/rpc was refused/);
    const open = attach(t, http, { path: "/open" }, { limits: { messageBytes: 100 } });
    await assert.rejects(clientOf(t, open.address).call("echo", ["x".repeat(100)]), { outcome: "unknown" });
  });

  it("can be attached before it listens, and with TLS", async (t) => {
    const authority = await makeAuthority("Authority");
    const https = createSecureServer(await makeCertificate(authority, { name: "server" }));
    cleanUp(t, () => https.close());
    const { server, address } = attach(t, https, { path: "/rpc" });
    assert.equal(address, "wss:/rpc");
    https.listen(0, "127.0.0.1");
    await once(https, "listening");
    assert.match(server.address, /^wss:\/\/127\.0\.0\.1:\d+\/rpc$/);
    const client = clientOf(t, server.address, { tls: { ca: authority.cert } });
    const connected = new Promise<{ transport: string }>((resolve) => client.on("connect", resolve));
    assert.equal(await client.call("echo", [1]), 1);
    assert.equal((await connected).transport, "wss");
  });

  it("cannot be attached to a server that is closed", async (t) => {
    const { http } = await web(t);
    const { server } = attach(t, http, { path: "/rpc" });
    await server.close();
    assert.throws(() => server.attach(webSocketsOn(http, { path: "/rpc" })), /closed/);
    assert.equal(http.listenerCount("upgrade"), 0);
  });

  for (const path of ["", "rpc", "/rpc?x", "/rpc#x", undefined]) {
    it(`have no path ${JSON.stringify(path)}`, () => {
      assert.throws(() => webSocketsOn(createServer(), { path: path as string }), TypeError);
    });
  }
});
