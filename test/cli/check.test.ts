import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { start, tsjason } from "../support/command.ts";
import { serve } from "../support/served.ts";
import { frameText } from "../support/wire-peer.ts";

/** A server that answers texts as a test says, and reads netstrings no better than its author thought of. */
async function answering(
  test: TestContext,
  answer: (text: string, server: Server, socket: Socket) => string | undefined,
): Promise<string> {
  const server = createServer((socket) => {
    let rest = Buffer.alloc(0);
    // Who checks hangs up when it likes.
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const start = rest.indexOf(":") + 1;
        const end = start + Number(rest.toString("latin1", 0, start - 1));
        if (start === 0 || !(rest.length > end)) return;
        const text = answer(rest.toString("utf8", start, end), server, socket);
        rest = rest.subarray(end + 1);
        if (text !== undefined) socket.write(frameText(text));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  test.after(() => server.close());
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Finding {
  readonly name: string;
  readonly outcome: string;
  readonly flaw?: string;
}

describe("tsjason check", () => {
  for (const address of [
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:0?framing=content-length",
    "ws://127.0.0.1:0",
    "http://127.0.0.1:0",
  ]) {
    test(`finds nothing wrong with this library over ${address}`, async (test) => {
      const server = await serve(test, undefined, {}, address);
      const { status, stdout } = await tsjason(test, ["check", server.address, "--json"]);
      const { passed, failed, advised, findings } = JSON.parse(stdout);
      const wrong = findings.filter(({ outcome }: Finding) => outcome === "failed");
      assert.deepEqual([wrong, failed, advised, status], [[], 0, 0, 0]);
      assert.ok(passed >= 60, `${passed} passed`);
    });
  }

  test("says what a careless server does wrong, where the specification says so", async (test) => {
    // What many write at first: every id is taken for a number, notifications are answered, and so on.
    const address = await answering(test, (text) => {
      try {
        const { id, method } = JSON.parse(text);
        if (method in {}) return JSON.stringify({ jsonrpc: "2.0", id, result: null });
        return JSON.stringify({ jsonrpc: "2.0", id: id || null, error: { code: -32601, message: "Method not found" } });
      } catch {
        return '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}';
      }
    });
    const { status, stdout } = await tsjason(test, ["check", address, "--timeout", "500ms"]);
    assert.equal(status, 1);
    for (const finding of [
      / {2}ok {5}an unknown method \(section 5\.1\)\n/,
      / {2}WRONG {2}the id 0 \(section 4\): its id is null\n +expected error -32601 with id 0\n +got .*"id":null/,
      / {2}WRONG {2}constructor \(section 5\.1\): it is a result\n/,
      / {2}WRONG {2}an unknown method \(section 4\.1\): it was answered\n +expected no answer\n/,
      / {2}WRONG {2}one request \(section 6\): it is no array\n/,
      /\n\d+ passed, \d+ failed, \d+ to think about\n$/,
    ]) {
      assert.match(stdout, finding);
    }
  });

  test("is over soon with a server that never answers, and ends with Ctrl-C before", async (test) => {
    const address = await answering(test, () => undefined);
    const command = start(test, ["check", address, "--timeout", "20ms"]);
    const { status, stdout } = await command.ended;
    assert.equal(status, 1);
    assert.match(stdout, /an unknown method \(section 5\.1\): there is no answer/);
    const slow = start(test, ["check", address]);
    await slow.prints(/there is no answer/);
    slow.signal("SIGINT");
    const ended = await slow.ended;
    assert.equal(ended.status, 130);
    assert.match(ended.stdout, /left out\n$/);
  });

  test("says what a server died of", async (test) => {
    const address = await answering(test, (text, server, socket) => {
      const { id, method } = JSON.parse(text);
      if (method === "tsjason.check.nobody" && id !== 0) {
        return JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
      }
      if (id === 0) {
        server.close();
        socket.destroy();
      }
      return JSON.stringify({ jsonrpc: "2.0", id, result: 19 });
    });
    const { status, stdout } = await tsjason(test, ["check", address, "--json"]);
    const { failed, findings } = JSON.parse(stdout);
    assert.deepEqual([status, failed], [1, 2]);
    const [cause, effect] = findings.slice(-2);
    assert.deepEqual([cause.name, cause.got], ["the id 0", "the connection was closed"]);
    assert.match(effect.flaw, /cannot be reached any more/);
    assert.match(effect.got, /could not be dialled: .*ECONNREFUSED/);
  });

  test("says when nobody is there", async (test) => {
    for (const address of ["tcp://127.0.0.1:1", "http://127.0.0.1:1"]) {
      const { status, stderr } = await tsjason(test, ["check", address]);
      assert.equal(status, 3);
      assert.match(stderr, /^no connection: /);
    }
  });
});
