import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { HttpStatusError } from "../../src/transport/status-error.ts";
import type { UpgradeRequest, WebSocketListenOptions } from "../../src/transport/websocket/options.ts";
import { cleanUp } from "../support/cleanup.ts";
import { gone } from "../support/gone.ts";
import {
  answerHead,
  closeFrame,
  frame,
  Opcode,
  plainSocket,
  RawWebSocket,
  upgradeRequest,
} from "../support/raw-websocket.ts";
import { readAll } from "../support/read-all.ts";
import { clientOf, exampleService, serve as serveOn } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";

const KiB = 1024;

/** A server of WebSockets with these options. */
async function serve(
  test: TestContext,
  ws: WebSocketListenOptions = {},
  options: ServerOptions = {},
  service: Service = exampleService(),
  address = "ws://127.0.0.1:0/rpc",
) {
  return await serveOn(test, service, { ws, ...options }, address);
}

/** Asks to connect, and gives the answer's status. */
async function ask(test: TestContext, address: string, headers?: Record<string, string | undefined>): Promise<number> {
  const socket = await plainSocket(test, address);
  socket.write(upgradeRequest(address, headers));
  const head = await answerHead(socket);
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
}

describe("the origin of a WebSocket", () => {
  for (const [what, origin, status] of [
    ["no browser", undefined, 101],
    ["a page of this machine", "http://localhost:3000", 101],
    ["a page of this machine by its address", "https://127.0.0.1", 101],
    ["a page of this machine by its IPv6 address", "http://[::1]:8080", 101],
    ["a page of a name that is always this machine", "http://app.localhost:5173", 101],
    ["a page of another site", "https://evil.example", 403],
    ["a page of a site that looks local", "https://localhost.evil.example", 403],
    ["a page of a site that starts like a local address", "https://127.0.0.1.evil.example", 403],
    ["a local file", "null", 403],
    ["nonsense", "::", 403],
  ] as const) {
    it(`by default, on a loopback address, may be ${what}: ${status}`, async (t) => {
      const { address, log } = await serve(t);
      assert.equal(await ask(t, address, { Origin: origin }), status);
      if (status === 403) assert.match(log.lines()[0] ?? "", /a connection to ws:.* was refused/);
    });
  }

  it("may not be a name that its owner had point here (DNS rebinding)", async (t) => {
    const { address } = await serve(t);
    const { port } = new URL(address);
    const host = `evil.example:${port}`;
    assert.equal(await ask(t, address, { Host: host, Origin: `http://${host}` }), 403);
  });

  for (const [origins, origin, status] of [
    [["https://app.example"], "https://app.example", 101],
    [["https://app.example"], "https://app.example:8443", 403],
    [["https://app.example"], "http://app.example", 403],
    [["https://app.example"], "http://localhost", 403],
    [["*"], "https://evil.example", 101],
    [["null", "chrome-extension://abc"], "null", 101],
    [["null", "chrome-extension://abc"], "chrome-extension://abc", 101],
    [[], "http://localhost", 403],
    [[], undefined, 101],
  ] as const) {
    it(`that may be ${JSON.stringify(origins)} may be ${origin}: ${status}`, async (t) => {
      const { address } = await serve(t, { origins });
      assert.equal(await ask(t, address, { Origin: origin }), status);
    });
  }

  it("can be asked about", async (t) => {
    const asked: [string, string][] = [];
    const origins = (origin: string, { url }: UpgradeRequest) => {
      asked.push([origin, url]);
      return origin.endsWith(".example");
    };
    const { address } = await serve(t, { origins });
    assert.equal(await ask(t, `${address}?a=1`, { Origin: "https://app.example" }), 101);
    assert.equal(await ask(t, address, { Origin: "https://app.test" }), 403);
    assert.equal(await ask(t, address), 101);
    assert.deepEqual(asked, [
      ["https://app.example", "/rpc?a=1"],
      ["https://app.test", "/rpc"],
    ]);
  });

  for (const origins of [["https://app.example/"], ["app.example"], [""], "https://app.example", 7]) {
    it(`cannot be ${JSON.stringify(origins)}`, async (t) => {
      await assert.rejects(serve(t, { origins } as WebSocketListenOptions), TypeError);
    });
  }
});

