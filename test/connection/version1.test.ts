/** A caller that speaks JSON-RPC 1.0: what it sends, what it refuses to send, and which answers it takes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Connection } from "../../src/connection/connection.ts";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { InvalidRequestError } from "../../src/protocol/errors/invalid-request-error.ts";
import { MethodNotFoundError } from "../../src/protocol/errors/method-not-found-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { faked } from "../support/faked.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { rejection } from "../support/settling.ts";
import { StubChannel } from "../support/stub-channel.ts";
import { turns } from "../support/turns.ts";

const version = "1.0";

describe("what is sent", () => {
  it("is a request without jsonrpc, whose params are always there", async () => {
    const { connection, peer } = scripted({ version });
    connection.call("echo", ["Hello JSON-RPC"]).catch(() => {});
    connection.call("none").catch(() => {});
    assert.deepEqual(
      [await peer.inbox.text(), await peer.inbox.text()],
      ['{"id":1,"method":"echo","params":["Hello JSON-RPC"]}', '{"id":2,"method":"none","params":[]}'],
    );
    await connection.close();
  });

  it("is a notification with the id null, at once and after the reader was slow", async () => {
    const { connection, peer } = scripted({ version, channel: { queuedBytes: 1_000, maxQueuedBytes: 100_000 } });
    peer.channel.pause();
    void connection.notify("big", ["x".repeat(2_000)]);
    void connection.notify("handleMessage", ["we were just talking"]);
    connection.call("m").catch(() => {});
    peer.channel.resume();
    assert.equal((await peer.inbox.next()).id, null);
    assert.equal(await peer.inbox.text(), '{"id":null,"method":"handleMessage","params":["we were just talking"]}');
    assert.equal(await peer.inbox.text(), '{"id":2,"method":"m","params":[]}');
    await connection.close();
  });
});

describe("what is refused, before anything is sent", () => {
  it("params by name", async () => {
    const { connection, peer } = scripted({ version });
    await assert.rejects(connection.call("m", { a: 1 }), { name: "TypeError", message: /no params by name/ });
    await assert.rejects(connection.notify("m", {}), { name: "TypeError", message: /no params by name/ });
    await assert.rejects(connection.call("m", null as never), TypeError);
    await assert.rejects(connection.call("m", [1n]), TypeError);
    await turns();
    assert.deepEqual([peer.messages, connection.pending], [[], 0]);
  });

  it("a batch", async (t) => {
    const { connection } = scripted({ version });
    assert.throws(() => connection.batch(), { name: "Error", message: /1\.0 has no batches/ });
    const { client } = faked(t, { version });
    assert.throws(() => client.batch(), { name: "Error", message: /1\.0 has no batches/ });
  });

  it("a version that there is not, or that one cannot call in", (t) => {
    for (const wrong of ["1.1", "2", 1, null]) {
      assert.throws(() => new Connection(new StubChannel(), { version: wrong as never }), RangeError);
      assert.throws(() => faked(t, { version: wrong as never }), RangeError);
    }
  });
});

/** A call under way with id 1, and what it comes to when the peer says a text. */
async function outcome(text: string): Promise<unknown> {
  const { connection, peer } = scripted({ version });
  const call = connection.call("m");
  await peer.inbox.next();
  peer.sayText(text);
  return call;
}

describe("an answer with a result", () => {
  const rows: readonly (readonly [name: string, text: string, result: unknown])[] = [
    ["of 1.0", '{"result":"Hello JSON-RPC","error":null,"id":1}', "Hello JSON-RPC"],
    ["that is null", '{"result":null,"error":null,"id":1}', null],
    ["without the error, which should be there", '{"id":1,"result":3}', 3],
    ["of 1.1", '{"version":"1.1","result":"done","id":1}', "done"],
    ["of 2.0", '{"jsonrpc":"2.0","id":1,"result":3}', 3],
    ["with the id written 1.0", '{"id":1.0,"error":null,"result":3}', 3],
    ["that holds what a number cannot", '{"id":1,"error":null,"result":[1e400]}', [Number.POSITIVE_INFINITY]],
  ];
  for (const [name, text, result] of rows) it(name, async () => assert.deepEqual(await outcome(text), result));
});

