import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { connect as connectSecurely } from "node:tls";
import { WebSocketServer } from "ws";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { parseAddress } from "../../src/transport/address.ts";
import { hostPortAndPath } from "../../src/transport/socket-address.ts";
import { HttpStatusError } from "../../src/transport/status-error.ts";
import { WebSocketCloseError } from "../../src/transport/websocket/close.ts";
import { webSocket } from "../../src/transport/websocket/websocket.ts";
import { type TransportRows, transportSuite } from "../conformance/transport.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { cleanUp } from "../support/cleanup.ts";
import { gone } from "../support/gone.ts";
import { withoutIpv6 } from "../support/ipv6.ts";
import { frame, upgrading } from "../support/raw-websocket.ts";
import { Recorder } from "../support/recorder.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { Stage } from "../support/stage.ts";

const authority = await makeAuthority("Authority");
const certificate = await makeCertificate(authority, { name: "server" });
const ca = authority.cert;

const whereIs = (address: string) => {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
};

/* What no WebSocket address can be. A scheme of the web's has its URLs read strictly: the rest of what is wrong with a
 * host or a port is seen by `parseAddress` already. */
const invalid = (scheme: string): TransportRows["invalid"] => [
  [`${scheme}://user@localhost:7080`, /expected no user and no password/],
  [`${scheme}://user:secret@localhost:7080`, /expected no user and no password/],
  [`${scheme}://localhost:7080/rpc#here`, /expected no fragment, got "#here"/],
  [`${scheme}://256.0.0.1:7080`, /no address/],
  [`${scheme}://a b:7080`, /no address/],
  [`${scheme}://`, /no address/],
];

const ws: TransportRows = {
  name: "ws",
  transport: webSocket,
  limits: untrusted,
  address: () => "ws://127.0.0.1:0/rpc",
  nobody: "ECONNREFUSED",
  rawDial: (address) => upgrading(connect(whereIs(address)), "connect", address),
  ready: "upgraded",
  message: frame,
  invalid: invalid("ws"),
};

const wss: TransportRows = {
  ...ws,
  name: "wss",
  address: () => "wss://127.0.0.1:0/rpc",
  dialOptions: () => ({ tls: { ca } }),
  listenOptions: () => ({ tls: certificate }),
  rawDial: (address) => upgrading(connectSecurely({ ...whereIs(address), ca }), "secureConnect", address),
  invalid: invalid("wss"),
};

transportSuite(ws);
transportSuite(wss);

describe("an address of a WebSocket", () => {
  for (const [given, expected] of [
    ["ws://127.0.0.1:0", /^ws:\/\/127\.0\.0\.1:\d+\/$/],
    ["ws://127.0.0.1:0/a/b%20c", /^ws:\/\/127\.0\.0\.1:\d+\/a\/b%20c$/],
    ["ws://[::1]:0/rpc", /^ws:\/\/\[::1\]:\d+\/rpc$/],
    ["ws://localhost:0/rpc", /^ws:\/\/localhost:\d+\/rpc$/],
  ] as const) {
    it(`can be ${given}, and what the listener gives can be dialled`, { skip: withoutIpv6(given) }, async (t) => {
      const stage = new Stage(ws, t);
      const { address } = await stage.listen(given);
      assert.match(address, expected);
      const [right, left] = await Promise.all([stage.accept(), stage.dial(`${address}?room=7`)]);
      left.send("1");
      await new Recorder(right).received(1);
      assert.equal(right.peer.http?.url, `${new URL(address).pathname}?room=7`);
    });
  }

  it("has port 80 where it names none, and 443 with TLS", () => {
    for (const [address, expected] of [
      ["ws://host/rpc", { host: "host", port: 80, path: "/rpc" }],
      ["wss://[::1]", { host: "::1", port: 443, path: "/" }],
      ["wss://host:80/", { host: "host", port: 80, path: "/" }],
    ] as const) {
      assert.deepEqual(hostPortAndPath(parseAddress(address), "dial"), expected);
    }
  });

  it("has no query to listen", async (t) => {
    await assert.rejects(new Stage(ws, t).listen("ws://127.0.0.1:0/rpc?room=7"), { name: "InvalidAddressError" });
  });

  it("has no port 0 to dial", async (t) => {
    await assert.rejects(new Stage(ws, t).dial("ws://127.0.0.1:0/rpc"), { name: "InvalidAddressError" });
  });

  it("must name the path that is listened on", async (t) => {
    const stage = new Stage(ws, t);
    const { address } = await stage.listen();
    for (const wrong of ["/", "/rpc/", "/rpc/more", "/RPC"]) {
      const error = await rejection(stage.dial(new URL(wrong, address).href), HttpStatusError);
      assert.equal(error.status, 404);
    }
    await Promise.all([stage.accept(), stage.dial(address)]);
  });
});