describe("authorize", () => {
  const whoAmI = () =>
    new Service().addMethod("whoAmI", (context: CallContext) => context.connection?.peer.http?.auth, { context: true });

  for (const [how, authorize] of [
    ["at once", ({ headers }: UpgradeRequest) => ({ user: headers.authorization })],
    ["later", async ({ headers }: UpgradeRequest) => ({ user: headers.authorization })],
  ] as const) {
    it(`lets in ${how}, and methods see what it returned`, async (t) => {
      const { address } = await serve(t, { authorize }, {}, whoAmI());
      const client = clientOf(t, address, { ws: { headers: { authorization: "Bearer abc" } } });
      assert.deepEqual(await client.call("whoAmI"), { user: "Bearer abc" });
    });
  }

  for (const [what, error, status, text] of [
    ["an HttpStatusError", new HttpStatusError(401, "who are you?"), 401, "who are you?"],
    ["any error with a status", Object.assign(new Error("too many"), { status: 429 }), 429, "too many"],
    ["an error, whose words stay here", new Error("no database at 10.0.0.7"), 500, "Internal Server Error"],
    ["a status that is none", Object.assign(new Error("odd"), { status: 200 }), 500, "Internal Server Error"],
    ["no error at all", "odd", 500, "Internal Server Error"],
  ] as const) {
    it(`refuses with ${what}`, async (t) => {
      const authorize = () => {
        throw error;
      };
      const { address, log } = await serve(t, { authorize });
      const socket = await plainSocket(t, address);
      socket.write(upgradeRequest(`${address}?token=secret`));
      const answer = await readAll(socket);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal(answer.split("\r\n\r\n")[1], text);
      await log.said(/was refused/);
      const reason = log.entries[0]?.details[0] as Error;
      assert.match(reason.message, /^127\.0\.0\.1:\d+ asked for \/rpc, and got/, "no token in the log");
      assert.equal(reason.cause, error);
    });
  }

  it("refuses, and is heard, whatever the client has sent behind its request", async (t) => {
    const authorize = () => {
      throw new HttpStatusError(403, "not you");
    };
    const { address } = await serve(t, { authorize });
    const socket = await plainSocket(t, address);
    socket.write(upgradeRequest(address));
    socket.write(Buffer.alloc(4 * KiB * KiB));
    assert.match(await readAll(socket), /^HTTP\/1\.1 403 .*not you$/s);
  });

  it("is told who asks", async (t) => {
    let asked: UpgradeRequest | undefined;
    const authorize = (request: UpgradeRequest) => {
      asked = request;
    };
    const { address } = await serve(t, { authorize });
    assert.equal(await ask(t, `${address}?room=7`), 101);
    assert.equal(asked?.url, "/rpc?room=7");
    assert.equal(asked?.peer.address, "127.0.0.1");
  });

  it("is not asked about pages that may not connect", async (t) => {
    const authorize = () => assert.fail("it was asked");
    const { address } = await serve(t, { authorize });
    assert.equal(await ask(t, address, { Origin: "https://evil.example" }), 403);
  });

  it("has so much time", async (t) => {
    const { address } = await serve(t, { authorize: () => new Promise(() => {}), handshakeTimeout: 20 });
    assert.equal(await ask(t, address), 503);
  });

  it("may answer when the client is gone, or the server closed", async (t) => {
    const asked = gate<Error | undefined>();
    let asking = () => {};
    const hears = () =>
      new Promise<void>((resolve) => {
        asking = resolve;
      });
    const authorize = () => {
      asking();
      return asked.promise;
    };
    const server = await serve(t, { authorize });
    const connections: unknown[] = [];
    server.on("connection", (connection) => connections.push(connection));
    const [leaving, staying] = [await plainSocket(t, server.address), await plainSocket(t, server.address)];
    for (const socket of [leaving, staying]) {
      const heard = hears();
      socket.write(upgradeRequest(server.address));
      await heard;
    }
    leaving.resetAndDestroy();
    const cutOff = gone(staying);
    await server.close();
    await cutOff;
    asked.open(undefined);
    await asked.promise;
    assert.deepEqual(connections, []);
  });
});

