/** What a server over HTTP does with requests of every kind. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { isDraining } from "../../src/protocol/errors/from-error-object.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { listen } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import type { PeerInfo } from "../../src/service/peer.ts";
import type { Service } from "../../src/service/service.ts";
import { nodeHandler } from "../../src/transport/http/index.ts";
import { HttpStatusError } from "../../src/transport/status-error.ts";
import { cleanUp } from "../support/cleanup.ts";
import { gone } from "../support/gone.ts";
import { callText, httpServer, post, rawHttp, readUntil, type Sent, send } from "../support/http.ts";
import { Log } from "../support/log.ts";
import { clientOf, exampleService } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

const CALL = callText("echo", ["é"]);
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":"é"}';

/** A server over HTTP on a port the system picks; closed after the test. */
async function serve(test: TestContext, options: ServerOptions = {}, service: Service = exampleService()) {
  const log = new Log();
  const server = await listen(service, "http://127.0.0.1:0/rpc", { logger: log, ...options });
  cleanUp(test, () => server.close({ timeout: 0 }));
  return Object.assign(server, { log });
}

/** The example service, with methods that say who calls, and that wait until the test opens them. */
function watched() {
  const started = gate<AbortSignal>();
  const work = gate<string>();
  let inFlight = 0;
  const service = exampleService()
    .addMethod("who", ({ connection }: CallContext) => connection?.peer, { context: true })
    .addMethod(
      "work",
      ({ signal }: CallContext) => {
        inFlight++;
        started.open(signal);
        return work.promise;
      },
      { context: true },
    );
  return { service, started: started.promise, work, inFlight: () => inFlight };
}

const aborted = (signal: AbortSignal) =>
  signal.aborted
    ? Promise.resolve()
    : new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

describe("a request over HTTP is answered with", () => {
  const json = (body: string) => ({ status: 200, type: "application/json", body });
  const text = (status: number, body: string | RegExp) => ({ status, type: "text/plain; charset=utf-8", body });
  const nothing = { status: 204, type: undefined, body: "" };
  const error = (code: number, message: string, data?: object) =>
    JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message, ...(data && { data }) } });

  const rows: readonly (readonly [
    what: string,
    sent: Sent,
    expected: { status: number; type: string | undefined; body: string | RegExp },
  ])[] = [
    ["a call", { body: CALL }, json(ANSWER)],
    ["a notification", { body: '{"jsonrpc":"2.0","method":"echo","params":[1]}' }, nothing],
    ["a notification of nothing there is", { body: '{"jsonrpc":"2.0","method":"nope"}' }, nothing],
    ["a batch", { body: `[${CALL},{"jsonrpc":"2.0","method":"echo"}]` }, json(`[${ANSWER}]`)],
    ["a batch of notifications", { body: '[{"jsonrpc":"2.0","method":"echo","params":[1]}]' }, nothing],
    ["an empty batch", { body: "[]" }, json(error(-32600, "Invalid Request"))],
    [
      "an unknown method",
      { body: callText("nope") },
      json('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}'),
    ],
    ["no JSON", { body: "surprise!" }, json(error(-32700, "Parse error"))],
    ["no body", {}, json(error(-32700, "Parse error"))],
    ["no UTF-8", { body: new Uint8Array([0x22, 0xff, 0x22]) }, json(error(-32700, "Parse error"))],
    ["a byte order mark", { body: `\uFEFF${CALL}` }, json(error(-32700, "Parse error"))],
    ["a query", { path: "/rpc?a=b", body: CALL }, json(ANSWER)],
    ...[
      "application/json",
      "application/json-rpc",
      "application/jsonrequest",
      "Application/JSON; charset=utf-8",
      'application/json;charset="UTF-8"',
      "application/json ; version=1",
    ].map((type) => [`the type ${type}`, { headers: { "content-type": type }, body: CALL }, json(ANSWER)] as const),
    ...[
      "text/plain",
      "application/json; charset=latin1",
      "application/jsonp",
      "application/x-www-form-urlencoded",
      "application/ld+json",
      "",
      undefined,
    ].map(
      (type) =>
        [
          `the type ${type}`,
          { headers: { "content-type": type }, body: CALL },
          text(415, /application\/json/),
        ] as const,
    ),
    ["a compressed body", { headers: { "content-encoding": "gzip" }, body: CALL }, text(415, /content-encoding/)],
    [
      "a body that says it is not compressed",
      { headers: { "content-encoding": "identity" }, body: CALL },
      json(ANSWER),
    ],
    ...["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"].map(
      (method) => [`the method ${method}`, { method }, text(405, /only POST/)] as const,
    ),
    ["the method HEAD", { method: "HEAD" }, text(405, "")],
    ["another path", { path: "/", body: CALL }, text(404, /nothing here/)],
    ["the path with a slash more", { path: "/rpc/", body: CALL }, text(404, /nothing here/)],
    [
      "a body that is announced too long",
      { body: JSON.stringify("x".repeat(2_000)) },
      { ...json(error(-32600, "Invalid Request", { limit: "messageBytes", max: 1_000 })), status: 413 },
    ],
    [
      "a body that turns out too long",
      { headers: { "transfer-encoding": "chunked" }, body: JSON.stringify("x".repeat(2_000)) },
      { ...json(error(-32600, "Invalid Request", { limit: "messageBytes", max: 1_000 })), status: 413 },
    ],
    ["a body in chunks", { headers: { "transfer-encoding": "chunked" }, body: CALL }, json(ANSWER)],
  ];
  for (const [what, sent, { status, type, body }] of rows) {
    it(`${status} for ${what}`, async (t) => {
      const { address } = await serve(t, { limits: { messageBytes: 1_000 } });
      const reply = await send(address, sent);
      assert.equal(reply.status, status, reply.body);
      assert.equal(reply.headers["content-type"], type);
      if (typeof body === "string") assert.equal(reply.body, body);
      else assert.match(reply.body, body);
      if (status === 405) assert.equal(reply.headers.allow, "POST");
      if (status === 204) assert.equal(reply.headers["content-length"], undefined);
    });
  }
});

