/** A blocking call to a server of the same thread could never be answered: it is refused. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { networkInterfaces } from "node:os";
import { describe, it } from "node:test";
import { DialError, isCallError, listen, Server } from "../../src/index.ts";
import { DeadlockError } from "../../src/sync/index.ts";
import { isServedHere } from "../../src/sync/served-here.ts";
import { beginListening, endListening } from "../../src/transport/listening.ts";
import { webSocketsOn } from "../../src/transport/websocket/index.ts";
import { blockingClient, serveApart, thrownBy } from "../support/blocking.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { exampleService, serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

describe("a blocking client of a server in the same thread", () => {
  it("is refused before anything is sent, over each transport", async (t) => {
    const path = `unix:${temporaryDirectory(t)}/s`;
    for (const address of ["tcp://127.0.0.1:0", "ws://127.0.0.1:0", "http://127.0.0.1:0", path]) {
      const server = await serve(t, exampleService(), {}, address);
      const client = blockingClient(t, server.address);
      const error = thrownBy(() => client.call("echo", ["x"]));
      assert.ok(error instanceof DeadlockError && isCallError(error) && error.outcome === "not-sent");
      assert.match(error.message, /^echo would wait for ever: .* is served by this very thread/);
      assert.throws(() => client.notify("echo", ["x"]), DeadlockError);
      assert.throws(() => client.connect(), DeadlockError);
      assert.equal(client.connected, false);
    }
  });

  it("is refused a batch, which can be sent when the server is gone", async (t) => {
    const server = await serve(t);
    const client = blockingClient(t, server.address);
    const batch = client.batch();
    const member = batch.call("echo", ["x"]);
    assert.throws(() => batch.send(), DeadlockError);
    await server.close();
    batch.send();
    assert.throws(() => member.get(), DialError);
  });

  it("is refused on what is attached to an HTTP server of the thread", async (t) => {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    cleanUp(t, () => http.close());
    const server = new Server(exampleService(), { logger: new Log() });
    cleanUp(t, () => server.close());
    server.attach(webSocketsOn(http, { path: "/rpc" }));
    assert.throws(() => blockingClient(t, server.address).call("echo", ["x"]), DeadlockError);
  });

  it("is not refused when another server listens here, or this one no longer", async (t) => {
    const elsewhere = await serveApart(t);
    const server = await listen(exampleService(), "tcp://127.0.0.1:0", { logger: new Log() });
    const client = blockingClient(t, elsewhere[0] as string);
    assert.equal(client.call("echo", ["x"]), "x");
    await server.close();
    assert.throws(() => blockingClient(t, server.address).call("echo", ["x"]), DialError);
  });
});

describe("an address", () => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

  const rows: readonly [dialled: string, listening: string, isSame: boolean][] = [
    ["tcp://127.0.0.1:7080", "tcp://127.0.0.1:7080", true],
    ["tcp://127.0.0.1:7080?framing=newline", "tcp://127.0.0.1:7080", true],
    ["tcp://127.0.0.1:7081", "tcp://127.0.0.1:7080", false],
    ["tcp://localhost:7080", "tcp://127.0.0.1:7080", true],
    ["tcp://LOCALHOST:7080", "tcp://[::1]:7080", true],
    ["tcp://127.0.0.1:7080", "tcp://localhost:7080", true],
    ["tcp://127.0.0.1:7080", "tcp://0.0.0.0:7080", true],
    ["tcp://[::1]:7080", "tcp://[::]:7080", true],
    ["tcp://0.0.0.0:7080", "tcp://127.0.0.1:7080", true],
    ["tcp://api.localhost:7080", "tcp://0.0.0.0:7080", true],
    ["tcp://127.0.0.2:7080", "tcp://127.0.0.1:7080", false],
    ["tcp://192.0.2.1:7080", "tcp://0.0.0.0:7080", false],
    ["tcp://server.example:7080", "tcp://0.0.0.0:7080", false],
    ["tls://localhost:7080", "tcp://127.0.0.1:7080", true],
    ["ws://localhost/rpc", "http://127.0.0.1:80/", true],
    ["wss://localhost/rpc", "tcp://127.0.0.1:443", true],
    ["unix:/run/app.sock", "unix:/run/app.sock", true],
    ["unix:/run/x/../app.sock?framing=newline", "unix:/run/app.sock", true],
    ["unix:/run/app.sock", "unix:/run/other.sock", false],
    ["unix:/run/app.sock", "tcp://127.0.0.1:7080", false],
    ["tcp://127.0.0.1:7080", "ws:/rpc", false],
    ["stdio:", "stdio:", false],
    ...(own
      ? [[`tcp://${own}:7080`, "tcp://0.0.0.0:7080", true] as const].map((row) => [...row] as [string, string, boolean])
      : []),
  ];
  for (const [dialled, address, isSame] of rows) {
    it(`${dialled} ${isSame ? "leads" : "does not lead"} to ${address}`, () => {
      const listener = { address };
      beginListening(listener);
      try {
        assert.equal(isServedHere(dialled), isSame);
      } finally {
        endListening(listener);
      }
      assert.equal(isServedHere(dialled), false);
    });
  }
});