describe("a request that is no upgrade to WebSocket", { timeout: 30_000 }, () => {
  for (const [what, headers, status] of [
    ["without a key", { "Sec-WebSocket-Key": undefined }, 400],
    ["with a key that is none", { "Sec-WebSocket-Key": "short" }, 400],
    ["of another version", { "Sec-WebSocket-Version": "7" }, 400],
    ["of a draft, which has the origin elsewhere", { "Sec-WebSocket-Version": "8" }, 400],
    ["to something else", { Upgrade: "h2c" }, 400],
    ["with subprotocols that are none", { "Sec-WebSocket-Protocol": "a,,b" }, 400],
    ["that does not ask to upgrade", { Connection: undefined, Upgrade: undefined }, 426],
  ] as const) {
    it(`${what} is answered with ${status}`, async (t) => {
      const { address, log } = await serve(t);
      assert.equal(await ask(t, address, headers), status);
      if (status === 400) await log.said(/was refused/);
    });
  }

  it("is answered with 400 where it is no HTTP", async (t) => {
    const { address, log } = await serve(t);
    const socket = await plainSocket(t, address);
    socket.write("\x16\x03\x01 hello\r\n\r\n");
    assert.match(await readAll(socket), /^HTTP\/1\.1 400 /);
    await log.said(/was refused/);
  });

  it("is answered with 431 where its head has no end", async (t) => {
    const { address } = await serve(t);
    const socket = await plainSocket(t, address);
    socket.write(`GET /rpc HTTP/1.1\r\nX: ${"x".repeat(64 * KiB)}`);
    assert.match(await answerHead(socket), /^HTTP\/1\.1 431 /);
  });

  for (const [what, bytes] of [
    ["nothing", ""],
    ["half a request", "GET /rpc HTTP/1.1\r\nHost: here\r\n"],
  ] as const) {
    it(`is answered with 408 where it is ${what} for too long`, async (t) => {
      const { address, log } = await serve(t, { handshakeTimeout: 40 });
      const socket = await plainSocket(t, address);
      socket.write(bytes);
      assert.match(await readAll(socket), /^HTTP\/1\.1 408 /);
      await log.said(/was refused/);
    });
  }

  it("is cut off when the server closes", async (t) => {
    const server = await serve(t);
    const socket = await plainSocket(t, server.address);
    socket.write("GET /rpc HTTP/1.1\r\n");
    const cutOff = gone(socket);
    await server.close();
    await cutOff;
  });
});