describe("dialling a WebSocket", { timeout: 30_000 }, () => {
  /** A server that answers every request with these bytes. */
  async function answering(test: TestContext, bytes: string): Promise<string> {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(bytes));
    });
    cleanUp(test, () => server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `ws://127.0.0.1:${(server.address() as { port: number }).port}/rpc`;
  }

  for (const status of [200, 302, 401, 404, 503]) {
    it(`fails when the server answers with ${status}, which the error names`, async (t) => {
      const head = `HTTP/1.1 ${status} So\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n`;
      const client = clientOf(t, await answering(t, head));
      const { cause, message, outcome } = await rejection(client.call("echo"), DialError);
      assert.match(message, new RegExp(`answered the request for a WebSocket with ${status} So`));
      assert.equal(outcome, "not-sent");
      if (status >= 300) assert(cause instanceof HttpStatusError && cause.status === status);
    });
  }

  for (const [what, bytes] of [
    ["nothing", ""],
    ["no HTTP", "220 mail.example ESMTP\r\n"],
    [
      "a key of its own",
      "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
    ],
    ["another protocol", "HTTP/1.1 101 Yes\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"],
  ] as const) {
    it(`fails when the server answers with ${what}`, async (t) => {
      const client = clientOf(t, await answering(t, bytes));
      await rejection(client.call("echo"), DialError);
    });
  }

  it("can be given up while the server does not answer, and nothing is left of it", async (t) => {
    const silent = createServer().listen(0, "127.0.0.1");
    cleanUp(t, () => silent.close());
    await once(silent, "listening");
    const controller = new AbortController();
    const { port } = silent.address() as { port: number };
    const dial = new Stage(ws, t).dial(`ws://127.0.0.1:${port}/rpc`, controller);
    const [socket] = await once(silent, "connection");
    cleanUp(t, () => socket.destroy());
    await once(socket, "data");
    const reason = new Error("no patience");
    controller.abort(reason);
    await assert.rejects(dial, reason);
    await gone(socket);
  });

  it("sends the headers it is told to, which the server's methods see", async (t) => {
    const stage = new Stage(ws, t);
    const { address } = await stage.listen();
    const headers = { Authorization: "Bearer abc", "X-Room": "7" };
    const [right, left] = await Promise.all([stage.accept(), stage.dial(address, { transport: { ws: { headers } } })]);
    assert.equal(right.peer.http?.headers.authorization, "Bearer abc");
    assert.equal(right.peer.http?.headers["x-room"], "7");
    assert.equal(right.peer.http?.auth, undefined);
    assert.equal(left.peer.http, undefined);
  });

  it("says who is on the other end", async (t) => {
    const { listener, left, right } = await new Stage(wss, t).connect();
    assert.deepEqual([left.peer.address, left.peer.port], ["127.0.0.1", Number(new URL(listener.address).port)]);
    assert.equal(left.peer.tls?.certificate?.subject.CN, "server");
    assert.equal(right.peer.address, "127.0.0.1");
    assert.equal(right.peer.tls?.protocol, "TLSv1.3");
  });

  it("verifies the server's certificate", async (t) => {
    const stage = new Stage(wss, t);
    const { address } = await stage.listen();
    await assert.rejects(stage.dial(address, { transport: {} }), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    const stranger = await makeAuthority("Stranger");
    await assert.rejects(stage.dial(address, { transport: { tls: { ca: stranger.cert } } }));
  });

  it("shows the server its own certificate, which methods see", async (t) => {
    const client = await makeCertificate(authority, { name: "client" });
    const stage = new Stage(wss, t);
    const tls = { ...certificate, ca, requestCert: true };
    const { address } = await stage.listen(undefined, { transport: { tls } });
    const dial = stage.dial(address, { transport: { tls: { ca, ...client } } });
    const [right] = await Promise.all([stage.accept(), dial]);
    assert.equal(right.peer.tls?.certificate?.subject.CN, "client");
    await assert.rejects(stage.dial(address));
  });

  for (const [what, options] of [
    ["a string", "none"],
    ["headers that are none", { headers: "Authorization" }],
    ["a header no HTTP could carry", { headers: { "x-a": "a\nb" } }],
    ["a subprotocol that is no token", { subprotocols: ["a b"] }],
    ["a subprotocol twice", { subprotocols: ["a", "a"] }],
  ] as const) {
    it(`refuses ${what}`, async (t) => {
      const stage = new Stage(ws, t);
      const { address } = await stage.listen();
      await assert.rejects(stage.dial(address, { transport: { ws: options } }), TypeError);
    });
  }

  it("refuses a heartbeat that is no time", async (t) => {
    const dial = new Stage(ws, t).dial("ws://127.0.0.1:1/", { transport: { ws: { heartbeat: -1 } } });
    await assert.rejects(dial, RangeError);
  });
});

