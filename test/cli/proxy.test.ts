import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { deferred } from "../../src/connection/deferred.ts";
import { cleanUp } from "../support/cleanup.ts";
import { tsjason } from "../support/command.ts";
import { end, proxy } from "../support/proxied.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { frame, frameText, WirePeer, WireServer } from "../support/wire-peer.ts";

const addresses = {
  netstrings: "tcp://127.0.0.1:0",
  lines: "tcp://127.0.0.1:0?framing=newline",
  WebSocket: "ws://127.0.0.1:0",
  HTTP: "http://127.0.0.1:0/rpc",
};

/** An HTTP server that reads, and never answers. */
async function silentHttp(test: TestContext): Promise<string> {
  const server = createServer((request) => request.resume());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/* Each kind of address on either side, and each pair of the two seams. */
const ways = [
  ["WebSocket", "netstrings"],
  ["lines", "WebSocket"],
  ["netstrings", "HTTP"],
  ["HTTP", "lines"],
  ["HTTP", "HTTP"],
] as const;

describe("tsjason proxy", () => {
  for (const [from, to] of ways) {
    {
      const [listen, target] = [addresses[from], addresses[to]];
      test(`takes calls, batches and notifications from ${from} to ${to}`, async (test) => {
        const heard = deferred<unknown>();
        const service = exampleService().addMethod("tell", (text: string) => heard.resolve(text));
        const server = await serve(test, service, {}, target);
        const { address, command } = await proxy(test, listen, server.address);
        const client = clientOf(test, address);
        assert.equal(await client.call("add", [1, 2]), 3);
        const batch = client.batch();
        const members = [batch.call("later", ["a"]), batch.call("add", [3, 4]), batch.call("nope")];
        await batch.send();
        const [later, sum, refused] = await Promise.allSettled(members);
        assert.deepEqual(
          [later, sum],
          [
            { status: "fulfilled", value: "a" },
            { status: "fulfilled", value: 7 },
          ],
        );
        assert.equal(refused?.status === "rejected" && refused.reason.code, -32601);
        await client.notify("tell", ["heard"]);
        assert.equal(await heard.promise, "heard");
        await client.close();
        await end(command);
      });
    }
  }

  test("passes texts as they are, in both directions", async (test) => {
    const wire = await WireServer.listen(test);
    const { address } = await proxy(test, addresses.netstrings, wire.address);
    const client = await WirePeer.dial(test, address);
    const odd = '{ "jsonrpc" : "2.0", "id":12345678901234567890.50,"method":"x" , "extra": null}';
    client.socket.write(frameText(odd));
    const target = await wire.peer();
    assert.equal(await target.inbox.text(), odd);
    target.socket.write(frame({ jsonrpc: "2.0", id: "from there", method: "ask" }));
    assert.deepEqual(await client.inbox.next(), { jsonrpc: "2.0", id: "from there", method: "ask" });
    client.socket.write(frame({ jsonrpc: "2.0", id: "from there", result: 1 }));
    assert.deepEqual(await target.inbox.next(), { jsonrpc: "2.0", id: "from there", result: 1 });
  });

  test("brings a client that has ended the answers it is owed", async (test) => {
    const wire = await WireServer.listen(test);
    const { address } = await proxy(test, addresses.netstrings, wire.address);
    const client = await WirePeer.dial(test, address);
    client.socket.write(frame({ jsonrpc: "2.0", id: 1, method: "x" }));
    client.end();
    const target = await wire.peer();
    await target.inbox.next();
    target.socket.write(frame({ jsonrpc: "2.0", id: 1, result: "late" }));
    assert.deepEqual(await client.inbox.next(), { jsonrpc: "2.0", id: 1, result: "late" });
    await client.ended;
  });

  test("closes the one side when the other is gone", async (test) => {
    const wire = await WireServer.listen(test);
    const { address, command } = await proxy(test, addresses.netstrings, wire.address);
    const client = await WirePeer.dial(test, address);
    (await wire.peer()).reset();
    await client.ended;
    const again = await WirePeer.dial(test, address);
    const target = await wire.peer();
    again.reset();
    await target.ended;
    await end(command);
  });

  test("is a shell's way to a service, and ends with its input", async (test) => {
    const { address } = await serve(test);
    const input = '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}\n{"jsonrpc":"2.0","method":"echo"}\n';
    const args = ["proxy", "stdio:", address, "--listen-framing", "newline"];
    assert.deepEqual(await tsjason(test, args, { input }), {
      status: 0,
      stdout: '{"jsonrpc":"2.0","id":1,"result":3}\n',
      stderr: "",
    });
    const lost = await tsjason(test, ["proxy", "stdio:", "tcp://127.0.0.1:1"], { input });
    assert.deepEqual([lost.status, lost.stdout], [3, ""]);
    assert.match(lost.stderr, /could not be dialled/);
  });

  test("answers over HTTP what its target cannot, and drops who is not reached on a connection", async (test) => {
    const { address, command } = await proxy(test, addresses.HTTP, "tcp://127.0.0.1:1");
    await assert.rejects(clientOf(test, address).call("add", [1, 2]), {
      code: -32097,
      data: {
        reason:
          "the proxy's target was not reached: tcp://127.0.0.1:1 could not be dialled: connect ECONNREFUSED 127.0.0.1:1",
        executed: false,
      },
    });
    await end(command);
    const other = await proxy(test, addresses.netstrings, "tcp://127.0.0.1:1");
    await (await WirePeer.dial(test, other.address)).ended;
  });

  test("bounds the time for an answer over HTTP, and has room for the next ones then", async (test) => {
    const silent = await silentHttp(test);
    const { address, command } = await proxy(test, addresses.netstrings, silent, "--timeout", "1s");
    const client = await WirePeer.dial(test, address);
    // More than go at once.
    const ids = Array.from({ length: 300 }, (_, index) => index);
    client.say(...ids.map((id) => ({ jsonrpc: "2.0", id, method: "never" })));
    const answers = await client.inbox.take(ids.length);
    assert.deepEqual(new Set(answers.map(({ id }) => id)), new Set(ids));
    const reason = "the proxy's target did not answer: no answer within 1000 ms";
    for (const { error } of answers) {
      assert.deepEqual(error, { code: -32098, message: "Server Timeout", data: { reason } });
    }
    client.say([
      { jsonrpc: "2.0", id: "x", method: "never" },
      { jsonrpc: "2.0", method: "told" },
    ]);
    client.end();
    const [only, ...others] = await client.inbox.batch();
    assert.deepEqual([only?.id, only?.error?.code, others], ["x", -32098, []]);
    await client.ended;
    await end(command);
  });

  test("bounds it for callers over HTTP, whose late answers are nobody else's", async (test) => {
    const wire = await WireServer.listen(test);
    const { address, command } = await proxy(test, addresses.HTTP, wire.address, "--timeout", "1s");
    const client = clientOf(test, address);
    await assert.rejects(client.call("never"), { code: -32098 });
    const first = await wire.peer();
    await first.ended;
    const called = client.call("echo");
    const second = await wire.peer();
    const { id } = await second.inbox.next();
    second.answer(id, "in time");
    assert.equal(await called, "in time");
    await end(command);
  });

  test("tells callers over HTTP what the target sent instead of a message", async (test) => {
    const wire = await WireServer.listen(test);
    const { address } = await proxy(test, addresses.HTTP, wire.address);
    const called = clientOf(test, address).call("echo");
    (await wire.peer()).write("nonsense");
    const reason = /did not answer: it sent bytes that are no message: byte 0x6e/;
    await assert.rejects(called, ({ code, data }: { code: number; data: { reason: string } }) => {
      assert.equal(code, -32603);
      assert.match(data.reason, reason);
      return true;
    });
  });

  test("bounds the wait of a side that has ended, and of no other", async (test) => {
    const wire = await WireServer.listen(test);
    const { address, command } = await proxy(test, addresses.netstrings, wire.address, "--timeout", "1s");
    const [calling, ending] = [await WirePeer.dial(test, address), await WirePeer.dial(test, address)];
    calling.call(1, "slow");
    ending.call(2, "never");
    ending.end();
    await ending.ended;
    assert.deepEqual(ending.inbox.texts, []);
    await command.prints(/what was owed was not answered within 1000 ms/, "stderr");
    for (const peer of wire.peers) peer.answer(1, "late");
    assert.deepEqual(await calling.inbox.next(), { jsonrpc: "2.0", id: 1, result: "late" });
    await end(command);
  });

  test("ends at once with a target that ends", async (test) => {
    const wire = await WireServer.listen(test);
    const { address } = await proxy(test, addresses.netstrings, wire.address, "--timeout", "0");
    const client = await WirePeer.dial(test, address);
    client.call(1, "never");
    client.end();
    const target = await wire.peer();
    await target.inbox.next();
    target.end();
    await client.ended;
  });

  test("says when it cannot listen", async (test) => {
    const { address } = await serve(test);
    const { status, stderr } = await tsjason(test, ["proxy", address, address]);
    assert.equal(status, 3);
    assert.match(stderr, /^cannot listen: .*EADDRINUSE/);
  });
});