describe("what a client says on a WebSocket", { timeout: 30_000 }, () => {
  const limits = { messageBytes: 1_000 };

  for (const [what, bytes, code, says] of [
    ["a binary message", frame('{"jsonrpc":"2.0"}', { opcode: Opcode.binary }), 1003, /is binary/],
    ["a text that is not UTF-8", frame(Buffer.from([0x22, 0xff, 0x22])), 1007, /not UTF-8/],
    ["a surrogate in UTF-8", frame(Buffer.from([0xed, 0xa0, 0x80])), 1007, /not UTF-8/],
    ["a message over the limit", frame("x".repeat(1_001)), 1009, /longer than the limit of 1000 bytes/],
    ["a length that is huge", frame("x", { announced: 2n ** 40n }), 1009, /longer than the limit/],
    ["a length that no number holds", frame("x", { announced: 2n ** 63n - 1n }), 1009, /longer than the limit/],
    [
      "parts that are over the limit together",
      Buffer.concat([frame("x".repeat(600), { last: false }), frame("x".repeat(600), { opcode: Opcode.continuation })]),
      1009,
      /longer than the limit/,
    ],
    ["a frame without a mask", frame("1", { masked: false }), 1002, /MASK must be set/],
    ["an opcode that is none", frame("1", { opcode: 3 }), 1002, /invalid opcode/],
    ["a part of no message", frame("1", { opcode: Opcode.continuation }), 1002, /invalid opcode/],
    ["a compressed message", Buffer.concat([Buffer.from([0xc1]), frame("1").subarray(1)]), 1002, /RSV1/],
  ] as const) {
    it(`may not be ${what}: ${code}, and the log says why`, async (t) => {
      const { address, log } = await serve(t, {}, { limits });
      const raw = await RawWebSocket.dial(t, address);
      raw.socket.write(bytes);
      assert.equal(await raw.closed, code);
      raw.socket.end(closeFrame(code));
      await log.said(/broke the framing/);
      assert.match(log.lines().join(), says);
    });
  }

  it("may not be an endless number of parts", async (t) => {
    const { address, log } = await serve(t);
    const raw = await RawWebSocket.dial(t, address);
    const part = frame("", { opcode: Opcode.continuation, last: false });
    raw.socket.write(Buffer.concat([frame("", { last: false }), ...Array.from({ length: 20_000 }, () => part)]));
    assert.equal(await raw.closed, 1008);
    await log.said(/broke the framing/);
  });

  it("is answered once more where it was no text", async (t) => {
    const { address } = await serve(t);
    const raw = await RawWebSocket.dial(t, address);
    raw.call(1, "echo", ["before"]);
    raw.say("1", { opcode: Opcode.binary });
    raw.call(2, "echo", ["after"]);
    assert.deepEqual(await raw.inbox.next(), { jsonrpc: "2.0", id: 1, result: "before" });
    assert.deepEqual(await raw.inbox.next(), {
      jsonrpc: "2.0",
      id: null,
      error: { code: -32700, message: "Parse error" },
    });
    assert.equal(await raw.closed, 1003);
  });

  it("may come in parts, with pings between them", async (t) => {
    const { address } = await serve(t);
    const raw = await RawWebSocket.dial(t, address);
    const text = '{"jsonrpc":"2.0","id":1,"method":"echo","params":["é"]}';
    const bytes = Buffer.from(text);
    for (const [at, byte] of bytes.entries()) {
      const opcode = at === 0 ? Opcode.text : Opcode.continuation;
      raw.say(Buffer.from([byte]), { opcode, last: at === bytes.length - 1 });
      if (at % 10 === 0) raw.say("", { opcode: Opcode.ping });
    }
    assert.deepEqual(await raw.inbox.next(), { jsonrpc: "2.0", id: 1, result: "é" });
    assert(raw.frames.some(({ opcode }) => opcode === Opcode.pong));
  });

  it("may follow more pings than are answered: the last one is", async (t) => {
    const { address } = await serve(t);
    const webSocket = new WebSocket(address);
    cleanUp(t, () => webSocket.terminate());
    await once(webSocket, "open");
    const pongs: string[] = [];
    const last = gate();
    webSocket.on("pong", (data) => {
      pongs.push(data.toString());
      if (data.toString() === "9999") last.open();
    });
    for (let count = 0; count < 10_000; count++) webSocket.ping(String(count));
    webSocket.send('{"jsonrpc":"2.0","id":1,"method":"echo","params":["behind them"]}');
    const [[answer]] = await Promise.all([once(webSocket, "message"), last.promise]);
    assert.equal(JSON.parse(String(answer)).result, "behind them");
    assert(pongs.length < 10_000);
  });

  it("may begin in the packet that asks to connect", async (t) => {
    const { address } = await serve(t);
    const call = '{"jsonrpc":"2.0","id":1,"method":"echo","params":["early"]}';
    const raw = await RawWebSocket.dial(t, address, frame(call));
    assert.equal((await raw.inbox.next()).result, "early");
  });
});

