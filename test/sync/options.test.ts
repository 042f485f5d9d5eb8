/** What a blocking client takes, refuses and says meanwhile. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Client, InvalidAddressError, registerTransport, Service } from "../../src/index.ts";
import { connectSync, type SyncCallOptions, type SyncClientOptions } from "../../src/sync/index.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { blockingClient, serveApart, thrownBy } from "../support/blocking.ts";
import { Log } from "../support/log.ts";

const [tcp, ws] = (await serveApart({ after }, ["tcp://127.0.0.1:0", "ws://127.0.0.1:0"])) as [string, string];
const NOBODY = "tcp://127.0.0.1:1";

describe("the options of a blocking client", () => {
  it("are refused like those of a client", () => {
    const wrong: readonly [address: string, options: object][] = [
      ["nonsense", {}],
      ["gopher://127.0.0.1:70", {}],
      [tcp, { timeout: -1 }],
      [tcp, { dialTimeout: "soon" }],
      [tcp, { redial: { maxDelay: Number.NaN } }],
      [tcp, { limits: { messageBytes: 0 } }],
      [tcp, { version: "3.0" }],
      [tcp, { version: "1.0", cancel: "lsp" }],
    ];
    for (const [address, options] of wrong) {
      const { name, message } = thrownBy(() => new Client(address, options));
      assert.throws(() => connectSync(address, options), { name, message });
    }
    assert.throws(() => connectSync("nonsense"), InvalidAddressError);
  });

  it("are refused at once where they cannot go to another thread", () => {
    const wrong: readonly [options: object, says: RegExp][] = [
      [{ service: new Service() }, /expected no service .* nobody here could answer the server's calls/],
      [{ clock: new FakeClock() }, /expected no clock/],
      [{ http: { fetch } }, /as the option http\.fetch, got a function/],
      [{ http: { headers: () => ({}) } }, /as the option http\.headers, got a function/],
      [{ tls: { checkServerIdentity: () => undefined } }, /as the option tls\.checkServerIdentity, got a function/],
      [{ tls: { ca: [new Map()] } }, /as the option tls\.ca\.0, got a Map/],
      [{ transport: { own: { url: new URL("x:y") } } }, /as the option transport\.own\.url, got a URL/],
      [{ nats: { connection: {} } }, /expected no nats\.connection .* another thread cannot share it/],
      [{ nats: { authenticator: () => ({}) } }, /nats\.credentials, nats\.nkeySeed, .* got nats\.authenticator/],
      [{ later: Promise.resolve() }, /as the option later, got a Promise/],
    ];
    for (const [options, says] of wrong) {
      assert.throws(() => connectSync(tcp, options as SyncClientOptions), { name: "TypeError", message: says });
    }
  });

  it("are those of transports that every thread has", () => {
    registerTransport("blocking-test", () => Promise.reject(new Error("never loaded")));
    assert.throws(() => connectSync("blocking-test:x"), {
      name: "TypeError",
      message: /registered in this thread only/,
    });
  });

  it("hold: the client's timeout, limits and headers", (t) => {
    assert.throws(() => blockingClient(t, tcp, { timeout: 15 }).call("never"), { timeout: 15 });
    const small = blockingClient(t, tcp, { limits: { messageBytes: 100 } });
    assert.throws(() => small.call("echo", ["x".repeat(200)]), { name: "ConnectionLostError" });
    const headers = { origin: "https://elsewhere.example" };
    const refused = thrownBy(() => blockingClient(t, ws, { ws: { headers } }).call("echo", ["x"]));
    assert.equal((refused.cause as { status?: number } | undefined)?.status, 403);
  });

  it("start a program over stdio, and bring what it writes to stderr", (t) => {
    const lines: string[] = [];
    const client = blockingClient(t, "stdio:", {
      stdio: {
        command: process.execPath,
        args: ["--import", import.meta.resolve("tsx"), "test/support/stdio-program.ts"],
        cwd: new URL("../../", import.meta.url),
        stderr: (line) => {
          lines.push(line);
          throw new Error("which nobody minds");
        },
      },
      timeout: 30_000,
    });
    assert.equal(client.call("echo", ["from a child"]), "from a child");
    const [cwd] = client.call("whereabouts") as string[];
    assert.equal(`${cwd}/`, fileURLToPath(new URL("../../", import.meta.url)));
    assert.equal(client.call("print"), "printed");
    client.close();
    assert.ok(lines.includes("by console.log"), lines.join("\n"));
  });
});

describe("a blocking client's logger", () => {
  it("is told at the end of a call what happened meanwhile", (t) => {
    const client = blockingClient(t, NOBODY);
    const error = thrownBy(() => client.call("echo", ["x"]));
    assert.deepEqual(client.log.lines(), [error.message]);
    assert.equal(blockingClient(t, tcp).log.entries.length, 0);
  });

  it("is told of levels below warnings too, and of errors as such", (t) => {
    const client = blockingClient(t, tcp);
    client.connect();
    assert.deepEqual(client.log.lines("debug"), [`connected to ${tcp}`]);
    const batch = client.batch();
    batch.call("refuse", [1, "why"]);
    batch.send();
    assert.deepEqual(client.log.lines(), []);
  });

  it("is told of what happens between calls, when the thread has nothing to do", async (t) => {
    const client = blockingClient(t, tcp);
    client.connect();
    blockingClient(t, tcp).notify("hangUp");
    await client.log.said(/was lost|ended the connection/);
    assert.equal(client.connected, false);
  });

  it("may make a blocking call itself", (t) => {
    const answers: unknown[] = [];
    const other = blockingClient(t, tcp);
    const log = new Log();
    log.warn = () => void answers.push(other.call("echo", ["from the logger"]));
    assert.throws(() => blockingClient(t, NOBODY, { logger: log }).call("echo", ["x"]), { name: "DialError" });
    assert.deepEqual(answers, ["from the logger"]);
    assert.equal(other.call("echo", ["still in order"]), "still in order");
  });

  it("may throw", (t) => {
    const logger = {
      debug: () => assert.fail(),
      info: () => assert.fail(),
      warn: () => assert.fail(),
      error: () => assert.fail(),
    };
    assert.equal(blockingClient(t, tcp, { logger }).call("echo", ["x"]), "x");
  });
});

describe("a blocking call", () => {
  it("refuses what makes no sense before it is sent", (t) => {
    const client = blockingClient(t, tcp);
    assert.throws(() => client.call("echo", [1n] as never), TypeError);
    assert.throws(() => client.call("echo", "text" as never), /expected an array or an object as params, got string/);
    assert.throws(() => client.call(5 as unknown as string), /expected a string as the method's name, got number/);
    assert.throws(() => client.call("echo", [], { timeout: -1 }), RangeError);
    const withSignal = { signal: AbortSignal.timeout(1_000) } as SyncCallOptions;
    assert.throws(() => client.call("echo", [], withSignal), /expected no signal in the options of a blocking call/);
    assert.throws(() => client.batch().send(withSignal), /expected no signal/);
    assert.throws(() => client.connect({ timeout: Number.NaN }), RangeError);
    assert.equal(client.connected, false);
  });

  it("may be one of many clients', and of a batch longer than the limit", (t) => {
    const clients = Array.from({ length: 20 }, () => blockingClient(t, tcp, { limits: { batchLength: 2 } }));
    assert.deepEqual(
      clients.map((client, n) => client.call("echo", [n])),
      clients.map((_, n) => n),
    );
    const batch = clients[0]?.batch();
    const members = [1, 2, 3].map((n) => batch?.call("echo", [n]));
    batch?.send();
    for (const member of members) assert.throws(() => member?.get(), /longer than limits\.batchLength, 2/);
    clients[1]?.batch().send();
  });

  it("closes with the block it is declared in", () => {
    let kept: ReturnType<typeof connectSync>;
    {
      using client = connectSync(tcp);
      assert.equal(client.call("echo", ["x"]), "x");
      kept = client;
    }
    assert.throws(() => kept.call("echo", ["x"]), { name: "ClosedError", outcome: "not-sent" });
  });
});
