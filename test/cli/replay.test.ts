import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { cleanUp } from "../support/cleanup.ts";
import { start, tsjason } from "../support/command.ts";
import { end, proxy } from "../support/proxied.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { WireServer } from "../support/wire-peer.ts";

/** A file with a recording of one connection: who said what. */
function recorded(
  test: TestContext,
  ...said: readonly (readonly [from: "client" | "target", message: object])[]
): string {
  const file = join(temporaryDirectory(test), "calls.jsonl");
  const lines = said.map(([from, message]) =>
    JSON.stringify({ connection: 1, from, text: JSON.stringify({ jsonrpc: "2.0", ...message }) }),
  );
  writeFileSync(file, lines.join("\n"));
  return file;
}

describe("tsjason replay", () => {
  test("plays what a proxy has recorded, and compares the answers", async (test) => {
    const file = join(temporaryDirectory(test), "calls.jsonl");
    const server = await serve(test);
    const { address, command } = await proxy(test, "ws://127.0.0.1:0", server.address, "--log", file);
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

    const http = await serve(test, exampleService(), {}, "http://127.0.0.1:0/rpc");
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
    const { stdout, status } = await tsjason(test, ["replay", file, address, "--timeout", "1s", "--json"]);
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(stdout), {
      sent: 2,
      compared: 1,
      awaited: 0,
      differences: [
        { connection: 1, id: 1, method: "never", expected: { result: 1 }, why: "nothing came within 1000 ms" },
        { connection: 1, id: 2, method: "add", got: { result: 2 } },
      ],
    });
  });

  test("refuses what is no recording, with the line", async (test) => {
    const { status, stderr } = await tsjason(test, ["replay", "-", "tcp://127.0.0.1:1"], { input: '\n{"a":1}\n' });
    assert.deepEqual([status, stderr], [2, 'usage: line 2 is none of a recording: {"a":1}\n']);
  });
});

/** Asks whoever calls it, twice, and tells them of it. */
function asking(): Service {
  return exampleService().addMethod(
    "order",
    async ({ connection }: CallContext, item: string) => {
      await connection?.notify("looking", [item]);
      const price = await connection?.call("priceOf", [item]);
      const confirmed = await connection?.call("confirm", [price]);
      return { item, price, confirmed };
    },
    { context: true },
  );
}

test("tsjason replay says when nobody is there, also where that shows only in the end", async (test) => {
  const file = recorded(test, ["client", { method: "told" }]);
  for (const address of ["tcp://127.0.0.1:1", "http://127.0.0.1:1"]) {
    const { status, stdout, stderr } = await tsjason(test, ["replay", file, address]);
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(stderr, /^no connection: .*ECONNREFUSED/);
  }
});