describe("a close frame", { timeout: 30_000 }, () => {
  it("ends both ways: what is in flight is aborted", async (t) => {
    const aborted = gate<unknown>();
    const service = new Service().addMethod(
      "wait",
      ({ signal }: CallContext) =>
        new Promise(() => {
          signal.addEventListener("abort", () => aborted.open(signal.reason));
        }),
      { context: true },
    );
    const { address } = await serve(t, {}, {}, service);
    const raw = await RawWebSocket.dial(t, address);
    raw.call(1, "wait");
    raw.socket.write(closeFrame(1000));
    assert.equal(await raw.closed, 1000);
    assert.match(String(await aborted.promise), /ended the connection/);
    assert.deepEqual(raw.inbox.texts, []);
  });

  it("says 1001 where the server goes away, behind the answers it owes", async (t) => {
    const answer = gate<string>();
    let started = () => {};
    const runs = new Promise<void>((resolve) => {
      started = resolve;
    });
    const service = new Service().addMethod("wait", () => {
      started();
      return answer.promise;
    });
    const server = await serve(t, {}, {}, service);
    const raw = await RawWebSocket.dial(t, server.address);
    raw.call(1, "wait");
    await runs;
    const closed = server.close();
    raw.call(2, "wait");
    const refused = await raw.inbox.next();
    assert.deepEqual([refused.id, refused.error?.code], [2, -32097]);
    answer.open("at last");
    assert.deepEqual(await raw.inbox.next(), { jsonrpc: "2.0", id: 1, result: "at last" });
    assert.equal(await raw.closed, 1001);
    raw.socket.write(closeFrame(1001));
    await closed;
  });

  it("says 1000 where one connection is closed", async (t) => {
    const server = await serve(t);
    const connected = new Promise<{ close(): Promise<void> }>((resolve) => server.on("connection", resolve));
    const raw = await RawWebSocket.dial(t, server.address);
    const closed = (await connected).close();
    assert.equal(await raw.closed, 1000);
    raw.socket.write(closeFrame(1000));
    await closed;
  });

  it("that never comes is a loss", async (t) => {
    const { address, log } = await serve(t);
    const raw = await RawWebSocket.dial(t, address);
    raw.socket.end();
    await log.said(/was lost: the WebSocket ended without a close frame/);
  });
});

describe("the heartbeat", { timeout: 30_000 }, () => {
  it("of a server cuts a client that does not answer a ping", async (t) => {
    const { address, log } = await serve(t, { heartbeat: 20 });
    const raw = await RawWebSocket.dial(t, address);
    assert.equal(await raw.closed, undefined);
    assert(raw.frames.some(({ opcode }) => opcode === Opcode.ping));
    await log.said(/was lost: the peer was silent, and did not answer a ping within 20 ms/);
  });

  it("of a server keeps a client that answers", async (t) => {
    const { address } = await serve(t, { heartbeat: 20 });
    const raw = await RawWebSocket.dial(t, address);
    let pings = 0;
    const enough = gate();
    raw.onFrame = (opcode) => {
      if (opcode !== Opcode.ping) return;
      raw.say("", { opcode: Opcode.pong });
      if (++pings === 3) enough.open();
    };
    await enough.promise;
    raw.call(1, "echo", ["alive"]);
    assert.equal((await raw.inbox.next()).result, "alive");
  });

  it("of a client cuts a server that does not answer a ping", async (t) => {
    const silent = new WebSocketServer({ port: 0, host: "127.0.0.1", autoPong: false });
    cleanUp(t, () => silent.close());
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const client = clientOf(t, `ws://127.0.0.1:${port}`, { ws: { heartbeat: 20 } });
    const error = await rejection(client.call("echo", []), ConnectionLostError);
    assert.equal(error.outcome, "unknown");
    assert.match(String((error.cause as Error).message), /did not answer a ping within 20 ms/);
  });
});

it("a server with an option that makes no sense does not listen", async (t) => {
  for (const ws of [
    { authorize: "me" },
    { subprotocols: "a" },
    { handshakeTimeout: -1 },
    { heartbeat: "often" },
    "none",
    null,
  ]) {
    await assert.rejects(serve(t, ws as WebSocketListenOptions), /expected/);
  }
});
