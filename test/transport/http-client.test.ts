/** What a client over HTTP makes of servers that are not as they should be. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import type { ClientOptions } from "../../src/client/options.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { listen } from "../../src/server/server.ts";
import { FakeClock } from "../../src/testing/index.ts";
import type { HttpDialOptions } from "../../src/transport/http/options.ts";
import { HttpStatusError } from "../../src/transport/status-error.ts";
import { cleanUp } from "../support/cleanup.ts";
import { httpServer } from "../support/http.ts";
import { Log } from "../support/log.ts";
import { exampleService, clientOf as plainClientOf } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

const run = promisify(execFile);

const JSON_TYPE = { "content-type": "application/json" };

/** Answers everything with a status, headers and a body in which ID is the request's. */
function always(status: number, headers: Record<string, string>, body = ""): RequestListener {
  return async (request, response) => {
    const id = await idOf(request);
    response.writeHead(status, headers).end(body.replaceAll("ID", String(id)));
  };
}

async function idOf(request: AsyncIterable<Buffer>): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += chunk;
  const message = JSON.parse(text);
  return Array.isArray(message) ? message[0].id : message.id;
}

/** A server on bare sockets. */
async function bareServer(test: TestContext, accept: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    accept(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`;
}

const result = '{"jsonrpc":"2.0","id":ID,"result":"right"}';
const error = '{"jsonrpc":"2.0","id":ID,"error":{"code":7,"message":"no"}}';
const complaint = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}';
const html = { "content-type": "text/html; charset=utf-8" };

/** The same by whatever sends the requests. */
function clientSuite(by: string, sending: HttpDialOptions): void {
  const clientOf = (test: TestContext, address: string, options: ClientOptions = {}) =>
    plainClientOf(test, address, { ...options, http: { ...sending, ...options.http } });

  describe(`by ${by}, an answer over HTTP is taken`, () => {
    for (const [what, status, headers] of [
      ["as it should be", 200, JSON_TYPE],
      ["as aria2 sends errors", 400, { "content-type": "application/json-rpc" }],
      ["with a status of the server's own trouble", 500, JSON_TYPE],
      ["with a status that asks who calls", 401, JSON_TYPE],
      ["with a status of success that is unusual", 202, { "content-type": "application/json; charset=utf-8" }],
      ["without a type", 200, {}],
      ["from a redirect", 302, { ...JSON_TYPE, location: "http://127.0.0.1:1/" }],
    ] as const) {
      it(what, async (t) => {
        const client = clientOf(t, await httpServer(t, always(status, headers, result)));
        assert.equal(await client.call("m"), "right");
        const refusing = clientOf(t, await httpServer(t, always(status, headers, error)));
        assert.equal((await rejection(refusing.call("m"), RpcError)).code, 7);
      });
    }

    it("as an error without an id, which means the only message there is", async (t) => {
      const client = clientOf(t, await httpServer(t, always(400, JSON_TYPE, complaint)));
      const batch = client.batch();
      const calls = [client.call("a"), client.call("b"), client.notify("c"), batch.call("d"), batch.call("e")];
      const failures = Promise.all(calls.map((call) => rejection(call, RpcError)));
      await batch.send();
      for (const { code } of await failures) assert.equal(code, -32700);
    });

    it("as text that fetch has decompressed", async (t) => {
      const { gzipSync } = await import("node:zlib");
      const address = await httpServer(t, async (request, response) => {
        const id = await idOf(request);
        response
          .writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" })
          .end(gzipSync(result.replace("ID", String(id))));
      });
      assert.equal(await clientOf(t, address, { http: { fetch } }).call("m"), "right");
    });
  });

  describe(`by ${by}, an answer over HTTP that is none rejects its call alone, and at once`, () => {
    const rows: readonly (readonly [
      what: string,
      listener: RequestListener,
      says: RegExp,
      status?: number,
      excerpt?: string,
    ])[] = [
      [
        "an error page",
        always(502, html, "<h1>Bad Gateway</h1>"),
        /HTTP 502, "text\/html; charset=utf-8"/,
        502,
        "<h1>Bad Gateway</h1>",
      ],
      ["a page in good order", always(200, html, "<h1>Log in</h1>"), /HTTP 200, "text\/html/, 200, "<h1>Log in</h1>"],
      ["a long page", always(503, html, "x".repeat(100_000)), /HTTP 503/, 503, "x".repeat(1_000)],
      [
        "a text that would be one, of another type",
        always(200, { "content-type": "text/plain" }, result),
        /HTTP 200, "text\/plain"/,
        200,
      ],
      ["a status and nothing else", always(401, { "www-authenticate": "Basic" }), /it is HTTP 401/, 401, ""],
      ["a status of JSON and nothing else", always(500, JSON_TYPE), /it is HTTP 500/, 500],
      ["a redirect", always(307, { location: "/elsewhere" }), /a redirect \(HTTP 307\), which is not followed/, 307],
      ["nothing", always(200, JSON_TYPE), /there is none/],
      ["no content", always(204, {}), /there is none/],
      ["no JSON", always(200, JSON_TYPE, "surprise!"), /it is no JSON$/],
      ["half of it", always(200, JSON_TYPE, result.slice(0, -3)), /it is no JSON$/],
      [
        "no UTF-8",
        (_, response) => void response.writeHead(200, JSON_TYPE).end(Buffer.from([0x22, 0xff, 0x22])),
        /not UTF-8/,
      ],
      ["no JSON-RPC", always(200, JSON_TYPE, '{"error":"no"}'), /it leaves this call out/],
      ["no object", always(200, JSON_TYPE, "null"), /it is no JSON-RPC 2.0/],
      ["a request", always(200, JSON_TYPE, '{"jsonrpc":"2.0","id":ID,"method":"m"}'), /it leaves this call out/],
      ["another id", always(200, JSON_TYPE, '{"jsonrpc":"2.0","id":77,"result":0}'), /it leaves this call out/],
      [
        "the id as a string",
        always(200, JSON_TYPE, '{"jsonrpc":"2.0","id":"ID","result":0}'),
        /it leaves this call out/,
      ],
      ["no id", always(200, JSON_TYPE, '{"jsonrpc":"2.0","result":0}'), /it leaves this call out/],
      ["an empty batch", always(200, JSON_TYPE, "[]"), /it is no JSON-RPC 2.0/],
      ["another version", always(200, JSON_TYPE, '{"id":ID,"result":0}'), /"jsonrpc": "2.0"/],
      [
        "a result and an error",
        always(200, JSON_TYPE, '{"jsonrpc":"2.0","id":ID,"result":0,"error":{"code":1,"message":"m"}}'),
        /both/,
      ],
      [
        "too much, as announced",
        always(200, JSON_TYPE, JSON.stringify("x".repeat(20_000))),
        /limits.messageBytes, 10000/,
      ],
      ["too much without end", (_, response) => pour(response), /limits.messageBytes, 10000/],
    ];
    for (const [what, listener, says, status, excerpt] of rows) {
      it(what, async (t) => {
        const client = clientOf(t, await httpServer(t, listener), { timeout: 0, limits: { messageBytes: 10_000 } });
        const failure = await rejection(client.call("m"), InvalidResponseError);
        assert.match(failure.message, says);
        assert.equal(failure.outcome, "unknown");
        if (status !== undefined) {
          assert(failure.cause instanceof HttpStatusError);
          assert.equal(failure.cause.status, status);
          if (excerpt !== undefined) assert.equal(failure.cause.excerpt, excerpt);
        }
        assert.equal(client.pending, 0);
      });
    }

    /** Says a body that never ends, as fast as it is read. */
    function pour(response: ServerResponse): void {
      response.writeHead(200, JSON_TYPE);
      const chunk = "x".repeat(10_000);
      const go = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", go);
      go();
    }

    it("as a batch that leaves some out, and has some of nobody's", async (t) => {
      const answers = `[${result},{"jsonrpc":"2.0","id":77,"result":0},${result},5]`;
      const client = clientOf(t, await httpServer(t, always(200, JSON_TYPE, answers)), { timeout: 0 });
      const batch = client.batch();
      const [first, second] = [batch.call("a"), batch.call("b")];
      const third = batch.notify("c");
      await batch.send();
      assert.equal(await first, "right");
      assert.match((await rejection(second, InvalidResponseError)).message, /it leaves this call out/);
      await third;
      assert.equal(client.log.lines().filter((line) => /no call awaits/.test(line)).length, 2);
      assert.equal(client.log.lines().filter((line) => /no answer/.test(line)).length, 1);
    });
  });

  describe("a notification over HTTP", () => {
    for (const [what, status, headers, body] of [
      ["nothing", 204, {}, ""],
      ["nothing, with a type", 200, JSON_TYPE, ""],
      ["what stands for nothing", 202, { "content-type": "text/plain" }, "Accepted"],
      ["more than it should be", 200, JSON_TYPE, '{"jsonrpc":"2.0","id":7,"result":0}'],
    ] as const) {
      it(`is sent when the server answers ${what}`, async (t) => {
        await clientOf(t, await httpServer(t, always(status, headers, body))).notify("n");
      });
    }

    for (const [what, status, headers, body] of [
      ["in words", 503, html, "<h1>Later</h1>"],
      ["in JSON", 403, JSON_TYPE, '{"message":"Forbidden"}'],
      ["in what it says is JSON", 500, JSON_TYPE, "oops"],
      ["without saying what it is", 401, {}, "who are you?"],
    ] as const) {
      it(`is not when the server refuses it ${what}, nor is a call`, async (t) => {
        const client = clientOf(t, await httpServer(t, always(status, headers, body)));
        for (const sent of [client.notify("n"), client.call("n")]) {
          const { cause } = await rejection(sent, InvalidResponseError);
          assert.equal((cause as HttpStatusError).status, status);
          assert.equal((cause as HttpStatusError).excerpt, body);
        }
        assert.match(String(client.log.lines()), /the notification n was not sent/);
      });
    }
  });

  describe(`by ${by}, a connection over HTTP that fails`, () => {
    it("before it is made: the call was not sent", async (t) => {
      const server = await listen(exampleService(), "http://127.0.0.1:0/rpc", { logger: new Log() });
      await server.close();
      const client = clientOf(t, server.address);
      const failure = await rejection(client.call("m"), DialError);
      assert.equal(failure.outcome, "not-sent");
      assert.equal((failure.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
      await rejection(client.notify("m"), DialError);
      const batch = client.batch();
      const member = batch.call("m");
      await batch.send();
      await rejection(member, DialError);
    });

    it("before it is made, at a port that fetch never talks to: the call was not sent", async (t) => {
      const failure = await rejection(clientOf(t, "http://127.0.0.1:1/", { http: { fetch } }).call("m"), DialError);
      assert.match(failure.message, /bad port/);
    });

    it("before it is made, by a name that nobody has: the call was not sent", async (t) => {
      const client = clientOf(t, "http://nobody.invalid/rpc");
      assert.equal((await rejection(client.call("m"), DialError)).outcome, "not-sent");
    });

    const failures: Record<string, (socket: Socket) => void> = {
      "at once": (socket) => void socket.destroy(),
      "when the request is there": (socket) => void socket.once("data", () => socket.destroy()),
      "with a reset": (socket) => void socket.once("data", () => socket.resetAndDestroy()),
      "in the head of the answer": (socket) =>
        void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-")),
      "in the body of the answer": (socket) =>
        void socket.once("data", () =>
          socket.end("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"),
        ),
      "in a chunk of the answer": (socket) =>
        void socket.once("data", () =>
          socket.end("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
        ),
      "with what is no HTTP": (socket) => void socket.once("data", () => socket.end('5:hello,{"jsonrpc":"2.0"}\n')),
      "with a head that has no end": (socket) =>
        void socket.once("data", () => {
          const pour = () => {
            while (!socket.destroyed && socket.write(`X-${"x".repeat(1_000)}: 1\r\n`));
          };
          socket.write("HTTP/1.1 200 OK\r\n");
          socket.on("drain", pour);
          pour();
        }),
    };
    for (const [when, accept] of Object.entries(failures)) {
      it(`${when}: nobody can know what became of the call`, async (t) => {
        const client = clientOf(t, await bareServer(t, accept), { timeout: 0 });
        const failure = await rejection(client.call("m"), ConnectionLostError);
        assert.equal(failure.outcome, "unknown");
        assert(failure.cause instanceof DisconnectError);
        assert.equal(failure.cause.kind, "lost");
        assert.equal(client.pending, 0);
      });
    }
  });

  describe(`by ${by}, a client over HTTP`, () => {
    it("sends what the specification asks for", async (t) => {
      const seen: unknown[] = [];
      const address = await httpServer(t, async (request, response) => {
        const { "content-type": type, accept, "content-length": length } = request.headers;
        seen.push([request.method, request.url, type, accept, length]);
        const id = await idOf(request);
        response.writeHead(200, JSON_TYPE).end(result.replace("ID", String(id)));
      });
      await clientOf(t, `${address}?tenant=7`).call("m");
      assert.deepEqual(seen, [["POST", "/rpc?tenant=7", "application/json", "application/json", "37"]]);
    });

    it("keeps connections", async (t) => {
      const sockets = new Set<unknown>();
      const address = await httpServer(t, async (request, response) => {
        sockets.add(request.socket);
        const id = await idOf(request);
        if (id === undefined) response.writeHead(202, html).end("<p>Accepted</p>");
        else response.writeHead(200, JSON_TYPE).end(result.replace("ID", String(id)));
      });
      const client = clientOf(t, address);
      for (let at = 0; at < 5; at++) {
        await client.call("m");
        await client.notify("n");
      }
      // fetch may take a second one while it puts the first away.
      assert(sockets.size <= 2, `${sockets.size} connections for 10 requests`);
    });

    it("has no more requests under way than it is told, and the others wait within their timeouts", async (t) => {
      const waiting: ServerResponse[] = [];
      const [two, four] = [gate(), gate()];
      let most = 0;
      let going = 0;
      const address = await httpServer(t, async (request, response) => {
        const id = await idOf(request);
        most = Math.max(most, ++going);
        response.on("close", () => going--);
        response.writeHead(200, JSON_TYPE);
        response.write(result.replace("ID", String(id)));
        waiting.push(response);
        if (waiting.length === 2) two.open();
        if (waiting.length === 4) four.open();
      });
      const client = clientOf(t, address, { http: { concurrency: 2 } });
      const calls = Array.from({ length: 4 }, () => client.call("m"));
      await two.promise;
      await assert.rejects(client.call("late", [], { timeout: 1 }), { name: "CallTimeoutError", outcome: "not-sent" });
      const controller = new AbortController();
      const aborted = assert.rejects(client.call("off", [], controller), { name: "AbortError", outcome: "not-sent" });
      controller.abort();
      await aborted;
      for (const response of waiting.splice(0)) response.end();
      await two.promise;
      while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
      for (const response of waiting) response.end();
      await Promise.all(calls);
      assert.equal(most, 2);
    });

    describe("sends headers", () => {
      async function seenBy(test: TestContext, options: object, credentials = "") {
        const seen: (string | undefined)[] = [];
        const address = await httpServer(test, async (request, response) => {
          seen.push(request.headers["x-own"] as string | undefined, request.headers.authorization);
          const id = await idOf(request);
          response.writeHead(200, JSON_TYPE).end(result.replace("ID", String(id)));
        });
        return { seen, client: clientOf(test, address.replace("//", `//${credentials}`), { http: options }) };
      }

      it("that are always the same", async (t) => {
        const { seen, client } = await seenBy(t, { headers: { "X-Own": "mine" } });
        await client.call("m");
        assert.deepEqual(seen, ["mine", undefined]);
      });

      it("that are made for each request", async (t) => {
        let count = 0;
        const headers = async () => ({ authorization: `Bearer ${++count}` });
        const { seen, client } = await seenBy(t, { headers });
        await client.call("m");
        await client.call("m");
        assert.deepEqual(seen, [undefined, "Bearer 1", undefined, "Bearer 2"]);
      });

      it("and nothing when they cannot be made", async (t) => {
        const failure = new Error("the token has run out");
        const { seen, client } = await seenBy(t, { headers: () => Promise.reject(failure) });
        const error = await rejection(client.call("m"), DialError);
        assert.equal(error.outcome, "not-sent");
        assert.match(error.message, /the token has run out/);
        assert.deepEqual(seen, []);
      });

      it("and nothing when they were made too late", async (t) => {
        const made = gate<Record<string, string>>();
        const asked = gate();
        const headers = () => {
          asked.open();
          return made.promise;
        };
        const { seen, client } = await seenBy(t, { headers });
        const late = assert.rejects(client.call("m", [], { timeout: 20 }), { name: "CallTimeoutError" });
        await asked.promise;
        await late;
        made.open({ "x-own": "mine" });
        assert.equal(await client.call("m"), "right");
        assert.deepEqual(seen, ["mine", undefined], "one request");
      });

      it("with the user and password of the address, which nobody else gets to see", async (t) => {
        const { seen, client } = await seenBy(t, {}, "me:p%C3%A4ss@");
        client.log.debug("");
        await client.call("m");
        assert.deepEqual(seen, [undefined, `Basic ${Buffer.from("me:päss").toString("base64")}`]);
        await client.close();
        const refused = clientOf(t, "http://me:secret@127.0.0.1:1/");
        const error = await rejection(refused.call("m"), DialError);
        const told = [client.log, refused.log].flatMap(({ entries }) => entries.map(({ message }) => message));
        assert.doesNotMatch(
          [error.message, error.address, client.address, refused.address, ...told].join(),
          /päss|%C3|secret/,
        );
        assert(told.length > 0);
      });

      it("of its own rather than those", async (t) => {
        const { seen, client } = await seenBy(t, { headers: { authorization: "Bearer mine" } }, "me:pass@");
        await client.call("m");
        assert.deepEqual(seen, [undefined, "Bearer mine"]);
      });
    });

    for (const how of ["times out", "is aborted"] as const) {
      it(`gives up the request when its call ${how}, and that alone`, async (t) => {
        const [arrived, left] = [gate(), gate()];
        const address = await httpServer(t, async (request, response) => {
          const id = await idOf(request);
          if (id !== 1) {
            response.writeHead(200, JSON_TYPE).end(result.replace("ID", String(id)));
            return;
          }
          response.once("close", () => left.open());
          arrived.open();
        });
        const clock = new FakeClock();
        const client = clientOf(t, address, { clock, timeout: 0 });
        const controller = new AbortController();
        const options = how === "times out" ? { timeout: 50 } : { signal: controller.signal };
        const call = client.call("m", [], options);
        const name = how === "times out" ? "CallTimeoutError" : "AbortError";
        const rejected = assert.rejects(call, { name, outcome: "unknown" });
        await arrived.promise;
        if (how === "times out") clock.advance(50);
        else controller.abort();
        await Promise.all([rejected, left.promise]);
        assert.equal(await client.call("m"), "right");
      });
    }

    it("that has a service is told that nobody can call it", async (t) => {
      const client = clientOf(t, await httpServer(t, always(200, JSON_TYPE, result)), { service: exampleService() });
      await client.call("m");
      assert.match(String(client.log.lines()), /http.*cannot call.*service/);
    });
  });
}

