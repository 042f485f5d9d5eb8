/** What a blocking client does, over each transport that has addresses. */
import assert from "node:assert/strict";
import { after, describe, it, type TestContext } from "node:test";
import {
  CallTimeoutError,
  ClosedError,
  isCallError,
  isRpcError,
  MethodNotFoundError,
  RpcError,
  ServerError,
} from "../../src/index.ts";
import { blockingClient, serveApart, thrownBy } from "../support/blocking.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";

interface Row {
  readonly name: string;
  readonly address: string;
  readonly tls?: boolean;
  /** There is a connection, over which the server can call too. */
  readonly connected: boolean;
}

const rows: readonly Row[] = [
  { name: "tcp", address: "tcp://127.0.0.1:0", connected: true },
  { name: "tcp, framed as lines", address: "tcp://127.0.0.1:0?framing=newline", connected: true },
  { name: "tls", address: "tls://127.0.0.1:0", tls: true, connected: true },
  { name: "unix", address: "unix:", connected: true },
  { name: "ws", address: "ws://127.0.0.1:0/rpc", connected: true },
  { name: "wss", address: "wss://127.0.0.1:0", tls: true, connected: true },
  { name: "http", address: "http://127.0.0.1:0", connected: false },
];

const authority = await makeAuthority("blocking");
const { cert, key } = await makeCertificate(authority, { name: "server" });
const addresses = await serveApart(
  { after },
  rows.map(({ address }) => address),
  { tls: { cert, key }, limits: "trusted" },
);

for (const [index, row] of rows.entries()) {
  describe(`blocking calls over ${row.name}`, () => {
    const open = (t: TestContext) =>
      blockingClient(t, addresses[index] as string, {
        limits: "trusted",
        ...(row.tls && { tls: { ca: Buffer.from(authority.cert) } }),
      });

    it("answers, by position and by name", (t) => {
      const client = open(t);
      assert.equal(client.call("add", [1, 2]), 3);
      assert.equal(client.call("add", { b: 2, a: 1 }), 3);
      assert.equal(client.call("later", ["a turn"]), "a turn");
      assert.equal(client.namespace("main").echo?.("by a proxy"), "by a proxy");
    });

    it("brings every JSON value as it is", (t) => {
      const client = open(t);
      const values = [null, true, 0, -1.5e300, "", "żółw 🐢 \u2028", [], {}, { "": [{ __proto__: null, a: [1] }] }];
      for (const value of values) assert.deepEqual(client.call("echo", [value]), JSON.parse(JSON.stringify(value)));
      const own = client.call("echo", [JSON.parse('{"__proto__": 1}')]) as object;
      assert.deepEqual(Object.entries(own), [["__proto__", 1]]);
    });

    it("brings a result of some megabytes, and takes as much", (t) => {
      const client = open(t);
      const text = "0123456789abcdé".repeat(200_000);
      assert.equal(client.call("echo", [text]), text);
      const list = Array.from({ length: 50_000 }, (_, n) => ({ n, name: `number ${n}` }));
      assert.deepEqual(client.call("echo", [list]), list);
    });

    it("brings a result deeper than cloning goes", (t) => {
      const client = open(t);
      let value = client.call("deep", [2_000]);
      let depth = 0;
      while (Array.isArray(value)) {
        value = value[0];
        depth++;
      }
      assert.deepEqual([value, depth], ["bottom", 2_000]);
    });

    it("throws error answers, of the class of their code and with their data", (t) => {
      const client = open(t);
      const refusal = thrownBy(() => client.call("refuse", [7, { why: ["because"] }]));
      assert.ok(refusal instanceof RpcError && isRpcError(refusal, 7));
      assert.deepEqual([refusal.message, refusal.data], ["as it was told", { why: ["because"] }]);
      assert.match(refusal.stack ?? "", /calls\.test\.ts/, "it says where the call was made");
      assert.ok(thrownBy(() => client.call("nope")) instanceof MethodNotFoundError);
      const failure = thrownBy(() => client.call("fail"));
      assert.ok(failure instanceof ServerError);
      assert.equal(failure.data, undefined);
    });

    it("times out", (t) => {
      const client = open(t);
      client.connect();
      const error = thrownBy(() => client.call("never", [], { timeout: 20 }));
      assert.ok(error instanceof CallTimeoutError && isCallError(error));
      assert.deepEqual([error.timeout, error.outcome], [20, "unknown"]);
      assert.equal(client.call("echo", ["and goes on"]), "and goes on");
    });

    it("notifies", (t) => {
      const client = open(t);
      client.notify("hear", ["once"]);
      client.notify("hear", ["twice"], { timeout: 1_000 });
      const heard: unknown[] = [];
      // Over HTTP two messages may overtake one another.
      while (heard.length < 2) heard.push(...(client.call("heard") as unknown[]));
      assert.deepEqual(heard.sort(), ["once", "twice"]);
    });

    it("sends batches", (t) => {
      const client = open(t);
      const batch = client.batch();
      const sum = batch.call("add", [1, 2]);
      const list = batch.call("echo", [[{ a: 1 }]]);
      const refusal = batch.call("refuse", [8, ["data"]]);
      const nothing = batch.notify("hear", ["in a batch"]);
      assert.equal(batch.length, 4);
      assert.throws(() => sum.get(), /its batch was not sent/);
      batch.send();
      assert.deepEqual([sum.get(), list.get(), nothing.get()], [3, [{ a: 1 }], undefined]);
      const error = thrownBy(() => refusal.get());
      assert.ok(isRpcError(error, 8));
      assert.deepEqual(error.data, ["data"]);
      assert.deepEqual(client.call("heard"), ["in a batch"]);
      assert.throws(() => batch.send(), /this batch was sent before/);
      assert.throws(() => batch.call("add", [1, 2]), /this batch was sent before/);
    });

    it("connects early, says whether it is connected, and closes for good", (t) => {
      const client = open(t);
      assert.equal(client.connected, false);
      client.connect();
      client.connect();
      assert.equal(client.connected, true);
      client.close();
      client.close();
      assert.equal(client.connected, false);
      const late = thrownBy(() => client.call("echo", ["too late"]));
      assert.ok(late instanceof ClosedError && late.outcome === "not-sent");
      const batch = client.batch();
      const member = batch.call("echo", ["too late"]);
      batch.send();
      assert.throws(() => member.get(), ClosedError);
    });

    if (row.connected) {
      it("answers calls of the server as one without a service", (t) => {
        const client = open(t);
        assert.deepEqual(client.call("callBack"), [-32601, "Method not found"]);
      });
    }
  });
}
