import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { deferred } from "../../src/connection/deferred.ts";
import { Service } from "../../src/service/service.ts";
import { type RunningCommand, start, tsjason } from "../support/command.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { frame, frameText, WirePeer, WireServer } from "../support/wire-peer.ts";

/** A proxy, and where it listens. */
async function proxy(
  test: TestContext,
  listen: string,
  target: string,
  ...options: string[]
): Promise<{ address: string; command: RunningCommand }> {
  const command = start(test, ["proxy", listen, target, ...options]);
  const [, address = ""] = await command.prints(/listening on (\S+), /, "stderr");
  return { address, command };
}

/** Ends it as a user would, and expects it to end well. */
async function end(command: RunningCommand): Promise<void> {
  command.signal("SIGINT");
  const { status, stderr } = await command.ended;
  assert.equal(status, 0, stderr);
}

const addresses = {
  netstrings: "tcp://127.0.0.1:0",
  lines: "tcp://127.0.0.1:0?framing=newline",
  WebSocket: "ws://127.0.0.1:0",
  HTTP: "http://127.0.0.1:0/rpc",
};

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

  test("says when it cannot listen", async (test) => {
    const { address } = await serve(test);
    const { status, stderr } = await tsjason(test, ["proxy", address, address]);
    assert.equal(status, 3);
    assert.match(stderr, /^cannot listen: .*EADDRINUSE/);
  });
});

describe("tsjason replay", () => {
  test("plays what a proxy has recorded, and compares the answers", async (test) => {
    const file = join(temporaryDirectory(test), "calls.jsonl");
    const server = await serve(test);
    const { address, command } = await proxy(test, addresses.WebSocket, server.address, "--log", file);
    const client = clientOf(test, address);
    await client.call("add", [1, 2]);
    await Promise.all([
      client.call("later", [{ b: 1, a: 2 }]),
      client.call("echo", ["x"]),
      client.call("nope").catch(() => {}),
    ]);
    await client.close();
    await end(command);
    const records = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(records.length, 8);
    assert.deepEqual(Object.keys(records[0]), ["time", "connection", "from", "text"]);

    const http = await serve(test, exampleService(), {}, addresses.HTTP);
    for (const target of [server.address, http.address]) {
      const same = await tsjason(test, ["replay", file, target]);
      assert.deepEqual([same.status, same.stdout], [0, "4 messages sent, 4 of 4 answers are the same\n"]);
    }
    const other = new Service()
      .addMethod("add", (a: number, b: number) => a - b)
      .addMethod("later", (value: unknown) => value);
    const changed = await serve(test, other);
    const differs = await tsjason(test, ["replay", file, changed.address]);
    assert.equal(differs.status, 1);
    assert.match(differs.stdout, /connection 1, id 1, add\n {2}then \{"result":3\}\n {2}now {2}\{"result":-1\}\n/);
    assert.match(differs.stdout, /4 messages sent, 2 of 4 answers are the same\n$/);
  });

  test("says when an answer does not come, and when one comes that did not then", async (test) => {
    const file = join(temporaryDirectory(test), "calls.jsonl");
    const record = (from: string, value: unknown) =>
      JSON.stringify({ connection: 1, from, text: JSON.stringify(value) });
    const lines = [
      record("client", { jsonrpc: "2.0", id: 1, method: "never" }),
      record("client", { jsonrpc: "2.0", id: 2, method: "add", params: [1, 1] }),
      record("target", { jsonrpc: "2.0", id: 1, result: 1 }),
    ];
    writeFileSync(file, lines.join("\n"));
    const { address } = await serve(test);
    const { stdout, status } = await tsjason(test, ["replay", file, address, "--timeout", "100ms", "--json"]);
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(stdout), {
      sent: 2,
      compared: 1,
      differences: [
        { connection: 1, id: 1, method: "never", expected: { result: 1 }, why: "no answer within 100 ms" },
        { connection: 1, id: 2, method: "add", got: { result: 2 } },
      ],
    });
  });

  test("refuses what is no recording, with the line", async (test) => {
    const { status, stderr } = await tsjason(test, ["replay", "-", "tcp://127.0.0.1:1"], { input: '\n{"a":1}\n' });
    assert.deepEqual([status, stderr], [2, 'usage: line 2 is none of a recording: {"a":1}\n']);
  });
});