describe("tsjason replay of a server that calls back", () => {
  const wants = { id: 1, method: "order", params: ["tea"] };
  const asks = { id: "a", method: "priceOf", params: ["tea"] };
  const told = { id: "a", result: 3 };
  const answers = { id: 1, result: "done" };

  test("waits for what it said then before it sends what the client said to it", async (test) => {
    const file = join(temporaryDirectory(test), "calls.jsonl");
    const server = await serve(test, asking());
    const { address, command } = await proxy(test, "tcp://127.0.0.1:0", server.address, "--log", file);
    const prices = new Service().addMethod("priceOf", (item: string) => item.length);
    prices.addMethod("confirm", (price: number) => price === 3).addMethod("looking", (_item: string) => {});
    const client = clientOf(test, address, { service: prices });
    assert.deepEqual(await client.call("order", ["tea"]), { item: "tea", price: 3, confirmed: true });
    assert.equal(await client.call("add", [1, 2]), 3);
    await client.close();
    await end(command);

    const again = await tsjason(test, ["replay", file, server.address]);
    const sum = "4 messages sent, 2 of 2 answers are the same, 3 of 3 calls and notifications of the server came\n";
    assert.deepEqual(again, { status: 0, stdout: sum, stderr: "" });
  });

  test("answers its calls with the ids they have now, each its own", async (test) => {
    const file = recorded(
      test,
      ["client", wants],
      ["target", asks],
      ["target", { id: "b", method: "priceOf", params: ["milk"] }],
      ["client", told],
      ["client", { id: "b", error: { code: -1, message: "sold out" } }],
      ["target", answers],
    );
    const wire = await WireServer.listen(test);
    const replay = start(test, ["replay", file, wire.address]);
    const peer = await wire.peer();
    await peer.inbox.next();
    // In the other order, and under ids of which one was another's.
    peer.call("a", "priceOf", ["milk"]);
    peer.call(12, "priceOf", ["tea"]);
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 12, result: 3 });
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: "a", error: { code: -1, message: "sold out" } });
    peer.answer(1, "done");
    const { status, stdout } = await replay.ended;
    assert.equal(status, 0, stdout);
  });

  test("sends nothing before it, be it a call or a notification", async (test) => {
    const file = recorded(
      test,
      ["client", wants],
      ["target", { method: "looking", params: ["tea"] }],
      ["client", { method: "seen" }],
      ["target", answers],
    );
    const wire = await WireServer.listen(test);
    const replay = start(test, ["replay", file, wire.address]);
    const peer = await wire.peer();
    await peer.inbox.next();
    peer.answer(1, "done");
    // Nothing may come for the answer; what comes for the notification tells where it stood.
    assert.equal(peer.inbox.texts.length, 1);
    peer.say({ jsonrpc: "2.0", method: "looking", params: ["coffee"] });
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", method: "seen" });
    const { status, stdout } = await replay.ended;
    assert.equal(status, 0, stdout);
  });

  test("tells what never came, once for all of it, and answers nobody in its place", async (test) => {
    const file = recorded(
      test,
      ["client", wants],
      ["target", { method: "looking" }],
      ["target", asks],
      ["client", told],
      ["client", { id: 2, method: "next" }],
      ["target", answers],
      ["target", { id: 2, result: 2 }],
    );
    const wire = await WireServer.listen(test);
    const replay = start(test, ["replay", file, wire.address, "--timeout", "1s", "--json"]);
    const peer = await wire.peer();
    await peer.inbox.next();
    peer.answer(1, "done");
    assert.equal((await peer.inbox.next()).method, "next");
    peer.answer(2, 2);
    const { status, stdout } = await replay.ended;
    const why = "nothing came within 1000 ms";
    assert.deepEqual(JSON.parse(stdout), {
      ...{ sent: 2, compared: 2, awaited: 2 },
      differences: [
        { connection: 1, method: "looking", expected: { method: "looking" }, why },
        { connection: 1, id: "a", method: "priceOf", expected: { method: "priceOf", params: ["tea"] }, why },
      ],
    });
    assert.equal(status, 1);
  });

  test("tells of calls with other params, and of those that nobody made then", async (test) => {
    const file = recorded(test, ["client", wants], ["target", asks], ["client", told], ["target", answers]);
    const wire = await WireServer.listen(test);
    const replay = start(test, ["replay", file, wire.address]);
    const peer = await wire.peer();
    await peer.inbox.next();
    peer.call(1, "priceOf", ["water"]);
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 1, result: 3 });
    peer.call(2, "confirm");
    peer.answer(1, "done");
    const { status, stdout } = await replay.ended;
    assert.equal(
      stdout,
      [
        'connection 1, id "a", priceOf',
        '  then {"method":"priceOf","params":["tea"]}',
        '  now  {"method":"priceOf","params":["water"]}',
        "connection 1, id 2, confirm",
        "  then nothing",
        '  now  {"method":"confirm"}',
        "2 messages sent, 1 of 1 answers are the same, 0 of 1 calls and notifications of the server came",
        "",
      ].join("\n"),
    );
    assert.equal(status, 1);
  });

  test("ends with Ctrl-C in the middle of a dial", async (test) => {
    const file = recorded(test, ["client", wants]);
    // It takes connections, and says nothing.
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp(test, () => server.close());
    const address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const replay = start(test, ["replay", file, address, "--timeout", "0"]);
    const [socket] = (await once(server, "connection")) as [Socket];
    cleanUp(test, () => socket.destroy());
    replay.signal("SIGINT");
    assert.deepEqual(await replay.ended, { status: 130, stdout: "", stderr: "interrupted: it was not done yet\n" });
  });

  test("ends with Ctrl-C, whatever it waits for", async (test) => {
    const file = recorded(test, ["client", wants], ["target", asks], ["client", told], ["target", answers]);
    const wire = await WireServer.listen(test);
    const replay = start(test, ["replay", file, wire.address, "--timeout", "0"]);
    await (await wire.peer()).inbox.next();
    replay.signal("SIGINT");
    const { status, stdout } = await replay.ended;
    assert.deepEqual([status, stdout], [130, "1 messages sent, 0 of 0 answers are the same\n"]);
  });
});
