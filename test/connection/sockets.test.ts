import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it, type TestContext } from "node:test";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import type { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { InvalidRequestError } from "../../src/protocol/errors/invalid-request-error.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { listen } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { frame, frameText, WirePeer, WireServer } from "../support/wire-peer.ts";

const PARSE_ERROR = { jsonrpc: "2.0", id: null, error: { code: ErrorCode.ParseError, message: "Parse error" } };

const addresses: Record<string, (test: TestContext) => string> = {
  tcp: () => "tcp://127.0.0.1:0",
  unix: (test) => `unix:${temporaryDirectory(test)}/server.sock`,
};

for (const [transport, addressFor] of Object.entries(addresses)) {
  /** A served service, and a bare peer of it. */
  async function served(test: TestContext, service = exampleService(), options: ServerOptions = {}) {
    const log = new Log();
    const server = await listen(service, addressFor(test), { logger: log, ...options });
    const disconnected = new Promise<DisconnectError>((resolve) =>
      server.on("disconnection", (_, reason) => resolve(reason)),
    );
    cleanUp(test, () => server.close({ timeout: 0 }));
    return { server, log, disconnected, peer: await WirePeer.dial(test, server.address) };
  }

  describe(`over ${transport}, a server`, () => {
    it("answers all requests of a peer that has said its last word, and ends the connection then", async (t) => {
      const work = gate<string>();
      const service = exampleService().addMethod("work", () => work.promise);
      const { peer, disconnected } = await served(t, service);
      peer.call("slow", "work");
      for (let id = 0; id < 100; id++) peer.call(id, "echo", [id]);
      peer.call("later", "later", [1]);
      peer.end();
      const answers = await peer.inbox.take(101);
      assert.deepEqual(
        answers.map(({ id }) => id),
        [...Array(100).keys(), "later"],
      );
      assert.equal((await disconnected).kind, "ended");
      work.open("done");
      assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: "slow", result: "done" });
      await peer.closed;
    });

    it("rejects its own calls at once when the peer has said its last word", async (t) => {
      const failure = gate<ConnectionLostError>();
      const service = new Service().addMethod(
        "ask",
        async (context: CallContext) => {
          const error = await rejection(context.connection?.call("answer") as Promise<unknown>, ConnectionLostError);
          failure.open(error);
          return error.outcome;
        },
        { context: true },
      );
      const { peer } = await served(t, service);
      peer.call(1, "ask");
      assert.equal((await peer.inbox.next()).method, "answer");
      peer.end();
      assert.equal((await failure.promise).outcome, "unknown");
      assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 1, result: "unknown" });
      await peer.closed;
    });

    it("answers what broke the framing with one parse error, and closes", async (t) => {
      const { peer, log, disconnected } = await served(t);
      peer.write(`${frame({ jsonrpc: "2.0", id: 1, method: "echo", params: [1] })}GET / HTTP/1.1\r\n\r\n9:`);
      assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 1, result: 1 });
      assert.deepEqual(await peer.inbox.next(), PARSE_ERROR);
      await peer.ended;
      peer.end();
      await peer.closed;
      assert.equal(peer.inbox.texts.length, 2);
      const { kind, cause } = await disconnected;
      assert.deepEqual([kind, (cause as { violation?: string }).violation], ["violation", "not-a-digit"]);
      assert.match(String(log.lines("warn")), /broke the framing/);
    });

    it("aborts what is in flight when the framing is broken", async (t) => {
      const signal = gate<AbortSignal>();
      const service = new Service().addMethod(
        "work",
        (context: CallContext) => {
          signal.open(context.signal);
          return new Promise(() => {});
        },
        { context: true },
      );
      const { peer, disconnected } = await served(t, service);
      peer.call(1, "work");
      const { aborted } = await signal.promise;
      assert.equal(aborted, false);
      peer.write("x");
      assert.deepEqual(await peer.inbox.next(), PARSE_ERROR);
      assert.equal((await signal.promise).reason, await disconnected);
      assert.equal(service.inFlight, 0);
    });

    it("closes with a parse error when a message is announced that is over the limit", async (t) => {
      const { peer, log } = await served(t, exampleService(), { limits: { messageBytes: 1_000 } });
      peer.write("1001:");
      assert.deepEqual(await peer.inbox.next(), PARSE_ERROR);
      await peer.ended;
      assert.match(String(log.lines("warn")), /1000 bytes/);
    });

    it("answers what is not UTF-8 with a parse error, and goes on", async (t) => {
      const { peer, log } = await served(t);
      const bad = Buffer.from(frame({ jsonrpc: "2.0", id: 1, method: "echo", params: ["\u00e9"] }), "utf8");
      bad[bad.indexOf(0xc3)] = 0xff;
      peer.write(bad);
      peer.call(2, "echo", ["é"]);
      assert.deepEqual(await peer.inbox.take(2), [PARSE_ERROR, { jsonrpc: "2.0", id: 2, result: "é" }]);
      assert.match(String(log.lines("warn")), /not UTF-8/);
    });

    it("answers a text that is no JSON with a parse error, and goes on", async (t) => {
      const { peer } = await served(t);
      peer.write(frameText("") + frameText("nonsense") + frame({ jsonrpc: "2.0", id: 1, method: "echo", params: [0] }));
      assert.deepEqual(await peer.inbox.take(3), [PARSE_ERROR, PARSE_ERROR, { jsonrpc: "2.0", id: 1, result: 0 }]);
    });

    it("answers a peer that ends inside a frame with a parse error, and what came before it", async (t) => {
      const work = gate<string>();
      const { peer } = await served(
        t,
        exampleService().addMethod("work", () => work.promise),
      );
      peer.call(1, "work");
      peer.write('20:{"jsonrpc"');
      peer.end();
      assert.deepEqual(await peer.inbox.next(), PARSE_ERROR);
      work.open("done");
      assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 1, result: "done" });
      await peer.closed;
    });
  });
}

