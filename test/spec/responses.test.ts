/** Answers, as the caller takes them: section 5. A call waits for one; what is no answer to it settles nothing. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Connection } from "../../src/connection/connection.ts";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { channelPair } from "../../src/testing/index.ts";
import { RawPeer, silent } from "./rows.ts";

/** A call under way with id 1, and the peer who is to answer it. */
async function callUnderWay() {
  const [here, there] = channelPair();
  const connection = new Connection(here, { logger: silent });
  const peer = new RawPeer(there);
  const call = connection.call("add", [1, 2]).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  assert.equal(await peer.next(), '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}');
  return { peer, call, connection };
}

const right = '{"jsonrpc":"2.0","id":1,"result":"right"}';

describe("resolves the call", () => {
  const rows: readonly [name: string, text: string, result: unknown][] = [
    ["the usual answer", '{"jsonrpc":"2.0","id":1,"result":3}', 3],
    ["members in another order", '{"result":{"a":[]},"id":1,"jsonrpc":"2.0"}', { a: [] }],
    ["white space", '\n{ "jsonrpc":"2.0", "id":1 , "result": 3 } ', 3],
    ["members nobody knows", '{"jsonrpc":"2.0","id":1,"result":3,"time":9}', 3],
    ["an id written 1.0", '{"jsonrpc":"2.0","id":1.0,"result":3}', 3],
    ["an id written 10e-1", '{"jsonrpc":"2.0","id":10e-1,"result":3}', 3],
    ["a key with an escape", '{"jsonrpc":"2.0","\\u0069d":1,"result":3}', 3],
    ["a result that is null", '{"jsonrpc":"2.0","id":1,"result":null}', null],
    ["a batch of one answer", '[{"jsonrpc":"2.0","id":1,"result":3}]', 3],
    ["the last of two results", '{"jsonrpc":"2.0","id":1,"result":3,"result":4}', 4],
  ];
  for (const [name, text, result] of rows) {
    test(name, async () => {
      const { peer, call } = await callUnderWay();
      peer.send(text);
      assert.deepEqual(await call, { result });
    });
  }
});

describe("rejects the call", () => {
  const rejections: readonly [name: string, text: string, expected: object][] = [
    [
      "an error",
      '{"jsonrpc":"2.0","id":1,"error":{"code":7,"message":"no","data":{"a":1}}}',
      { name: "RpcError", code: 7, message: "no", data: { a: 1 } },
    ],
    [
      "an error of the specification",
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Not here"}}',
      { name: "MethodNotFoundError", code: -32601, message: "Not here", data: undefined },
    ],
  ];
  for (const [what, text, expected] of rejections) {
    test(what, async () => {
      const { peer, call } = await callUnderWay();
      peer.send(text);
      const { error } = (await call) as { error: unknown };
      assert.ok(error instanceof RpcError);
      const { name, code, message, data } = error;
      assert.deepEqual({ name, code, message, data }, expected);
    });
  }

  const flaws: readonly [name: string, text: string][] = [
    ["no jsonrpc", '{"id":1,"result":3}'],
    ["jsonrpc 1.0", '{"jsonrpc":"1.0","id":1,"result":3}'],
    ["result and error", '{"jsonrpc":"2.0","id":1,"result":3,"error":{"code":1,"message":""}}'],
    ["result and error null", '{"jsonrpc":"2.0","id":1,"result":3,"error":null}'],
    ["error null", '{"jsonrpc":"2.0","id":1,"error":null}'],
    ["error a string", '{"jsonrpc":"2.0","id":1,"error":"no"}'],
    ["error without code", '{"jsonrpc":"2.0","id":1,"error":{"message":"no"}}'],
    ["error with a code that is no integer", '{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"no"}}'],
    ["error with a code that is a string", '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"no"}}'],
    ["error without message", '{"jsonrpc":"2.0","id":1,"error":{"code":1}}'],
    ["error with a message that is no string", '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":{}}}'],
    ["neither result nor error", '{"jsonrpc":"2.0","id":1}'],
  ];
  for (const [name, text] of flaws) {
    test(`an answer that is no JSON-RPC 2.0: ${name}`, async () => {
      const { peer, call } = await callUnderWay();
      peer.send(text);
      const { error } = (await call) as { error: unknown };
      assert.ok(error instanceof InvalidResponseError, String(error));
    });
  }
});

describe("is not the call's answer", () => {
  const rows: readonly [name: string, text: string][] = [
    ["an id of another type", '{"jsonrpc":"2.0","id":"1","result":"wrong"}'],
    ["an id of another value", '{"jsonrpc":"2.0","id":2,"result":"wrong"}'],
    ["an id that is close", '{"jsonrpc":"2.0","id":1.0000000001,"result":"wrong"}'],
    ["an id whose lowest bits are the same", '{"jsonrpc":"2.0","id":65,"result":"wrong"}'],
    ["an id of 2^32 + 1", '{"jsonrpc":"2.0","id":4294967297,"result":"wrong"}'],
    ["id -1", '{"jsonrpc":"2.0","id":-1,"result":"wrong"}'],
    ["id 1e400", '{"jsonrpc":"2.0","id":1e400,"result":"wrong"}'],
    ["id null", '{"jsonrpc":"2.0","id":null,"result":"wrong"}'],
    ["id true", '{"jsonrpc":"2.0","id":true,"result":"wrong"}'],
    ["id [1]", '{"jsonrpc":"2.0","id":[1],"result":"wrong"}'],
    ["no id", '{"jsonrpc":"2.0","result":"wrong"}'],
    ["no JSON", "wrong"],
    ["nothing", ""],
    ["an empty array", "[]"],
    ["a request with the same id", '{"jsonrpc":"2.0","id":1,"method":"x","result":"wrong"}'],
  ];
  for (const [name, text] of rows) {
    test(name, async () => {
      const { peer, call } = await callUnderWay();
      peer.send(text);
      peer.send(right);
      assert.deepEqual(await call, { result: "right" });
    });
  }

  test("a second answer", async () => {
    const { peer, call, connection } = await callUnderWay();
    peer.send(right);
    peer.send('{"jsonrpc":"2.0","id":1,"result":"wrong"}');
    assert.deepEqual(await call, { result: "right" });
    const next = connection.call("add");
    assert.match(await peer.next(), /"id":2/);
    peer.send('{"jsonrpc":"2.0","id":2,"result":"next"}');
    assert.equal(await next, "next");
  });
});