describe("browsers", () => {
  const refusedHosts = [
    "evil.example",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "[::2]",
  ];
  for (const host of refusedHosts) {
    it(`get 403 on loopback where they were led to by the name ${JSON.stringify(host)}`, async (t) => {
      const { address } = await serve(t);
      const { status, body } = await send(address, { headers: { host }, body: CALL });
      assert.equal(status, 403, body);
      assert.match(body, /http.hosts/);
    });
  }

  for (const host of ["localhost", "LOCALHOST:8080", "app.localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:8080"]) {
    it(`are served on loopback by the name ${host}`, async (t) => {
      const { address } = await serve(t);
      assert.equal((await send(address, { headers: { host }, body: CALL })).status, 200);
    });
  }

  it("are served by the names the server says it has", async (t) => {
    const { address } = await serve(t, { http: { hosts: ["RPC.example"] } });
    assert.equal((await send(address, { headers: { host: "rpc.EXAMPLE:8080" }, body: CALL })).status, 200);
    assert.equal((await send(address, { headers: { host: "localhost" }, body: CALL })).status, 403);
    const any = await serve(t, { http: { hosts: ["*"] } });
    assert.equal((await send(any.address, { headers: { host: "evil.example" }, body: CALL })).status, 200);
  });

  it("are served by any name where the address is not of loopback alone", async (t) => {
    const server = await listen(exampleService(), "http://0.0.0.0:0/rpc", { logger: new Log() });
    cleanUp(t, () => server.close());
    const address = server.address.replace("0.0.0.0", "127.0.0.1");
    const headers = { host: "anything.example", origin: "https://elsewhere.example" };
    assert.equal((await send(address, { headers, body: CALL })).status, 200);
  });

  for (const [origin, status] of [
    ["http://localhost:8080", 200],
    ["https://localhost:8080", 200],
    ["http://localhost", 403],
    ["http://localhost:8081", 403],
    ["https://evil.example", 403],
    ["null", 403],
    ["nonsense", 403],
  ] as const) {
    it(`get ${status} for a page of ${origin} that talks to localhost:8080`, async (t) => {
      const { address } = await serve(t);
      const reply = await send(address, { headers: { host: "localhost:8080", origin }, body: CALL });
      assert.equal(reply.status, status);
      assert.equal(reply.headers["access-control-allow-origin"], undefined);
    });
  }

  it("are served from origins that may, and cannot read it without CORS", async (t) => {
    const { address } = await serve(t, { http: { origins: ["https://app.example", "null"] } });
    for (const origin of ["https://app.example", "null"]) {
      const reply = await send(address, { headers: { origin }, body: CALL });
      assert.deepEqual([reply.status, reply.headers["access-control-allow-origin"]], [200, undefined]);
    }
    assert.equal((await send(address, { headers: { origin: "https://other.example" }, body: CALL })).status, 403);
    const preflight = { origin: "https://app.example", "access-control-request-method": "POST" };
    assert.equal((await send(address, { method: "OPTIONS", headers: preflight })).status, 405);
  });

  const cors = { origins: ["https://app.example"], headers: ["x-trace"], credentials: true, maxAge: 5 };
  const preflight = { origin: "https://app.example", "access-control-request-method": "POST" };

  it("may ask first, where there is CORS", async (t) => {
    const { address } = await serve(t, { http: { cors, authorize: () => assert.fail("it has nothing to show yet") } });
    const { status, headers, body } = await send(address, { method: "OPTIONS", headers: preflight });
    assert.deepEqual([status, body], [204, ""]);
    assert.equal(headers["access-control-allow-origin"], "https://app.example");
    assert.equal(headers["access-control-allow-methods"], "POST");
    assert.equal(headers["access-control-allow-headers"], "content-type, authorization, x-trace");
    assert.equal(headers["access-control-allow-credentials"], "true");
    assert.equal(headers["access-control-max-age"], "5");
    assert.equal(headers.vary, "origin");
    const plain = await send(address, { method: "OPTIONS" });
    assert.deepEqual([plain.status, plain.headers.allow], [405, "POST, OPTIONS"]);
  });

  it("can read the answers, errors too, where there is CORS", async (t) => {
    const { address } = await serve(t, { http: { cors }, limits: { messageBytes: 100 } });
    for (const [sent, status] of [
      [{ body: CALL }, 200],
      [{ body: "x".repeat(101) }, 413],
      [{ method: "GET" }, 405],
    ] as const) {
      const reply = await send(address, { ...sent, headers: { origin: "https://app.example" } });
      assert.deepEqual([reply.status, reply.headers["access-control-allow-origin"]], [status, "https://app.example"]);
    }
    const stranger = await send(address, { headers: { origin: "https://other.example" }, body: CALL });
    assert.deepEqual([stranger.status, stranger.headers["access-control-allow-origin"]], [403, undefined]);
    const program = await send(address, { body: CALL });
    assert.deepEqual([program.status, program.headers.vary], [200, "origin"]);
  });

  it("of any origin can, where that is said", async (t) => {
    const { address } = await serve(t, { http: { cors: { origins: ["*"] } } });
    const { status, headers } = await send(address, { headers: { origin: "https://other.example" }, body: CALL });
    assert.deepEqual([status, headers["access-control-allow-origin"], headers.vary], [200, "*", undefined]);
  });
});

