/** JSON-RPC 1.0 and 1.1 on the wire: every way to a server, and clients of 1.0 over it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidRequestError } from "../../src/protocol/errors/invalid-request-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Service } from "../../src/service/service.ts";
import { httpServer, send } from "../support/http.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { WirePeer, WireServer } from "../support/wire-peer.ts";

function makeService(heard: unknown[] = [], legacy = true): Service {
  return new Service({ legacy })
    .addMethod("add", (a: number, b: number) => a + b, { params: ["a", "b"] })
    .addMethod("later", async (value: unknown) => value)
    .addMethod("note", (value: unknown) => void heard.push(value))
    .addMethod("refuse", () => {
      throw new RpcError(7, "no", { why: "so" });
    });
}

const addresses = [
  "tcp://127.0.0.1:0",
  "tcp://127.0.0.1:0?framing=newline",
  "ws://127.0.0.1:0/",
  "http://127.0.0.1:0/",
];

for (const address of addresses) {
  describe(`over ${address}`, () => {
    it("a client of 1.0 calls and notifies", async (t) => {
      const heard: unknown[] = [];
      const server = await serve(t, makeService(heard), {}, address);
      const client = clientOf(t, server.address, { version: "1.0" });
      assert.equal(await client.call("add", [1, 2]), 3);
      await client.notify("note", ["heard"]);
      assert.equal(await client.call("later", [null]), null);
      assert.deepEqual(heard, ["heard"]);
      const { code, message, data } = await rejection(client.call("refuse"), RpcError);
      assert.deepEqual([code, message, data], [7, "no", { why: "so" }]);
      await assert.rejects(client.call("add", { a: 1, b: 2 }), TypeError);
      assert.deepEqual([client.log.lines(), server.log.lines()], [[], []]);
    });

    it("the same service answers clients of 2.0 at the same time", async (t) => {
      const server = await serve(t, makeService(), {}, address);
      const [old, young] = [clientOf(t, server.address, { version: "1.0" }), clientOf(t, server.address)];
      const batch = young.batch();
      const sum = batch.call("add", { a: 3, b: 4 });
      await batch.send();
      assert.deepEqual([await old.call("add", [1, 2]), await young.call("later", [5]), await sum], [3, 5, 7]);
    });

    it("a strict service tells a client of 1.0 that it made no request", async (t) => {
      const server = await serve(t, makeService([], false), {}, address);
      const client = clientOf(t, server.address, { version: "1.0" });
      await rejection(client.call("add", [1, 2]), InvalidRequestError);
    });
  });
}

it("word for word over tcp", async (t) => {
  const server = await serve(t, makeService());
  const peer = await WirePeer.dial(t, server.address);
  peer.say(
    { method: "add", params: [1, 2], id: [7] },
    { version: "1.1", method: "add", params: { a: 1, b: 2 }, id: 8 },
  );
  assert.equal(await peer.inbox.text(), '{"id":[7],"result":3,"error":null}');
  assert.equal(await peer.inbox.text(), '{"version":"1.1","id":8,"result":3}');
  peer.say({ method: "add", params: { a: 1, b: 2 }, id: 9 });
  assert.equal(
    await peer.inbox.text(),
    '{"id":9,"result":null,"error":{"code":-32099,"message":"JSON-RPC 1.0 has no params by name"}}',
  );
});

it("word for word over HTTP", async (t) => {
  const server = await serve(t, makeService(), {}, "http://127.0.0.1:0/");
  const answer = await send(server.address, { body: '{"method":"add","params":[1,2],"id":"a"}' });
  assert.deepEqual([answer.status, answer.body], [200, '{"id":"a","result":3,"error":null}']);
  const silence = await send(server.address, { body: '{"method":"note","params":[1],"id":null}' });
  assert.equal(silence.body, "");
  const draft = await send(server.address, { body: '{"version":"1.1","method":"refuse","id":1}' });
  assert.deepEqual(JSON.parse(draft.body), {
    version: "1.1",
    id: 1,
    error: { name: "JSONRPCError", code: 7, message: "no", error: { why: "so" } },
  });
});

it("a client over tcp, word for word", async (t) => {
  const server = await WireServer.listen(t);
  const client = clientOf(t, server.address, { version: "1.0" });
  const call = client.call("echo", ["Hello JSON-RPC"]);
  const peer = await server.peer();
  assert.equal(await peer.inbox.text(), '{"id":1,"method":"echo","params":["Hello JSON-RPC"]}');
  peer.say({ result: "Hello JSON-RPC", error: null, id: 1 });
  assert.equal(await call, "Hello JSON-RPC");
});

it("a client over HTTP, word for word", async (t) => {
  const bodies: string[] = [];
  const address = await httpServer(t, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.setHeader("content-type", "application/json");
    response.end(body.includes("null") ? "" : '{"result":null,"error":"no such thing","id":1}');
  });
  const client = clientOf(t, address, { version: "1.0" });
  const error = await rejection(client.call("thing"), RpcError);
  assert.deepEqual([error.code, error.message], [-32000, "no such thing"]);
  await client.notify("note");
  assert.deepEqual(bodies, ['{"id":1,"method":"thing","params":[]}', '{"id":null,"method":"note","params":[]}']);
});
