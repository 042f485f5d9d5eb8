/** What blocking calls throw is what the promises of a client reject with: classes, members, causes. */
import assert from "node:assert/strict";
import { after, describe, it, type TestContext } from "node:test";
import {
  CallTimeoutError,
  type Client,
  ConnectionLostError,
  DialError,
  DisconnectError,
  HttpStatusError,
  InvalidResponseError,
  isCallError,
  isDraining,
  isRpcError,
  RpcError,
  ServiceUnavailableError,
} from "../../src/index.ts";
import type { SyncClientOptions } from "../../src/sync/index.ts";
import { blockingClient, playApart, serveApart, thrownBy } from "../support/blocking.ts";
import { clientOf } from "../support/served.ts";

const [tcp, http] = (await serveApart({ after }, ["tcp://127.0.0.1:0", "http://127.0.0.1:0"])) as [string, string];
const NOBODY = "tcp://127.0.0.1:1";

/** What there is to see of an error, and of what caused it. */
function anatomy(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { stack: _, cause, ...members } = Object.getOwnPropertyDescriptors(error);
  const values = Object.entries(members).map(([name, { value, enumerable }]) => [name, enumerable, value]);
  const symbols = Object.getOwnPropertySymbols(error).map(String);
  return [Object.getPrototypeOf(error).constructor.name, values.sort(), symbols, cause && anatomy(cause.value)];
}

/** Fails in the same way with and without blocking. */
async function failAlike(t: TestContext, address: string, method: string, params: unknown[], options = {}) {
  const error = thrownBy(() => blockingClient(t, address, options).call(method, params, { timeout: 2_000 }));
  const client: Client = clientOf(t, address, options);
  await assert.rejects(client.call(method, params, { timeout: 2_000 }), (rejection) => {
    assert.deepEqual(anatomy(error), anatomy(rejection));
    return true;
  });
  return error;
}

describe("an error of a blocking call", () => {
  it("is what a promise would reject with: a refused dial", async (t) => {
    const error = await failAlike(t, NOBODY, "echo", ["x"]);
    assert.ok(error instanceof DialError && isCallError(error));
    assert.deepEqual([error.outcome, error.address], ["not-sent", NOBODY]);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
    assert.match((error.cause as Error).stack ?? "", /ECONNREFUSED/);
  });

  it("comes after as many attempts as the call's own options ask for", (t) => {
    const client = blockingClient(t, NOBODY);
    assert.ok(thrownBy(() => client.call("m", [], { timeout: 300 })) instanceof DialError);
    const error = thrownBy(() => client.call("m", [], { timeout: 300, retry: "not-sent" }));
    assert.ok(error instanceof CallTimeoutError && error.cause instanceof DialError);
    assert.ok(thrownBy(() => client.notify("m", [], { timeout: 300, idempotent: true })) instanceof CallTimeoutError);
    const listed = { idempotent: ["m"] as unknown as boolean };
    assert.ok(thrownBy(() => client.call("m", [], listed)) instanceof TypeError);
  });

  it("is what a promise would reject with: several refused dials", async (t) => {
    const options = { redial: { initialDelay: 1, maxDelay: 5 } };
    const error = thrownBy(() => blockingClient(t, NOBODY, options).call("echo", ["x"], { timeout: 500 }));
    assert.ok(error instanceof CallTimeoutError && error.outcome === "not-sent");
    assert.ok(error.cause instanceof DialError);
  });

  it("is what a promise would reject with: a lost connection", async (t) => {
    const error = await failAlike(t, tcp, "hangUp", []);
    assert.ok(error instanceof ConnectionLostError && error.cause instanceof DisconnectError);
    assert.equal(error.outcome, "unknown");
  });

  it("is what a promise would reject with: a peer that is no WebSocket", async (t) => {
    const error = await failAlike(t, http.replace("http:", "ws:"), "echo", ["x"]);
    assert.ok(error instanceof DialError && error.cause instanceof HttpStatusError);
    assert.equal(error.cause.status, 405);
  });

  it("is what a promise would reject with: an error answer with data", async (t) => {
    for (const data of [undefined, null, 0, "text", { list: [{}] }]) {
      const error = await failAlike(t, tcp, "refuse", [1001, data]);
      assert.ok(error instanceof RpcError && isRpcError(error, 1001));
    }
  });

  it("has the class of its code", async (t) => {
    const draining = '{"jsonrpc":"2.0","id":$ID,"error":{"code":-32097,"message":"off","data":{"reason":"draining"}}}';
    const error = thrownBy(blockedBy(t, await playApart(t, [draining])));
    assert.ok(error instanceof ServiceUnavailableError && isDraining(error));
    assert.deepEqual([error.message, error.data], ["off", { reason: "draining" }]);
  });

  it("tells an answer that is none", async (t) => {
    const address = await playApart(t, ['{"jsonrpc":"2.0","id":$ID,"error":"oh"}']);
    const error = thrownBy(blockedBy(t, address));
    assert.ok(error instanceof InvalidResponseError);
    assert.match(error.message, /its error is not an object/);
  });

  it("tells a connection that ended while it waited", async (t) => {
    const ended = thrownBy(blockedBy(t, await playApart(t, ["hang up"])));
    assert.ok(ended instanceof ConnectionLostError && ended.cause instanceof DisconnectError);
    assert.equal(ended.cause.kind, "ended");
    const reset = thrownBy(blockedBy(t, await playApart(t, ["reset"])));
    assert.ok(reset instanceof ConnectionLostError && reset.cause instanceof DisconnectError);
    assert.deepEqual([reset.cause.kind, (reset.cause.cause as NodeJS.ErrnoException).code], ["lost", "ECONNRESET"]);
  });

  it("is not sent again: the next call dials", async (t) => {
    const address = await playApart(t, ["hang up", '{"jsonrpc":"2.0","id":$ID,"result":"here again"}']);
    const client = blockingClient(t, address);
    assert.throws(() => client.call("anything"), ConnectionLostError);
    assert.equal(client.call("anything"), "here again");
  });
});