describe("who may come in", () => {
  it("is decided by the head of each request, and handlers see what was decided", async (t) => {
    const { service } = watched();
    const heads: unknown[] = [];
    const { address } = await serve(
      t,
      {
        http: {
          authorize: async ({ url, headers, peer }) => {
            heads.push([url, headers.authorization, headers["x-twice"], peer.address, peer.tls]);
            return { user: headers.authorization };
          },
        },
      },
      service,
    );
    const headers = { authorization: "Bearer secret", "x-twice": "1" };
    const { body } = await send(address, { path: "/rpc?a=1", headers, body: callText("who") });
    const peer: PeerInfo = JSON.parse(body).result;
    assert.deepEqual([peer.transport, peer.address, peer.http?.auth], ["http", "127.0.0.1", { user: "Bearer secret" }]);
    assert.deepEqual([peer.http?.url, peer.http?.headers["x-twice"]], ["/rpc?a=1", "1"]);
    assert.deepEqual(heads, [["/rpc?a=1", "Bearer secret", "1", "127.0.0.1", undefined]]);
  });

  it("gets a status where it may not, and nothing is served", async (t) => {
    const { service, inFlight } = watched();
    const authorize = () => {
      throw new HttpStatusError(401, "who are you?", { headers: { "www-authenticate": 'Bearer realm="rpc"' } });
    };
    const { address, log } = await serve(t, { http: { authorize } }, service);
    const { status, headers, body } = await send(address, { body: callText("work") });
    assert.deepEqual([status, headers["www-authenticate"], body], [401, 'Bearer realm="rpc"', "who are you?\n"]);
    assert.deepEqual([inFlight(), log.lines()], [0, []]);
  });

  it("matters no more when the client leaves before that is decided", async (t) => {
    const { service, inFlight } = watched();
    const [asked, decided] = [gate(), gate()];
    const authorize = () => {
      asked.open();
      return decided.promise;
    };
    const { address, log } = await serve(t, { http: { authorize } }, service);
    // Half of it, and all of it.
    for (const part of [-5, undefined]) {
      const socket = await rawHttp(t, address);
      socket.write(post(callText("work")).slice(0, part));
      await asked.promise;
      socket.resetAndDestroy();
    }
    assert.equal((await send(address, { method: "GET" })).status, 405);
    decided.open();
    assert.equal((await send(address, { body: CALL })).status, 200);
    assert.deepEqual([service.inFlight, log.lines()], [0, []]);
    assert(inFlight() <= 1);
  });

  for (const [what, authorize] of [
    ["throws", () => assert.fail("a secret")],
    ["rejects", () => Promise.reject(new Error("a secret"))],
    ["refuses with what refuses nobody", () => Promise.reject(new HttpStatusError(200, "a secret"))],
  ] as const) {
    it(`gets 500 where the hook ${what}; the log knows why`, async (t) => {
      const { service, inFlight } = watched();
      const { address, log } = await serve(t, { http: { authorize } }, service);
      const { status, body } = await send(address, { body: callText("work") });
      assert.equal(status, 500);
      assert.doesNotMatch(body, /secret/);
      assert.equal(inFlight(), 0);
      await log.said(/was refused/);
    });
  }
});

