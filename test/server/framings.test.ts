/** Calls over every framing, byte for byte, and what becomes of a connection whose peer breaks it. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { listen } from "../../src/server/server.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { readAll } from "../support/read-all.ts";
import { clientOf, exampleService } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

async function serveFramed(test: TestContext, address: string) {
  const log = new Log();
  const server = await listen(exampleService(), address, { logger: log, limits: { messageBytes: 100 } });
  cleanUp(test, () => server.close({ timeout: 0 }));
  return Object.assign(server, { log });
}

/** All that a server answers to bytes, on a connection of their own. */
function ask(test: TestContext, address: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  cleanUp(test, () => socket.destroy());
  socket.end(bytes);
  return readAll(socket);
}

const NO_MESSAGE = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}';

for (const framing of ["netstring", "content-length", "newline"]) {
  describe(`a server and a client by ${framing}`, { timeout: 20_000 }, () => {
    it("call each other", async (t) => {
      const server = await serveFramed(t, `tcp://127.0.0.1:0?framing=${framing}`);
      const client = clientOf(t, server.address, { service: exampleService() });
      assert.equal(await client.call("echo", ["two\nlines, é"]), "two\nlines, é");
      const [connection] = server.connections;
      assert.equal(await connection?.call("add", [1, 2]), 3);
    });

    it("meet on a unix socket", {
      skip: process.platform === "win32" && "needs Linux or macOS: unix sockets",
    }, async (t) => {
      const server = await serveFramed(t, `unix:${temporaryDirectory(t)}/s.sock?framing=${framing}`);
      assert.equal(await clientOf(t, server.address).call("add", [1, 2]), 3);
    });
  });
}

describe("a server by content-length", { timeout: 20_000 }, () => {
  it("answers headers of any sort, byte for byte", async (t) => {
    const { address } = await serveFramed(t, "tcp://127.0.0.1:0?framing=content-length");
    const call = '{"jsonrpc":"2.0","id":1,"method":"echo","params":["é"]}';
    const type = "Content-Type: application/vscode-jsonrpc; charset=utf-8";
    const answers = await ask(
      t,
      address,
      `${type}\r\ncontent-length: 56\r\n\r\n${call}Content-Length:56\r\n\r\n${call}`,
    );
    const answer = 'Content-Length: 38\r\n\r\n{"jsonrpc":"2.0","id":1,"result":"é"}';
    assert.equal(answers, answer + answer);
  });

  it("says why it hangs up", async (t) => {
    const { address, log } = await serveFramed(t, "tcp://127.0.0.1:0?framing=content-length");
    const answers = await ask(t, address, "Content-Length: -1\r\n\r\n");
    assert.equal(answers, `Content-Length: ${NO_MESSAGE.length}\r\n\r\n${NO_MESSAGE}`);
    await log.said(/broke the framing: a Content-Length has a sign/);
  });
});

describe("a server by newline", { timeout: 20_000 }, () => {
  const call = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"add","params":[${id},1]}`;
  const answer = (id: number) => `{"jsonrpc":"2.0","id":${id},"result":${id + 1}}\n`;

  it("lives on behind lines it cannot take", async (t) => {
    const { address, log } = await serveFramed(t, "tcp://127.0.0.1:0?framing=newline");
    const answers = await ask(
      t,
      address,
      `${call(1)}\n${"x".repeat(200_000)}\r\n\n${call(2)}\r\nnonsense\n${call(3)}\n`,
    );
    assert.equal(answers, `${answer(1)}${NO_MESSAGE}\n${answer(2)}${NO_MESSAGE}\n${answer(3)}`);
    await log.said(/a line is longer than the limit of 100 bytes/);
  });

  it("does nothing for a browser that a web page sent", async (t) => {
    const { address, log } = await serveFramed(t, "tcp://127.0.0.1:0?framing=newline");
    const request = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r\n${call(1)}\n`;
    assert.equal(await ask(t, address, request), `${NO_MESSAGE}\n`);
    await log.said(/an HTTP request/);
  });
});
