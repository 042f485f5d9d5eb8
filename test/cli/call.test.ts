import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { builtPackage } from "../support/built.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { noTerminal, output, start, startAtTerminal, tsjason } from "../support/command.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { frameText, WireServer } from "../support/wire-peer.ts";

describe("tsjason call", () => {
  for (const scheme of [
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:0?framing=newline",
    "ws://127.0.0.1:0",
    "http://127.0.0.1:0/rpc",
  ]) {
    test(`prints a result over ${scheme}`, async (test) => {
      const { address } = await serve(test, undefined, {}, scheme);
      assert.equal(await output(test, ["call", address, "add", "1", "-3"]), "-2\n");
    });
  }

  test("sends words as they are meant, and prints what comes back as JSON", async (test) => {
    const { address } = await serve(test);
    assert.equal(await output(test, ["call", address, "echo", "héllo"]), '"héllo"\n');
    assert.equal(await output(test, ["call", address, "echo", '{"a":[1,{"b":null}]}']), '{"a": [1, {"b": null}]}\n');
    assert.equal(await output(test, ["call", address, "echo", "--raw", "two words"]), "two words\n");
    assert.equal(await output(test, ["call", address, "add", "-"], { input: "[1, 2]" }), "3\n");
    assert.equal(await output(test, ["call", address, "add", "--params", "[20,22]"]), "42\n");
    assert.equal(await output(test, ["call", address, "echo", '"\\u001b[31mred"']), '"\\u001b[31mred"\n');
  });

  test("has an exit status for everything that can come of it", async (test) => {
    const { address } = await serve(test);
    const silent = await WireServer.listen(test);
    const odd = await WireServer.listen(test);
    void odd.peer().then((peer) => peer.socket.write(frameText('{"jsonrpc":"2.0","id":1,"error":"odd"}')));
    const gone = await WireServer.listen(test);
    void gone.peer().then(async (peer) => {
      await peer.inbox.next();
      peer.reset();
    });
    const rows: [args: string[], status: number, stderr: RegExp][] = [
      [["call", address, "nope"], 1, /^error -32601 MethodNotFound: Method not found\n$/],
      [
        ["call", address, "add", "1"],
        1,
        /^error -32602 InvalidParams: Invalid params\ndata: \{"issues": \[.*expected 2 arguments, got 1/,
      ],
      [["call", address], 2, /missing required argument 'method'/],
      [["call", address, "add", "--timeout", "soon"], 2, /Expected a time such as 500ms/],
      [["call", "localhost:7080", "add"], 2, /is no address[\s\S]*did you mean tcp:\/\/localhost:7080\?/],
      [["call", address, "echo", "{a"], 2, /^usage: "\{a" starts like JSON and is none/],
      [["call", address, "echo", "@nowhere"], 2, /^usage: nowhere cannot be read/],
      [["call", "stdio:", "echo"], 2, /the program to run for stdio: behind --/],
      [["cal", address], 2, /unknown command 'cal'\n\(Did you mean call\?\)/],
      [["call", "tcp://127.0.0.1:1", "add"], 3, /^no connection: tcp:\/\/127.0.0.1:1 could not be dialled/],
      [["call", gone.address, "add"], 3, /^no connection: .* \(it was sent; whether it was executed is not known\)\n$/],
      [["call", silent.address, "add", "--timeout", "1s"], 4, /^timeout: add was not answered within 1000 ms/],
      [["call", odd.address, "add"], 5, /^invalid answer: /],
    ];
    for (const [args, status, stderr] of rows) {
      const ended = await tsjason(test, args);
      assert.deepEqual([ended.status, ended.stdout], [status, ""], args.join(" "));
      assert.match(ended.stderr, stderr);
    }
  });

  test("says how the connection ended, and what may help", async (test) => {
    const wire = await WireServer.listen(test);
    void wire.peer().then((peer) => peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const lost = await tsjason(test, ["call", wire.address, "add"]);
    assert.equal(lost.status, 3);
    assert.match(
      lost.stderr,
      /: tcp peer \S+ broke the framing: byte 0x48 where .* \(it was sent; .*\)\nhint: .*--framing/,
    );
  });

  test("speaks JSON to machines", async (test) => {
    const { address } = await serve(test);
    const { result, ms } = JSON.parse(await output(test, ["call", address, "add", "1", "2", "--json"]));
    assert.equal(result, 3);
    assert.equal(typeof ms, "number");
    const refused = await tsjason(test, ["call", address, "nope", "--json"]);
    assert.deepEqual(JSON.parse(refused.stdout), { error: { code: -32601, message: "Method not found" } });
    const failed = await tsjason(test, ["call", "tcp://127.0.0.1:1", "nope", "--json"]);
    const { failure } = JSON.parse(failed.stdout);
    assert.deepEqual([failure.kind, failure.outcome, failed.status], ["no-connection", "not-sent", 3]);
  });

  test("shows the bytes on the wire, escaped", async (test) => {
    const { address } = await serve(test);
    const { stdout, stderr } = await tsjason(test, ["call", "-v", address, "echo", "é"]);
    assert.equal(stdout, '"é"\n');
    assert.match(stderr, /^> 56:\{"jsonrpc":"2.0","id":1,"method":"echo","params":\["\\xc3\\xa9"\]\},$/m);
    assert.match(stderr, /^< 38:\{"jsonrpc":"2.0","id":1,"result":"\\xc3\\xa9"\},$/m);
    const http = await serve(test, undefined, {}, "http://127.0.0.1:0/rpc");
    const shown = await tsjason(test, ["call", "-v", http.address, "echo", "1", "--header", "X-Mine: yes"]);
    assert.match(shown.stderr, /^> POST \/rpc HTTP\/1.1\\r\\n.*x-mine: yes\\r\\n.*"method":"echo","params":\[1\]\}$/im);
    assert.match(shown.stderr, /^< HTTP\/1.1 200 OK\\r\\n.*\{"jsonrpc":"2.0","id":1,"result":1\}$/m);
  });

  test("repeats a call, and says how it went", async (test) => {
    const { address } = await serve(test);
    const { stdout, stderr, status } = await tsjason(test, ["call", address, "add", "1", "2", "--repeat", "3"]);
    assert.equal(stdout, "3\n3\n3\n");
    assert.match(stderr, /^3 of 3 calls: 3 results, 0 errors, \S+ ms a call\n$/);
    assert.equal(status, 0);
    assert.equal((await tsjason(test, ["call", address, "nope", "--repeat", "2"])).status, 1);
  });

  test("trusts whom it is told to, over TLS and HTTPS", async (test) => {
    const authority = await makeAuthority("an authority");
    const tls = await makeCertificate(authority, { name: "a server" });
    const ca = join(temporaryDirectory(test), "ca.pem");
    writeFileSync(ca, authority.cert);
    for (const address of ["tls://127.0.0.1:0", "https://127.0.0.1:0/rpc", "wss://127.0.0.1:0"]) {
      const server = await serve(test, undefined, { tls }, address);
      assert.equal(await output(test, ["call", server.address, "add", "1", "2", "--tls-ca", ca]), "3\n");
      assert.equal(await output(test, ["call", server.address, "add", "1", "2", "--insecure"]), "3\n");
      assert.equal((await tsjason(test, ["call", server.address, "add", "1", "2"])).status, 3, address);
    }
  });

  test("starts the program of a stdio: address", async (test) => {
    const folder = temporaryDirectory(test);
    const library = pathToFileURL(join(builtPackage(), "dist/index.js")).href;
    const program = join(folder, "server.mjs");
    const lines = [
      "const service = new Service().addMethod('add', (a, b) => a + b);",
      'await listen(service, "stdio:");',
    ];
    writeFileSync(program, [`import { listen, Service } from ${JSON.stringify(library)};`, ...lines].join("\n"));
    assert.equal(await output(test, ["call", "stdio:", "add", "1", "2", "--", process.execPath, program]), "3\n");
  });

  test("ends with Ctrl-C, and says so by its status", async (test) => {
    const silent = await WireServer.listen(test);
    const command = start(test, ["call", silent.address, "add", "--timeout", "0"]);
    await (await silent.peer()).inbox.next();
    command.signal("SIGINT");
    const { status, stderr } = await command.ended;
    assert.deepEqual([status, stderr], [130, "interrupted: it was not done yet\n"]);
  });

  test("warns of a number that may have lost digits", async (test) => {
    const wire = await WireServer.listen(test);
    void wire.peer().then(async (peer) => {
      await peer.inbox.next();
      peer.socket.write(frameText('{"jsonrpc":"2.0","id":1,"result":[12345678901234567890]}'));
    });
    const { stderr, status } = await tsjason(test, ["call", wire.address, "get"]);
    assert.match(stderr, /may have lost digits/);
    assert.equal(status, 0);
  });

  describe("at a terminal", { skip: noTerminal }, () => {
    test("has colours, unless NO_COLOR says that it must not", async (test) => {
      const { address } = await serve(test);
      const coloured = await startAtTerminal(test, ["call", address, "add", "1", "2"]).ended;
      assert.equal(coloured.stdout, "\u001b[33m3\u001b[39m\r\n");
      const plain = await startAtTerminal(test, ["call", address, "add", "1", "2"], { env: { NO_COLOR: "1" } }).ended;
      assert.equal(plain.stdout, "3\r\n");
    });
  });
});

describe("tsjason notify", () => {
  test("hands a notification over", async (test) => {
    const wire = await WireServer.listen(test);
    const notified = tsjason(test, ["notify", wire.address, "log", "level=1", "a line"]);
    assert.equal((await notified).status, 2);
    const sent = output(test, ["notify", wire.address, "log", "a line"]);
    const peer = await wire.peer();
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", method: "log", params: ["a line"] });
    peer.end();
    assert.equal(await sent, "");
  });
});

describe("tsjason batch", () => {
  test("sends one batch, and prints the answers in the order of the lines", async (test) => {
    const { address } = await serve(test);
    const lines = '# sums\nadd 1 2\nlater {"slow": true}\n{"method": "echo", "params": ["unheard"]}\nnope\n';
    const { stdout, status, stderr } = await tsjason(test, ["batch", address, "-v"], { input: lines });
    assert.equal(stdout, '2 add 3\n3 later {"slow": true}\n5 nope error -32601 MethodNotFound: Method not found\n');
    assert.equal(status, 1);
    assert.equal([...stderr.matchAll(/^> /gm)].length, 1, "one batch");
    const records = (await output(test, ["batch", address, "--json"], { input: "add 1 2\necho x" })).trim().split("\n");
    assert.deepEqual(
      records.map((record) => JSON.parse(record)),
      [
        { line: 1, method: "add", result: 3 },
        { line: 2, method: "echo", result: "x" },
      ],
    );
  });

  test("has nothing to send without a line", async (test) => {
    const { status, stderr } = await tsjason(test, ["batch", "tcp://127.0.0.1:1"], { input: "# nothing\n" });
    assert.deepEqual([status, stderr], [2, "usage: expected at least one call in the batch, got none\n"]);
  });
});

test("the version is the package's", async (test) => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert.equal(await output(test, ["--version"]), `${version}\n`);
});