describe("a handler over HTTP", () => {
  it("cannot call back, and is told so", async (t) => {
    const failures: unknown[] = [];
    const service = exampleService().addMethod(
      "back",
      async ({ connection }: CallContext) => {
        // Nobody looks at the outcome of this one.
        void connection?.notify("unseen");
        await connection?.call("forth").catch((error) => failures.push(error));
        await connection?.notify("forth").catch((error) => failures.push(error));
        return "done";
      },
      { context: true },
    );
    const { address, log } = await serve(t, {}, service);
    assert.equal(JSON.parse((await send(address, { body: callText("back") })).body).result, "done");
    assert.equal(failures.length, 2);
    for (const error of failures) {
      assert.deepEqual(
        [(error as { name: string }).name, (error as { outcome: string }).outcome],
        ["CannotPushError", "not-sent"],
      );
    }
    assert.match(String(log.lines()), /unseen was not sent: over http a server answers, and cannot call/);
  });

  it("hears when its client leaves", async (t) => {
    const { service, started } = watched();
    const { address } = await serve(t, {}, service);
    const socket = await rawHttp(t, address);
    socket.write(post(callText("work")));
    const signal = await started;
    socket.destroy();
    await aborted(signal);
    assert.match(String(signal.reason), /the client left before it was answered/);
    assert.equal(service.inFlight, 0);
  });

  it("hears it also where its answer would have to wait for others", async (t) => {
    const { service, started } = watched();
    const { address } = await serve(t, {}, service);
    const socket = await rawHttp(t, address);
    socket.write(post(callText("never")) + post(callText("work")));
    const signal = await started;
    socket.resetAndDestroy();
    await aborted(signal);
    assert.equal(service.inFlight, 0);
  });

  it("does not take a client that was answered for one that left", async (t) => {
    const { service, started, work } = watched();
    const { address } = await serve(t, {}, service);
    const socket = await rawHttp(t, address);
    // The answer to the batch does not wait for the notification in it.
    socket.write(post(`[${CALL},{"jsonrpc":"2.0","method":"work"}]`));
    const signal = await started;
    await readUntil(socket, (text) => text.includes(ANSWER.slice(0, 20)));
    socket.destroy();
    await gone(socket);
    await turns();
    assert.deepEqual([signal.aborted, service.inFlight], [false, 1]);
    work.open("done");
    await work.promise;
    await turns(1);
    assert.equal(service.inFlight, 0);
  });

  it("is timed out, cancelled and stopped as over any other connection", async (t) => {
    const { service, started } = watched();
    service.addMethod("slow", () => new Promise(() => {}), { timeout: 10 });
    const { address } = await serve(t, {}, service);
    assert.equal(JSON.parse((await send(address, { body: callText("slow") })).body).error.code, -32098);
    const asked = send(address, { body: callText("work") });
    await started;
    service.cancelPending();
    assert.equal(JSON.parse((await asked).body).error.code, -32098);
    await service.stopServing();
    assert.equal(JSON.parse((await send(address, { body: CALL })).body).error.code, -32097);
  });

  it("is one of as many as the limit lets in, whoever calls", async (t) => {
    const { service, started, work } = watched();
    const { address } = await serve(t, { limits: { inFlight: 2 } }, service);
    const asked = send(address, { body: callText("work") });
    await started;
    const busy = await send(address, { body: `[${callText("later", [1], 1)},${callText("later", [2], 2)}]` });
    const [error, result] = JSON.parse(busy.body);
    assert.deepEqual([error.error?.data, result.result], [{ limit: "inFlight", max: 2 }, 1]);
    work.open("done");
    assert.equal(JSON.parse((await asked).body).result, "done");
    assert.equal(JSON.parse((await send(address, { body: callText("later", [1]) })).body).result, 1);
  });
});