clientSuite("Node.js", {});
clientSuite("fetch", { fetch });

describe("over Node.js' own HTTP", () => {
  it("an answer that is compressed, which nobody asked for, is none", async (t) => {
    const seen: unknown[] = [];
    const listener: RequestListener = (request, response) => {
      seen.push(request.headers["accept-encoding"]);
      response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" }).end("whatever");
    };
    const failure = await rejection(plainClientOf(t, await httpServer(t, listener)).call("m"), InvalidResponseError);
    assert.match(failure.message, /it is encoded as "gzip"/);
    assert.deepEqual(seen, ["identity"]);
  });

  it("an idle connection that the server has closed is not used again", async (t) => {
    const address = await httpServer(t, (request, response) => {
      void idOf(request).then((id) => {
        response.writeHead(200, JSON_TYPE).end(result.replace("ID", String(id)));
        response.on("close", () => request.socket.end());
      });
    });
    const client = plainClientOf(t, address);
    for (let at = 0; at < 5; at++) {
      assert.equal(await client.call("m"), "right");
      await turns(20);
    }
  });

  it("keeps no process alive that has an idle connection only", async (t) => {
    const address = await httpServer(t, (request, response) => {
      void idOf(request).then((id) => response.writeHead(200, JSON_TYPE).end(result.replace("ID", String(id))));
    });
    const program = `import { Client } from ${JSON.stringify(String(new URL("../../src/index.ts", import.meta.url)))};
      console.log(await new Client(${JSON.stringify(address)}).call("m"));`;
    const { stdout } = await run(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
    assert.equal(stdout, "right\n");
  });
});