describe("a subprotocol", () => {
  for (const [server, client, picked] of [
    [["b", "a"], ["a", "b"], "b"],
    [["a"], [], undefined],
    [[], [], undefined],
  ] as const) {
    it(`of ${JSON.stringify(server)} and ${JSON.stringify(client)} is ${picked}`, async (t) => {
      const stage = new Stage(ws, t);
      const { address } = await stage.listen(undefined, { transport: { ws: { subprotocols: server } } });
      const dial = stage.dial(address, { transport: { ws: { subprotocols: client } } });
      const [right, left] = await Promise.all([stage.accept(), dial]);
      assert.deepEqual([right.peer.subprotocol, left.peer.subprotocol], [picked, picked]);
    });
  }

  for (const server of [[], ["b"]]) {
    it(`is missing where the server has ${JSON.stringify(server)} and the client wants a`, async (t) => {
      const stage = new Stage(ws, t);
      const { address } = await stage.listen(undefined, { transport: { ws: { subprotocols: server } } });
      await assert.rejects(stage.dial(address, { transport: { ws: { subprotocols: ["a"] } } }), /subprotocol/);
    });
  }
});

describe("a client's WebSocket", { timeout: 30_000 }, () => {
  /** A server of the package `ws` that closes in some way. */
  async function closing(test: TestContext, code: number, reason: string): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    cleanUp(test, () => server.close());
    server.on("connection", (socket) => socket.on("message", () => socket.close(code, reason)));
    await once(server, "listening");
    return `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  for (const code of [1000, 1001]) {
    it(`that the server closes with ${code} has ended`, async (t) => {
      const client = clientOf(t, await closing(t, code, ""));
      const disconnected = new Promise((resolve) => client.on("disconnect", resolve));
      await assert.rejects(client.call("echo"), { name: "ConnectionLostError", outcome: "unknown" });
      assert.equal(((await disconnected) as { kind: string }).kind, "ended");
    });
  }

  it("that the server closes with another code is lost, and says why", async (t) => {
    const client = clientOf(t, await closing(t, 4001, "token expired"));
    const disconnected = new Promise((resolve) => client.on("disconnect", resolve));
    await assert.rejects(client.call("echo"));
    const { kind, cause } = (await disconnected) as { kind: string; cause: unknown };
    assert.equal(kind, "lost");
    assert(cause instanceof WebSocketCloseError);
    assert.deepEqual([cause.closeCode, cause.reason], [4001, "token expired"]);
    assert.match(cause.message, /closed the WebSocket with 4001 \("token expired"\)/);
  });

  it("sends a message that is too long for the server, and learns what was wrong", async (t) => {
    const server = await serve(t, undefined, { limits: { messageBytes: 100 } }, "ws://127.0.0.1:0/rpc");
    const client = clientOf(t, server.address);
    const disconnected = new Promise((resolve) => client.on("disconnect", resolve));
    await assert.rejects(client.call("echo", ["x".repeat(100)]), { outcome: "unknown" });
    const { cause } = (await disconnected) as { cause: unknown };
    assert(cause instanceof WebSocketCloseError);
    assert.equal(cause.closeCode, 1009);
    assert.match(cause.message, /message too big/);
    await server.log.said(/broke the framing: a message is longer than the limit of 100 bytes/);
  });

  it("works beside what others wrote", async (t) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
    cleanUp(t, () => server.close());
    server.on("connection", (socket) => {
      socket.on("message", (data) => {
        const { id, params } = JSON.parse(String(data));
        socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: params }));
      });
    });
    await once(server, "listening");
    const client = clientOf(t, `ws://127.0.0.1:${(server.address() as { port: number }).port}`);
    assert.deepEqual(await client.call("anything", ["é漢😀"]), ["é漢😀"]);
  });
});