describe("a connection", () => {
  it("carries requests one after the other, and pipelined ones in order", async (t) => {
    const { address } = await serve(t);
    const socket = await rawHttp(t, address);
    socket.write(
      post(callText("later", ["first"])) + post(callText("echo", ["second"])) + post(callText("echo", ["third"])),
    );
    const text = await readUntil(socket, (text) => text.includes("third"));
    assert.deepEqual(text.match(/first|second|third/g), ["first", "second", "third"]);
    socket.write(post(callText("echo", ["fourth"])));
    assert.match(await readUntil(socket, (text) => text.includes("fourth")), /^HTTP\/1\.1 200/);
  });

  it("carries requests whose target is in the absolute form", async (t) => {
    const { address } = await serve(t);
    const socket = await rawHttp(t, address);
    for (const [target, status] of [
      [address, 200],
      ["HTTP://any.example/rpc?a=1", 200],
      ["http://any.example/other", 404],
      ["http://any.example?/rpc", 404],
    ] as const) {
      socket.write(post(CALL).replace("/rpc", target));
      assert.match(await readUntil(socket, (text) => /\}$|nothing here/.test(text)), new RegExp(`^HTTP/1.1 ${status}`));
    }
  });

  it("is watched for a reader who stops, in the middle of a pipelined answer too", async (t) => {
    const LARGE = 16 * 1024 * 1024;
    const handler = nodeHandler(exampleService().addMethod("large", () => "x".repeat(LARGE)));
    const pipelined = gate<ServerResponse>();
    let requests = 0;
    const address = await httpServer(t, (request, response) => {
      if (++requests === 2) pipelined.open(response);
      void handler(request, response);
    });
    const socket = await rawHttp(t, address);
    socket.pause();
    socket.write(post(callText("later", [1])) + post(callText("large")));
    const response = await pipelined.promise;
    if (!response.socket) await once(response, "socket");
    await turns(2);
    const theirs = response.socket as Socket;
    assert(theirs.writableLength > 0);
    assert.equal(theirs.timeout, 30_000);
    const text = await readUntil(socket, (text) => text.endsWith('"}'));
    assert(text.length > LARGE);
    // The client may have read it all before the server hears that it has gone.
    while (theirs.timeout === 30_000) await turns(1);
  });

  it("is kept when a request was refused before its body came, and the body is thrown away", async (t) => {
    const { address } = await serve(t, { limits: { messageBytes: 1_000 } });
    const socket = await rawHttp(t, address);
    const long = post("x".repeat(100_000));
    socket.write(long.slice(0, 500));
    assert.match(await readUntil(socket, (text) => text.includes("messageBytes")), /^HTTP\/1\.1 413/);
    socket.write(long.slice(500) + post(CALL));
    assert.match(await readUntil(socket, (text) => text.includes("result")), /^HTTP\/1\.1 200/);
  });

  it("is cut when the body that nobody reads goes on and on; the answer came first", async (t) => {
    const { address } = await serve(t, { limits: { messageBytes: 1_000 } });
    const socket = await rawHttp(t, address);
    socket.write(
      "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    let sent = 0;
    const pump = () => {
      while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
      sent += chunk.length;
    };
    socket.on("drain", pump);
    pump();
    const text = await readUntil(socket, (text) => text.includes("messageBytes"));
    assert.match(text, /^HTTP\/1\.1 413/);
    await gone(socket);
    assert(sent > 1_000);
  });

  it("is cut when the head of a request does not come, or its body", async (t) => {
    const { service, inFlight } = watched();
    const http = { requestTimeout: 60, headersTimeout: 30 };
    const { address } = await serve(t, { http }, service);
    const [head, body] = [await rawHttp(t, address), await rawHttp(t, address)];
    head.write("POST /rpc HT");
    body.write(post(callText("work")).slice(0, -5));
    await Promise.all([gone(head), gone(body)]);
    assert.equal(inFlight(), 0);
  });

  it("is let go when its client goes in the middle of a request, and nothing is served or said", async (t) => {
    const { service, inFlight } = watched();
    const { address, log } = await serve(t, {}, service);
    for (const part of [10, 60, -20, -1]) {
      const socket = await rawHttp(t, address);
      socket.write(post(callText("work")).slice(0, part));
      await turns(2);
      socket.destroy();
    }
    assert.equal((await send(address, { body: CALL })).status, 200);
    assert.deepEqual([inFlight(), log.lines()], [0, []]);
  });

  it("may be reset in the middle of an answer, or before it", async (t) => {
    const service = exampleService().addMethod("large", () => "x".repeat(8 * 1024 * 1024));
    const { address, log } = await serve(t, {}, service);
    for (const method of ["large", "later", "large"]) {
      const socket = await rawHttp(t, address);
      socket.write(post(callText(method, [1])) + post(callText(method, [1])));
      if (method === "large") await readUntil(socket, (text) => text.length > 100);
      socket.resetAndDestroy();
    }
    assert.equal((await send(address, { body: CALL })).status, 200);
    assert.deepEqual([service.inFlight, log.lines()], [0, []]);
  });

  for (const [what, bytes, expected] of [
    ["no HTTP", "surprise!\r\n\r\n", /^HTTP\/1\.1 400/],
    ["netstrings", '5:hello,{"jsonrpc":"2.0"}\n\n', /^HTTP\/1\.1 400/],
    ["no host", "POST /rpc HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400/],
    ["two lengths", post(CALL, "Content-Length: 5\r\n"), /^HTTP\/1\.1 400/],
    ["a length and chunks", post(CALL, "Transfer-Encoding: chunked\r\n"), /^HTTP\/1\.1 400/],
    ["a head without end", `POST /rpc HTTP/1.1\r\nX: ${"x".repeat(100_000)}`, /^HTTP\/1\.1 431/],
    ["a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", /^HTTP\/1\.1 400/],
  ] as const) {
    it(`is ended when it brings ${what}, and the others go on`, async (t) => {
      const { address } = await serve(t);
      const socket = await rawHttp(t, address);
      const read = readUntil(socket, () => false);
      socket.write(bytes);
      assert.match(await read, expected);
      assert.equal((await send(address, { body: CALL })).status, 200);
    });
  }
});

describe("closing a server over HTTP", () => {
  it("lets what is in flight finish, refuses what is new, and ends its connections", async (t) => {
    const { service, started, work } = watched();
    const server = await serve(t, {}, service);
    const [busy, idle, half, silent] = [
      await rawHttp(t, server.address),
      await rawHttp(t, server.address),
      await rawHttp(t, server.address),
      await rawHttp(t, server.address),
    ];
    idle.write(post(CALL));
    await readUntil(idle, (text) => text.includes("result"));
    half.write(post(CALL).slice(0, -5));
    busy.write(post(callText("work")));
    await started;
    const othersGone = [gone(half), gone(silent)];
    const closed = server.close();
    const state = watch(closed);
    idle.write(post(CALL));
    const refusal = await readUntil(idle, () => false);
    assert.match(refusal, /connection: close.*"code":-32097.*"reason":"draining"/is);
    const read = readUntil(busy, () => false);
    busy.write(post(callText("echo", [1], 2)));
    await turns();
    assert.equal(state.settled, false);
    work.open("done");
    const text = await read;
    assert.match(text, /^HTTP\/1\.1 200.*"result":"done"/s);
    assert.match(text, /connection: close/i);
    await Promise.all([closed, ...othersGone]);
    await assert.rejects(send(server.address, { body: CALL }), { code: "ECONNREFUSED" });
    assert.equal(service.inFlight, 0);
  });

  it("refuses with what tells that it was not executed and may be tried elsewhere", async (t) => {
    const { service, started, work } = watched();
    const server = await serve(t, {}, service);
    const client = clientOf(t, server.address);
    // A connection that is there when the server closes, and is not idle: its request is on its way.
    const socket = await rawHttp(t, server.address);
    const text = post(callText("echo", [1], 2));
    socket.write(text.slice(0, -5));
    const call = client.call("work");
    await started;
    await turns();
    const closed = server.close();
    const read = readUntil(socket, () => false);
    socket.write(text.slice(-5));
    const answer = await read;
    assert.match(answer, /^HTTP\/1\.1 200/);
    const { error } = JSON.parse(answer.slice(answer.indexOf("{")));
    assert(isDraining(new ServiceUnavailableError(error.data)));
    assert.equal(error.code, -32097);
    work.open("done");
    assert.equal(await call, "done");
    await closed;
  });

  it("answers what does not finish in time with -32098 and aborts it", async (t) => {
    const { service, started } = watched();
    const server = await serve(t, {}, service);
    const asked = send(server.address, { body: callText("work") });
    const signal = await started;
    await server.close({ timeout: 1 });
    assert.equal(JSON.parse((await asked).body).error.code, -32098);
    assert(signal.aborted);
  });

  it("waits for a slow reader of the last answer, for a while", async (t) => {
    const LARGE = 16 * 1024 * 1024;
    const service = exampleService().addMethod("large", () => "x".repeat(LARGE));
    const server = await serve(t, {}, service);
    const socket = await rawHttp(t, server.address);
    socket.pause();
    socket.write(post(callText("large")));
    // Behind it, so that its answer is on its way.
    assert.equal((await send(server.address, { body: CALL })).status, 200);
    const closed = server.close();
    await assert.rejects(send(server.address, { body: CALL }), { code: "ECONNREFUSED" });
    const text = await readUntil(socket, () => false);
    assert(text.length > LARGE);
    assert(text.endsWith('"}'));
    await closed;
  });

  it("loses no answer under load", async (t) => {
    const server = await serve(t);
    const client = clientOf(t, server.address, { http: { concurrency: 20 } });
    const outcomes: string[] = [];
    let answered = 0;
    const enough = gate();
    const note = (outcome: string) => {
      outcomes.push(outcome);
      if (++answered === 100) enough.open();
    };
    const calls = Array.from({ length: 500 }, (_, at) =>
      client.call("later", [at]).then(
        (value) => note(value === at ? "answered" : "mixed up"),
        (error) => note(isDraining(error) ? "refused" : `${error.name} ${error.outcome}`),
      ),
    );
    await enough.promise;
    await server.close();
    await Promise.all(calls);
    assert.equal(outcomes.length, 500);
    const kinds = new Set(outcomes);
    assert(kinds.has("answered"));
    // A request that meets a connection's end on its way may be lost, which its outcome says.
    for (const kind of kinds) {
      assert(["answered", "refused", "DialError not-sent", "ConnectionLostError unknown"].includes(kind), kind);
    }
    assert.equal(client.pending, 0);
  });

  it("is known to no connection: exchanges are none", async (t) => {
    const server = await serve(t);
    server.on("connection", () => assert.fail("there is no connection"));
    assert.equal((await send(server.address, { body: CALL })).status, 200);
    assert.equal(server.connections.size, 0);
    await rejection(clientOf(t, `${server.address}x`).call("echo", [1]), Error);
  });
});
