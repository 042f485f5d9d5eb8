/** How answers of HTTP/1.1 are read off a connection, whatever pieces they come in. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { BodyReader } from "../../src/transport/http/client/body-reader.ts";
import { readHead } from "../../src/transport/http/client/response-head.ts";
import { cleanUp } from "../support/cleanup.ts";
import { readUntil } from "../support/http.ts";
import { clientOf } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

describe("a body over HTTP", () => {
  /** Reads it in pieces; gives the body and how many bytes stand behind it. */
  function read(length: number | "chunked" | "until close", pieces: readonly string[]) {
    const reader = new BodyReader(length);
    let body = "";
    let behind = 0;
    for (const piece of pieces) {
      const bytes = Buffer.from(piece, "latin1");
      const end = reader.read(bytes, (part) => {
        body += part.toString("latin1");
        return true;
      });
      behind += bytes.length - end;
    }
    return { body, behind, isOver: reader.isOver };
  }

  function inTwo(text: string): (readonly string[])[] {
    return Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);
  }

  for (const [what, length, text, expected] of [
    ["of a length", 5, "hello", { body: "hello", behind: 0, isOver: true }],
    ["of no length", 0, "", { body: "", behind: 0, isOver: true }],
    ["with something behind it", 5, "helloHTTP", { body: "hello", behind: 4, isOver: true }],
    ["that breaks off", 5, "hell", { body: "hell", behind: 0, isOver: false }],
    ["in chunks", "chunked", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", { body: "hello!", behind: 0, isOver: true }],
    [
      "in chunks with extensions, trailers and something behind it",
      "chunked",
      "A;x=y\r\n0123456789\r\n0 ;z\r\nA: b\r\nC: d\r\n\r\nH",
      { body: "0123456789", behind: 1, isOver: true },
    ],
    ["in chunks that break off", "chunked", "5\r\nhello\r\n", { body: "hello", behind: 0, isOver: false }],
    ["that ends with its connection", "until close", "all of it", { body: "all of it", behind: 0, isOver: false }],
  ] as const) {
    it(`${what} is read, wherever it is cut`, () => {
      for (const pieces of [...inTwo(text), [...text]]) assert.deepEqual(read(length, pieces), expected);
    });
  }

  for (const [what, text] of [
    ["a chunk that is longer than it says", "1\r\nab\r\n"],
    ["a chunk without a length", "\r\n"],
    ["a length that is none", "g\r\n"],
    ["a negative length", "-1\r\n"],
    ["a length of too many digits", "00000000000001\r\n"],
    ["a line that ends in a line feed only", "1\na\r\n"],
    ["an extension without end", `1;${"x".repeat(2_000)}`],
    ["a trailer without end", `0\r\n${"a: b\r\n".repeat(5_000)}`],
  ] as const) {
    it(`is none with ${what}`, () => {
      for (const pieces of [[text], [...text]]) assert.throws(() => read("chunked", pieces), /the answer|chunk/);
    });
  }
});

describe("a head over HTTP", () => {
  const head = (...lines: string[]) => readHead(lines.join("\r\n"));

  it("says how its body ends, and whether the connection is kept", () => {
    const ok = "HTTP/1.1 200 OK";
    for (const [lines, length, isKept] of [
      [[ok, "Content-Length: 7"], 7, true],
      [[ok, "CONTENT-LENGTH:7 ", "Connection: keep-alive"], 7, true],
      [[ok, "Transfer-Encoding: Chunked"], "chunked", true],
      [[ok, "Content-Length: 7", "Connection: Close"], 7, false],
      [[ok, "Content-Length: 7", "Connection: x, close"], 7, false],
      [["HTTP/1.0 200 OK", "Content-Length: 7"], 7, false],
      [[ok], "until close", false],
      [["HTTP/1.1 204 No Content"], 0, true],
      [["HTTP/1.1 304"], 0, true],
    ] as const) {
      const { length: found, isKept: kept } = head(...lines);
      assert.deepEqual([found, kept], [length, isKept], String(lines));
    }
    assert.equal(head(ok, "Keep-Alive: timeout=5, max=100").keptFor, 5);
    assert.equal(head(ok, "__proto__: x", "constructor: y").keptFor, undefined);
  });

  for (const lines of [
    ["HTTP/2 200 OK"],
    ["HTTP/1.1 2000 OK"],
    ["HTTP/1.1 099 OK"],
    [" HTTP/1.1 200 OK"],
    [""],
    ["HTTP/1.1 200 OK", "no colon"],
    ["HTTP/1.1 200 OK", "space : x"],
    ["HTTP/1.1 200 OK", " folded: x"],
    ["HTTP/1.1 200 OK", "a: b\nc: d"],
    ["HTTP/1.1 200 OK", "Content-Length: -1"],
    ["HTTP/1.1 200 OK", "Content-Length: 1", "Content-Length: 2"],
    ["HTTP/1.1 200 OK", "Content-Length: 9999999999999999"],
    ["HTTP/1.1 200 OK", "Content-Length: 1", "Transfer-Encoding: chunked"],
    ["HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked"],
  ]) {
    it(`is none: ${JSON.stringify(lines)}`, () => assert.throws(() => head(...lines), Error));
  }
});

