/** Options that mean nothing to an address are told, by every command. */
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Service } from "../../src/service/service.ts";
import { output, tsjason } from "../support/command.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const [TCP, HTTP, NATS] = ["tcp://127.0.0.1:1", "http://127.0.0.1:1/rpc", "nats://127.0.0.1:1/x"];

describe("an option that means nothing to the address", () => {
  const rows: readonly (readonly [args: string[], says: string])[] = [
    [["call", TCP, "x", "--header", "a: b"], `--header is for ws, wss, http and https addresses, got ${TCP}`],
    [["notify", HTTP, "x", "--framing", "newline"], `--framing is for tcp, tls, unix and stdio addresses, got ${HTTP}`],
    [["batch", TCP, "-", "--tls-ca", "x.pem"], `--tls-ca is for tls, wss, https and nats addresses, got ${TCP}`],
    [
      ["repl", "ws://127.0.0.1:1", "--insecure"],
      "--insecure is for tls, wss, https and nats addresses, got ws://127.0.0.1:1",
    ],
    [
      ["bench", TCP, "x", "--tls-cert", "a", "--tls-key", "b"],
      `--tls-cert is for tls, wss, https and nats addresses, got ${TCP}`,
    ],
    [["check", HTTP, "--creds", "x.creds"], `--creds is for nats addresses, got ${HTTP}`],
    [["discover", TCP, "--nkey", "x.nk"], `--nkey is for nats addresses, got ${TCP}`],
    [["types", "api.json", "--token", "hush"], "--token is for nats addresses, got none"],
    [["diff", "api.json", TCP, "--header", "a: b"], `--header is for ws, wss, http and https addresses, got ${TCP}`],
    [
      ["replay", "-", "unix:/nowhere", "--header", "a: b"],
      "--header is for ws, wss, http and https addresses, got unix:/nowhere",
    ],
    [["proxy", HTTP, TCP, "--header", "a: b"], `--header is for ws, wss, http and https addresses, got ${TCP}`],
    [
      ["proxy", HTTP, TCP, "--listen-framing", "newline"],
      `--listen-framing is for tcp, tls, unix and stdio addresses, got ${HTTP}`,
    ],
    [["proxy", TCP, NATS, "--listen-token", "hush"], `--listen-token is for nats addresses, got ${TCP}`],
    [["listen", TCP, "--any-origin"], `--any-origin is for ws, wss, http and https addresses, got ${TCP}`],
    [
      ["listen", TCP, "--server-cert", "a", "--server-key", "b"],
      `--server-cert is for tls, wss and https addresses, got ${TCP}`,
    ],
    [["listen", "tls://127.0.0.1:0"], "expected --server-cert and --server-key for tls://127.0.0.1:0, got none"],
    [
      ["serve", "x.js", "-l", TCP, HTTP, "--client-ca", "a"],
      `--client-ca is for tls, wss and https addresses, got ${TCP}, ${HTTP}`,
    ],
    [
      ["serve", "x.js", "-l", HTTP, "--framing", "newline"],
      `--framing is for tcp, tls, unix and stdio addresses, got ${HTTP}`,
    ],
  ];
  for (const [args, says] of rows) {
    test(`is a mistake: ${args.join(" ")}`, async (test) => {
      const input = '{"connection":1,"from":"client","text":"{}"}';
      assert.deepEqual(await tsjason(test, args, { input }), { status: 2, stdout: "", stderr: `usage: ${says}\n` });
    });
  }

  test("is told behind a wrong address, and without a password in a right one", async (test) => {
    const wrong = await tsjason(test, ["call", "localhost:7080", "x", "--header", "a: b"]);
    assert.match(wrong.stderr, /did you mean tcp:\/\/localhost:7080\?/);
    const { stderr } = await tsjason(test, ["call", "ws://user:hush@127.0.0.1:1", "x", "--framing", "newline"]);
    assert.match(stderr, /^usage: --framing is for .*, got ws:\/\/127\.0\.0\.1:1\n$/);
  });

  test("leaves no recording behind", async (test) => {
    const file = join(temporaryDirectory(test), "calls.jsonl");
    const { status } = await tsjason(test, ["proxy", HTTP, TCP, "--listen-framing", "newline", "--log", file]);
    assert.deepEqual([status, existsSync(file)], [2, false]);
  });

  test("may mean something to another one", async (test) => {
    const folder = temporaryDirectory(test);
    const file = join(folder, "api.json");
    writeFileSync(file, '{"openrpc":"1.3.2","info":{"title":"t","version":"1"},"methods":[]}');
    const served = new Service({ discover: true });
    const [lines, web] = [
      await serve(test, served, {}, "tcp://127.0.0.1:0?framing=newline"),
      await serve(test, served, {}, "http://127.0.0.1:0/rpc"),
    ];
    const plain = lines.address.replace("?framing=newline", "");
    const args = ["diff", plain, web.address, "--framing", "newline", "--header", "a: b"];
    assert.match(await output(test, args), /^No differences/);
    assert.match(await output(test, ["diff", file, plain, "--framing", "newline"]), /^No differences/);
  });
});

test("a time has to be one that can be waited for", async (test) => {
  for (const time of ["1000000m", "99999999999999999999"]) {
    const { status, stderr } = await tsjason(test, ["call", TCP, "x", "--timeout", time]);
    assert.equal(status, 2);
    assert.match(stderr, /Expected a time of 24 days at most/);
  }
});
