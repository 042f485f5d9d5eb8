/** Cancelling between tsjason and vscode-jsonrpc, the library of language servers and their editors. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import {
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ParameterStructures,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { RequestCancelledError } from "../../src/protocol/errors/request-cancelled-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { cleanUp } from "../support/cleanup.ts";
import { clientOf, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";

const FRAMING = "?framing=content-length";
const REQUEST_CANCELLED = -32800;

function theirs(test: TestContext, socket: Socket): MessageConnection {
  cleanUp(test, () => socket.destroy());
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  cleanUp(test, () => connection.dispose());
  return connection;
}

/** Our server with a method that ends only when it is cancelled, and their connection to it. */
async function theirClient(test: TestContext) {
  const started = gate<AbortSignal>();
  const service = new Service()
    .addMethod(
      "work",
      ({ signal }: CallContext) => {
        started.open(signal);
        return new Promise(() => {});
      },
      { context: true },
    )
    .addMethod("add", (a: number, b: number) => a + b);
  const server = await serve(test, service, { cancel: "lsp" }, `tcp://127.0.0.1:0${FRAMING}`);
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(server.address).port), noDelay: true });
  await once(socket, "connect");
  const connection = theirs(test, socket);
  connection.listen();
  return { connection, started, server };
}

/** A server of theirs with a method that ends only when its token is cancelled, and our client of it. */
async function theirServer(test: TestContext, answer: (token: CancellationToken) => unknown) {
  const started = gate();
  const cancelled = gate<CancellationToken>();
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = theirs(test, socket);
    connection.onRequest("work", (token: CancellationToken) => {
      started.open();
      return new Promise((resolve) => {
        token.onCancellationRequested(() => {
          cancelled.open(token);
          resolve(answer(token));
        });
      });
    });
    connection.onRequest("add", (a: number, b: number) => a + b);
    connection.listen();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => server.close());
  const { port } = server.address() as AddressInfo;
  const clock = new FakeClock();
  const client = clientOf(test, `tcp://127.0.0.1:${port}${FRAMING}`, { cancel: "lsp", timeout: 0, clock });
  return { client, clock, started, cancelled };
}

describe("vscode-jsonrpc as a client", { timeout: 30_000 }, () => {
  it("cancels our handler by a token, and its call is answered with -32800", async (t) => {
    const { connection, started, server } = await theirClient(t);
    const source = new CancellationTokenSource();
    const call = connection.sendRequest("work", source.token);
    const signal = await started.promise;
    source.cancel();
    const error = await rejection(call, ResponseError);
    assert.deepEqual([error.code, error.message], [REQUEST_CANCELLED, "Request cancelled"]);
    assert(signal.reason instanceof RequestCancelledError);
    assert.equal(server.service.inFlight, 0);
    assert.equal(await connection.sendRequest("add", ParameterStructures.byPosition, 1, 2), 3);
    assert.deepEqual(server.log.lines(), []);
  });

  it("cancels too late, and gets the answer", async (t) => {
    const { connection, server } = await theirClient(t);
    const source = new CancellationTokenSource();
    assert.equal(await connection.sendRequest("add", ParameterStructures.byPosition, 1, 2, source.token), 3);
    source.cancel();
    assert.equal(await connection.sendRequest("add", ParameterStructures.byPosition, 3, 4), 7);
    assert.deepEqual(server.log.lines(), []);
  });
});

describe("vscode-jsonrpc as a server", { timeout: 30_000 }, () => {
  const answers: Record<string, (token: CancellationToken) => unknown> = {
    "-32800": () => new ResponseError(REQUEST_CANCELLED, "given up"),
    "a result all the same": () => "half of it",
  };
  for (const [name, answer] of Object.entries(answers)) {
    it(`has its token cancelled when our call is aborted; its late answer, ${name}, is nobody's`, async (t) => {
      const { client, started, cancelled } = await theirServer(t, answer);
      const controller = new AbortController();
      const call = client.call("work", [], { signal: controller.signal });
      await started.promise;
      controller.abort();
      await assert.rejects(call, { name: "AbortError", outcome: "unknown" });
      assert.equal((await cancelled.promise).isCancellationRequested, true);
      assert.equal(await client.call("add", [1, 2]), 3);
      await client.log.said(/answered call 1 after it was cancelled/);
      assert.deepEqual(client.log.lines(), []);
    });
  }

  it("has its token cancelled when our call times out", async (t) => {
    const { client, clock, started, cancelled } = await theirServer(t, () => null);
    const call = client.call("work", [], { timeout: 50 });
    await started.promise;
    clock.advance(50);
    await rejection(call, CallTimeoutError);
    assert.equal((await cancelled.promise).isCancellationRequested, true);
  });
});