describe("a connection that is kept", () => {
  /** Answers each request with the next of these, and counts connections. */
  async function serve(test: TestContext, answers: readonly ((id: string) => readonly string[])[]) {
    const sockets: Socket[] = [];
    let next = 0;
    const server = createServer((socket) => {
      sockets.push(socket.on("error", () => {}));
      socket.on("data", (request) => {
        const id = /"id":(\d+)/.exec(request.toString())?.[1] ?? "null";
        for (const piece of answers[next++]?.(id) ?? []) socket.write(piece);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp(test, () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets };
  }

  const body = (id: string) => `{"jsonrpc":"2.0","id":${id},"result":${id}}`;
  const whole = (id: string, fields = "") =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${body(id).length}\r\n${fields}\r\n${body(id)}`;

  for (const [what, answer, isKept] of [
    ["after a whole answer", (id) => [whole(id)], true],
    ["after one that came byte by byte", (id) => [...whole(id)], true],
    [
      "after interim ones",
      (id) => ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", whole(id)],
      true,
    ],
    ["unless it says so", (id) => [whole(id, "Connection: close\r\n")], false],
    ["unless the server keeps it for no time", (id) => [whole(id, "Keep-Alive: timeout=1\r\n")], false],
    ["unless more came than the answer", (id) => [`${whole(id)}HTTP/1.1 200 OK\r\n\r\n`], false],
  ] as const satisfies [string, (id: string) => readonly string[], boolean][]) {
    it(`carries the next request ${what}`, async (t) => {
      const { address, sockets } = await serve(t, [answer, answer, answer]);
      const client = clientOf(t, address);
      for (let count = 0; count < 3; count++) assert.equal(typeof (await client.call("m")), "number");
      assert.equal(sockets.length, isKept ? 1 : 3);
    });
  }

  it("is lost with an answer that switches to another protocol, or has no end of a head", async (t) => {
    for (const answer of ["HTTP/1.1 101 Switching Protocols\r\n\r\n", `HTTP/1.1 200 OK\r\nA: ${"x".repeat(20_000)}`]) {
      const { address } = await serve(t, [() => [answer]]);
      assert.match((await rejection(clientOf(t, address).call("m"), Error)).name, /ConnectionLostError/);
    }
  });

  it("is not used for what follows a refusal that came before the request had gone", async (t) => {
    const { address, sockets } = await serve(t, [
      () => ["HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"],
      (id) => [whole(id)],
    ]);
    const client = clientOf(t, address, { limits: { messageBytes: 64 * 1024 * 1024 } });
    const refused = client.call("m", ["x".repeat(32 * 1024 * 1024)], { timeout: 0 });
    await assert.rejects(refused, { name: /InvalidResponseError|ConnectionLostError/ });
    assert.equal(sockets.length, 1);
  });

  it("sends what is no ASCII in UTF-8, and says how many bytes it is", async (t) => {
    const seen: string[] = [];
    const server = createServer(async (socket) => {
      seen.push(await readUntil(socket, (text) => text.endsWith("]}")));
      socket.end(whole("1"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp(t, () => server.close());
    const client = clientOf(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await client.call("m", ["€é😀"]);
    const [head, sent] = (seen[0] as string).split("\r\n\r\n");
    // What came was kept byte by byte.
    assert.match(Buffer.from(sent as string, "latin1").toString(), /"€é😀"/);
    assert.match(head as string, new RegExp(`content-length: ${sent?.length}$`));
  });
});

describe("headers that a request decides by itself", () => {
  for (const name of ["Content-Length", "Transfer-Encoding", "Connection"]) {
    it(`are refused: ${name}`, async (t) => {
      const client = clientOf(t, "http://127.0.0.1:9/", { http: { headers: { [name]: "1" } } });
      await assert.rejects(client.call("m"), /expected no .* in the option http.headers/);
    });
  }
});
