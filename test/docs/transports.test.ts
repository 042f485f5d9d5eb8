/** The snippets of docs/transports.md, and of the page of each transport, are run as a user would run them. */
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { Broker, withoutNats } from "../support/nats.ts";
import { clientOf } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { runSnippet, type SnippetOptions, snippetsOf, startSnippet } from "./run-snippet.ts";

const JSON_BODY = { "content-type": "application/json" };

/** Those that are run, by page and place. */
const run = new Set<string>();

/** A snippet of a page, by its place there, with what only the reader can know put in. */
function snippet(page: string, place: number, changes: Readonly<Record<string, string>> = {}): string {
  let code = snippetsOf(page)[place - 1] ?? "";
  run.add(`${page} ${place}`);
  for (const [from, to] of Object.entries(changes)) {
    assert(code.includes(from), `there is no ${from} in snippet ${place} of ${page}`);
    code = code.replaceAll(from, to);
  }
  return code;
}

/** A snippet that only listens, on a port the system picks; gives its address. */
async function listening(t: TestContext, code: string): Promise<string> {
  const told = code.replace(/^await listen\(/m, "const listening = await listen(").replace(/:\d{4}\b/, ":0");
  return await (await startSnippet(t, `${told}\nconsole.log(listening.address);`)).next();
}

/** A snippet whose `node:http` server only listens; gives its host and port. */
async function serving(t: TestContext, code: string): Promise<string> {
  const ready = '.listen(0, "127.0.0.1", function () { console.log("127.0.0.1:" + this.address().port); });';
  return await (await startSnippet(t, code.replace(".listen(8080);", ready))).next();
}

/** The first lines that a snippet prints which goes on. */
async function begins(t: TestContext, lines: number, code: string, options?: SnippetOptions): Promise<string[]> {
  const program = await startSnippet(t, code, options);
  const said: string[] = [];
  while (said.length < lines) said.push(await program.next());
  return said;
}

describe("of the pages on transports", { timeout: 120_000 }, () => {
  it("the overview serves on several addresses at once", async (t) => {
    const file = join(temporaryDirectory(t), "several.sock");
    const lines = await runSnippet(snippet("transports.md", 1, { "/tmp/tsjason-transports.sock": file }));
    const shown = lines.map((line) => line.replace(/(?<=:)\d+(?=\/| |\?)/, "N"));
    assert.deepEqual(shown, [
      "tcp://127.0.0.1:N 3",
      "tcp://127.0.0.1:N?framing=newline 3",
      `unix:${file} 3`,
      "ws://127.0.0.1:N/rpc 3",
      "http://127.0.0.1:N/rpc 3",
    ]);
  });

  it("sockets: over TCP", async () => {
    assert.deepEqual(await runSnippet(snippet("transports/sockets.md", 1)), ["3"]);
  });

  it("sockets: over TLS, with certificates of both sides", async (t) => {
    const folder = temporaryDirectory(t);
    const authority = await makeAuthority("docs");
    writeFileSync(join(folder, "authority.pem"), authority.cert);
    for (const name of ["server", "client"]) {
      const { cert, key } = await makeCertificate(authority, { name });
      writeFileSync(join(folder, `${name}.pem`), cert);
      writeFileSync(join(folder, `${name}-key.pem`), key);
    }
    const code = snippet("transports/sockets.md", 2, {
      "/etc/tsjason": folder,
      "await listen(": "const server = await listen(",
      "0.0.0.0:7443": "127.0.0.1:0",
      '"tls://example.org:7443"': "server.address",
    });
    assert.deepEqual(await begins(t, 1, code), ["{ CN: 'client' }"]);
  });

  it("stdio: a server, and the client that starts it", async () => {
    const beside = { "server.js": snippet("transports/stdio.md", 1) };
    const [started, ...others] = await runSnippet(snippet("transports/stdio.md", 2), { beside });
    assert.match(started ?? "", /^started process \d+$/);
    assert.deepEqual(others, ["3", "server: nobody is left to serve"]);
  });

  it("WebSocket: a server and a client", async () => {
    assert.deepEqual(await runSnippet(snippet("transports/websocket.md", 1)), ["3"]);
  });

  it("WebSocket: beside other routes", async (t) => {
    const code = snippet("transports/websocket.md", 2);
    const host = await serving(t, code);
    assert.equal(await (await fetch(`http://${host}/else`)).text(), "hello from /else");
    assert.equal((await rejection(clientOf(t, `ws://${host}/rpc`).call("none"), RpcError)).code, -32601);
  });

  it("WebSocket: who may", async (t) => {
    const address = await listening(t, snippet("transports/websocket.md", 3));
    const ann = clientOf(t, address, { ws: { headers: { authorization: "Bearer abc" } } });
    assert.deepEqual(await ann.call("whoAmI"), { user: "ann" });
    assert.match(String((await rejection(clientOf(t, address).call("whoAmI"), DialError)).cause), /401/);
  });

  it("HTTP: a server and a client", async () => {
    assert.deepEqual(await runSnippet(snippet("transports/http.md", 1)), ["hello"]);
  });

  it("HTTP: who may", async (t) => {
    const address = await listening(t, snippet("transports/http.md", 3));
    const ann = clientOf(t, address, { http: { headers: { authorization: "Bearer secret" } } });
    assert.deepEqual(await ann.call("whoami"), { user: "ann" });
    const { status, headers } = await fetch(address, { method: "POST", body: "1", headers: JSON_BODY });
    assert.deepEqual([status, headers.get("www-authenticate")], [401, "Bearer"]);
  });

  it("HTTP: a handler in another server", async (t) => {
    const host = await serving(t, snippet("transports/http.md", 4, { "rpc.example": "127.0.0.1" }));
    assert.equal((await fetch(`http://${host}/`)).status, 404);
    assert.equal((await rejection(clientOf(t, `http://${host}/rpc`).call("none"), RpcError)).code, -32601);
  });

  it("HTTP: a handler of the Fetch API", async () => {
    assert.deepEqual(await runSnippet(snippet("transports/http.md", 5)), ["415"]);
  });

  const [copy, calling] = [snippet("transports/nats.md", 1), snippet("transports/nats.md", 2)];

  it("NATS: a copy, which ends by SIGTERM, and a client", { skip: withoutNats }, async (t) => {
    const broker = await Broker.start(t);
    const there = (code: string) => code.replace(/127\.0\.0\.1:422\d/g, broker.host);
    const server = await startSnippet(t, `${there(copy)}\nconsole.log("listening");`);
    await server.next();
    assert.deepEqual(await runSnippet(there(calling)), ["3"]);
    assert.equal(await server.end("SIGTERM"), 0);
  });

  const worker = snippet("transports/ports.md", 2);

  it("ports: a worker", async () => {
    const [primes] = await runSnippet(snippet("transports/ports.md", 1), { beside: { "worker.js": worker } });
    assert.equal(Number(primes), 1_000 / Math.log(1_000));
  });

  it("ports: a child process, and how it exited", async () => {
    const beside = { "worker.js": "setImmediate(() => process.exit(3));" };
    assert.deepEqual(await runSnippet(snippet("transports/ports.md", 3), { beside }), ["3 null"]);
  });

  it("ports: a MessageChannel", async (t) => {
    assert.deepEqual(await begins(t, 1, snippet("transports/ports.md", 5)), ["3"]);
  });

  it("ports: a server of several workers", async (t) => {
    const beside = { "one.js": worker, "two.js": worker };
    const lines = await begins(t, 2, snippet("transports/ports.md", 6), { beside });
    for (const line of lines) assert.match(line, /closed/);
  });

  it("ports: a client that starts its worker", async (t) => {
    const code = `${snippet("transports/ports.md", 7)}\nconsole.log(await client.call("primes", [1_000]));`;
    const [primes] = await begins(t, 1, code, { beside: { "primes.js": worker } });
    assert.equal(Number(primes), 1_000 / Math.log(1_000));
  });

  /* Why the others are compiled only. */
  const left: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    "websocket.md": {
      4: "example.org is nobody's server: test/transport/websocket-server.test.ts has what it shows",
      5: "it is for a browser: test/browser runs the same there",
    },
    "http.md": { 2: "example.org is nobody's server: test/transport/http-client.test.ts has what it shows" },
    "nats.md": {
      3: "it only shares a connection: test/nats/calling.test.ts does",
      4: "it needs a file of an operator's: test/nats/accounts.test.ts makes one",
    },
    "ports.md": { 4: "it needs windows: test/browser has them" },
    "your-own.md": { 1: "it is one function: test/docs/third-party-transport.test.ts runs the example of its page" },
  };
  it("each snippet is run, or there is a reason why not", () => {
    for (const page of readdirSync(new URL("../../docs/transports", import.meta.url))) {
      for (const place of snippetsOf(`transports/${page}`).keys()) {
        const isRun = run.has(`transports/${page} ${place + 1}`);
        const reason = left[page]?.[place + 1];
        assert(isRun !== (reason !== undefined), `snippet ${place + 1} of ${page}`);
      }
    }
  });
});