it("over tcp, a server aborts what is in flight when the peer resets the connection", async (t) => {
  const signal = gate<AbortSignal>();
  const service = new Service().addMethod(
    "work",
    (context: CallContext) => {
      signal.open(context.signal);
      return new Promise(() => {});
    },
    { context: true },
  );
  const server = await serve(t, service);
  const disconnected = new Promise<DisconnectError>((resolve) =>
    server.on("disconnection", (_, reason) => resolve(reason)),
  );
  const peer = await WirePeer.dial(t, server.address);
  peer.call(1, "work");
  const { aborted } = await signal.promise;
  assert.equal(aborted, false);
  peer.reset();
  const reason = await disconnected;
  assert.equal(reason.kind, "lost");
  assert.equal((await signal.promise).reason, reason);
  assert.equal(service.inFlight, 0);
  assert.match(String(server.log.lines("warn")), /was lost: read ECONNRESET/);
});

describe("over tcp, a client", () => {
  it("gets a server's complaint about a batch that is too long at once", async (t) => {
    const server = await serve(t, exampleService(), { limits: { batchLength: 2 } });
    const batch = clientOf(t, server.address).batch();
    const calls = [1, 2, 3].map((value) => batch.call("echo", [value]));
    await batch.send();
    for (const call of calls) {
      const error = await rejection(call, InvalidRequestError);
      assert.deepEqual(error.data, { limit: "batchLength", max: 2 });
    }
  });

  it("rejects all calls with the violation when the server breaks the framing, and dials anew", async (t) => {
    const server = await WireServer.listen(t);
    const client = clientOf(t, server.address);
    const calls = [client.call("a"), client.call("b")];
    const peer = await server.peer();
    await peer.inbox.take(2);
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    for (const call of calls) {
      const error = await rejection(call, ConnectionLostError);
      assert.equal(error.outcome, "unknown");
      assert.equal((error.cause as DisconnectError).kind, "violation");
    }
    await peer.ended;
    assert.equal(peer.inbox.texts.length, 2, "nothing was said to it");
    const next = client.call("c");
    const again = await server.peer();
    again.answer((await again.inbox.next()).id, "fine");
    assert.equal(await next, "fine");
  });

  it("goes on when an answer is not UTF-8", async (t) => {
    const server = await WireServer.listen(t);
    const client = clientOf(t, server.address);
    const call = client.call("a");
    const peer = await server.peer();
    const { id } = await peer.inbox.next();
    peer.write(Buffer.from("3:\xff\xfe\xfd,", "latin1"));
    await client.log.said(/not UTF-8/);
    peer.answer(id, "fine");
    assert.equal(await call, "fine");
    assert.equal(peer.inbox.texts.length, 1);
  });
});