describe("an answer with an error", () => {
  const rows: readonly (readonly [name: string, error: string, expected: object])[] = [
    ["of 2.0's shape", '{"code":7,"message":"no","data":[1]}', { code: 7, message: "no", data: [1] }],
    ["without data", '{"code":7,"message":"no"}', { code: 7, message: "no", data: undefined }],
    [
      "of 1.1's shape",
      '{"name":"JSONRPCError","code":123,"message":"no","error":{"at":4}}',
      { code: 123, message: "no", data: { at: 4 } },
    ],
    [
      "that is a string",
      '"Service not found"',
      { code: -32000, message: "Service not found", data: "Service not found" },
    ],
    ["without a code", '{"message":"no"}', { code: -32000, message: "no", data: { message: "no" } }],
    ["whose code is a string", '{"code":"7","message":"no"}', { code: -32000, message: "no" }],
    ["that is a number", "7", { code: -32000, message: "Server error", data: 7 }],
    ["that is an array", "[7]", { code: -32000, message: "Server error", data: [7] }],
    ["that is false", "false", { code: -32000, message: "Server error", data: false }],
  ];
  for (const [name, error, expected] of rows) {
    it(name, async () => {
      const found = await rejection(outcome(`{"id":1,"result":null,"error":${error}}`), RpcError);
      const { code, message, data } = found;
      assert.deepEqual({ data, ...expected }, { code, message, data });
    });
  }

  it("is of its code's class, in any version", async () => {
    await rejection(outcome('{"id":1,"error":{"code":-32601,"message":"Not here"}}'), MethodNotFoundError);
    await rejection(
      outcome('{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"Invalid Request"}}'),
      InvalidRequestError,
    );
  });

  it("without an id is for the one call that can be meant", async () => {
    await rejection(
      outcome('{"id":null,"result":null,"error":{"code":-32600,"message":"what?"}}'),
      InvalidRequestError,
    );
  });
});

describe("what is no answer of any version", () => {
  const rows: readonly (readonly [name: string, text: string, flaw: RegExp])[] = [
    ["a result and an error", '{"id":1,"result":0,"error":{"code":1,"message":"m"}}', /both/],
    ["no result, no error", '{"id":1,"error":null}', /neither/],
    ["jsonrpc 1.0", '{"jsonrpc":"1.0","id":1,"result":0,"error":null}', /"jsonrpc": "2.0"/],
    ["2.0 with both", '{"jsonrpc":"2.0","id":1,"result":0,"error":null}', /both/],
  ];
  for (const [name, text, flaw] of rows) {
    it(`rejects its call: ${name}`, async () => {
      assert.match((await rejection(outcome(text), InvalidResponseError)).message, flaw);
    });
  }

  for (const text of ['{"result":1,"error":null}', '{"id":[1],"result":1,"error":null}', '{"id":2,"result":1}', "{}"]) {
    it(`settles nothing: ${text}`, async () => {
      const { connection, peer, log } = scripted({ version });
      const call = connection.call("m");
      await peer.inbox.next();
      peer.sayText(text);
      await log.said(/no call awaits|no JSON-RPC/);
      peer.sayText('{"id":1,"result":"right","error":null}');
      assert.equal(await call, "right");
    });
  }
});

describe("both ways", () => {
  it("requests of the peer are answered in its own version, whether or not the service is told to", async () => {
    const service = new Service().addMethod("none", () => 1);
    const { peer } = scripted({ version, service });
    peer.sayText('{"method":"none","params":[],"id":"a"}');
    assert.equal(await peer.inbox.text(), '{"id":"a","result":1,"error":null}');
    peer.sayText('{"version":"1.1","method":"none","id":"b"}');
    assert.equal(await peer.inbox.text(), '{"version":"1.1","id":"b","result":1}');
    peer.sayText('{"jsonrpc":"2.0","method":"none","id":"c"}');
    assert.equal(await peer.inbox.text(), '{"jsonrpc":"2.0","id":"c","result":1}');
  });

  it("a handler calls back in 1.0", async () => {
    const asking = new Service().addMethod("ask", ({ connection }: CallContext) => connection?.call("answer", [7]), {
      context: true,
    });
    const answering = new Service().addMethod("answer", (n: number) => n * 6);
    const { left } = joined({ version, service: answering }, { version, service: asking });
    assert.equal(await left.call("ask"), 42);
  });

  it("where nobody serves, a request is an unknown method, in its own shape", async () => {
    const { peer } = scripted({ version });
    peer.sayText('{"method":"none","params":[],"id":"a"}');
    assert.deepEqual(await peer.inbox.next(), {
      id: "a",
      result: null,
      error: { code: -32601, message: "Method not found" },
    });
  });

  it("without the option, an answer of 1.0 is no answer", async () => {
    const { connection, peer } = scripted({ service: new Service({ legacy: true }) });
    const call = connection.call("m");
    await peer.inbox.next();
    peer.sayText('{"id":1,"result":1,"error":null}');
    await rejection(call, InvalidResponseError);
  });
});