describe("what came in a message", () => {
  it("may be deeper than threads can give one another", async (t) => {
    const depth = 100_000;
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const script = [
      `{"jsonrpc":"2.0","id":$ID,"result":${deep}}`,
      `{"jsonrpc":"2.0","id":$ID,"error":{"code":1,"message":"deep","data":${deep}}}`,
    ];
    const limits = { depth: Number.POSITIVE_INFINITY };
    const client = blockingClient(t, await playApart(t, script), { limits });
    assert.equal(depthOf(client.call("one")), depth);
    const error = thrownBy(() => client.call("two"));
    assert.ok(isRpcError(error, 1));
    assert.equal(depthOf(error.data), depth);
  });

  it("may be written in unusual ways", async (t) => {
    const script = [
      '{ "result" : { "a" : [ 1.50e1 ] }, "id" : $ID, "jsonrpc" : "2.0" }',
      '{"jsonrpc":"2.0","id":$ID,"result":{"twice":1,"twice":2}}',
      '[{"jsonrpc":"2.0","id":$ID,"result":["the only one"]}]',
    ];
    const client = blockingClient(t, await playApart(t, script));
    assert.deepEqual(client.call("one"), { a: [15] });
    assert.deepEqual(client.call("two"), { twice: 2 });
    assert.deepEqual(client.call("three"), ["the only one"]);
  });

  it("speaks 1.0 where it is told to", async (t) => {
    const script = [
      '{"result":{"a":1},"error":null,"id":$ID}',
      '{"result":null,"error":{"code":5,"message":"no","data":[1]},"id":$ID}',
    ];
    const client = blockingClient(t, await playApart(t, script), { version: "1.0" });
    assert.deepEqual(client.call("one", []), { a: 1 });
    const error = thrownBy(() => client.call("two", []));
    assert.ok(isRpcError(error, 5));
    assert.deepEqual(error.data, [1]);
    assert.throws(() => client.batch(), /1\.0 has no batches/);
    assert.throws(() => client.call("three", { by: "name" }), TypeError);
  });
});

function blockedBy(t: TestContext, address: string, options: SyncClientOptions = {}) {
  return () => blockingClient(t, address, options).call("anything", [], { timeout: 5_000 });
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let inner: unknown = value; Array.isArray(inner); inner = inner[0]) depth++;
  return depth;
}
