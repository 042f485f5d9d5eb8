/** discover, types and diff, of real services, of files and of standard input. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { z } from "zod";
import { method, Service } from "../../src/index.ts";
import { generateTypes } from "../../src/openrpc/index.ts";
import { compileErrors } from "../openrpc/compiled.ts";
import { documentOf, methodOf } from "../openrpc/documents.ts";
import { noTerminal, output, start, startAtTerminal, tsjason } from "../support/command.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { frame, WireServer } from "../support/wire-peer.ts";

const info = { title: "Shop", version: "2.1.0" };
const find = method(
  { params: [{ text: z.string() }], result: z.array(z.string()), summary: "Finds things" },
  (text) => [text],
);
const order = method({ params: [{ thing: z.number() }], result: z.number() }, (thing) => thing);

/** A service that tells of itself. */
async function shop(test: TestContext, methods: Parameters<Service["addMethods"]>[0] = { find, order }) {
  const service = new Service({ discover: { info } }).addMethods(methods, { namespace: "shop" });
  return (await serve(test, service)).address;
}

/** A server that answers the first call with this. */
async function answering(test: TestContext, result: unknown): Promise<string> {
  const wire = await WireServer.listen(test);
  void wire.peer().then(async (peer) => {
    const { id } = (await peer.inbox.next()) as { id: number };
    peer.socket.write(frame({ jsonrpc: "2.0", id, result }));
  });
  return wire.address;
}

/** Files in a folder of their own; their paths. */
function filesOf(test: TestContext, ...documents: readonly unknown[]): string[] {
  const folder = temporaryDirectory(test);
  return documents.map((document, index) => {
    const path = join(folder, `${index}.json`);
    writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
    return path;
  });
}

const plain = documentOf([methodOf("get", { id: { type: "integer" } }, { type: "string" })]);
const narrowed = documentOf([methodOf("get", { id: { type: "integer" }, by: true }, { type: "string" })]);
const wider = documentOf([methodOf("get", { id: { type: "integer" } }, { type: "string" }), methodOf("put")]);
const odd = documentOf([methodOf("get", { id: { type: "number-like" } })]);

describe("tsjason discover", () => {
  test("prints the document of a service", async (test) => {
    const address = await shop(test);
    const document = JSON.parse(await output(test, ["discover", address]));
    assert.deepEqual(document.info, info);
    assert.deepEqual(
      document.methods.map(({ name }: { name: string }) => name),
      ["shop.find", "shop.order"],
    );
    const line = await output(test, ["discover", address, "--json"]);
    assert.deepEqual([JSON.parse(line), line.split("\n").length], [document, 2]);
  });

  test("says that a server has none, as it says it", async (test) => {
    const { address } = await serve(test);
    const { status, stderr } = await tsjason(test, ["discover", address]);
    assert.deepEqual([status, stderr], [1, "error -32601 MethodNotFound: Method not found\n"]);
  });
});

describe("tsjason types", () => {
  test("makes types of a service, a file and standard input alike, which compile", async (test) => {
    const address = await shop(test);
    const document = await output(test, ["discover", address]);
    const [file = ""] = filesOf(test, document);
    const made = await output(test, ["types", address]);
    assert.equal(made, generateTypes(document));
    assert.equal(await output(test, ["types", file]), made);
    assert.equal(await output(test, ["types", "-"], { input: document }), made);
    const use = `import { Client } from "tsjason";
      import type { Api } from "./api.d.ts";
      export const found = (client: Client<Api>): Promise<readonly string[]> => client.call("shop.find", { text: "x" });
      // @ts-expect-error there is no such method
      export const lost = (client: Client<Api>) => client.call("shop.lose", []);`;
    assert.equal(compileErrors({ "api.d.ts": made, "use.ts": use }), "");
  });

  test("writes a file, under the name it is given, without comments where they are not wanted", async (test) => {
    const file = join(temporaryDirectory(test), "shop.d.ts");
    const args = ["types", await shop(test), "--out", file, "--name", "Shop", "--no-comments"];
    assert.equal(await output(test, args), "");
    const made = readFileSync(file, "utf8");
    assert.match(made, /^export interface Shop \{$/m);
    assert.doesNotMatch(made, /Finds things/);
    const lost = await tsjason(test, [...args.slice(0, 2), "--out", join(file, "there.d.ts")]);
    assert.equal(lost.status, 2);
    assert.match(lost.stderr, /^usage: .*there\.d\.ts cannot be written: ENOTDIR/);
  });

  test("has an exit status for everything that can come of it", async (test) => {
    const { address } = await serve(test);
    const [file = "", noJson = ""] = filesOf(test, odd, "{");
    const rows: [args: string[], status: number, stderr: RegExp][] = [
      [
        [address],
        5,
        /^invalid answer: tcp:\S+ has no OpenRPC document: it answers rpc.discover with error -32601, Method/,
      ],
      [
        [await answering(test, [])],
        5,
        /^invalid answer: tcp:\S+ has no OpenRPC document: the document: expected an object/,
      ],
      [[file], 2, /^usage: .*0\.json is no OpenRPC document: \/methods\/0\/params\/0\/schema\/type: .*"number-like"/],
      [[noJson], 2, /^usage: .*1\.json is no OpenRPC document: the document: is not JSON\n$/],
      [["-"], 2, /^usage: standard input is no OpenRPC document: /],
      [["nowhere.json"], 2, /^usage: nowhere.json cannot be read: ENOENT/],
      [["localhost:7080"], 2, /did you mean tcp:\/\/localhost:7080\?/],
      [[file, "--name", "api"], 2, /'api' is invalid. Expected an identifier with a capital letter/],
      [["tcp://127.0.0.1:1"], 3, /^no connection: /],
      [[(await WireServer.listen(test)).address, "--timeout", "50ms"], 4, /^timeout: rpc.discover was not answered/],
    ];
    for (const [args, status, stderr] of rows) {
      const ended = await tsjason(test, ["types", ...args]);
      assert.deepEqual([ended.status, ended.stdout], [status, ""], args.join(" "));
      assert.match(ended.stderr, stderr);
    }
  });

  test("does not show the password of an address", async (test) => {
    const { address } = await serve(test, undefined, {}, "http://127.0.0.1:0/rpc");
    const { stderr } = await tsjason(test, ["types", address.replace("//", "//ada:secret@")]);
    assert.match(stderr, /^invalid answer: http:\/\/127/);
    assert.doesNotMatch(stderr, /secret/);
  });

  test("ends with Ctrl-C, and says so by its status", async (test) => {
    const silent = await WireServer.listen(test);
    const command = start(test, ["types", silent.address, "--timeout", "0"]);
    await (await silent.peer()).inbox.next();
    command.signal("SIGINT");
    const { status, stderr } = await command.ended;
    assert.deepEqual([status, stderr], [130, "interrupted: it was not done yet\n"]);
  });
});

describe("tsjason diff", () => {
  test("exits with 1 when something breaks, and with 0 when nothing does", async (test) => {
    const [before = "", after = "", more = ""] = filesOf(test, plain, narrowed, wider);
    const broken = await tsjason(test, ["diff", before, after]);
    assert.equal(
      broken.stdout,
      "Breaking\n  get params.by: is new, and must be given\n\n1 breaking, 0 unclear, 0 compatible\n",
    );
    assert.deepEqual([broken.status, broken.stderr], [1, ""]);
    assert.equal(await output(test, ["diff", before, before]), "No differences.\n");
    const added = "Compatible\n  put: is new\n\n0 breaking, 0 unclear, 1 compatible\n";
    assert.equal(await output(test, ["diff", "-", more], { input: JSON.stringify(plain) }), added);
  });

  test("compares two servers, and a server with a file", async (test) => {
    const [before, after] = [await shop(test), await shop(test, { find })];
    const { status, stdout } = await tsjason(test, ["diff", before, after]);
    assert.deepEqual([status, /^ {2}shop.order: is no longer there$/m.test(stdout)], [1, true], stdout);
    const [file = ""] = filesOf(test, await output(test, ["discover", after]));
    assert.match(await output(test, ["diff", file, before]), /^ {2}shop.order: is new$/m);
  });

  test("speaks JSON to machines", async (test) => {
    const [before = "", after = ""] = filesOf(test, plain, narrowed);
    const { status, stdout } = await tsjason(test, ["diff", before, after, "--json"]);
    const { findings, ...counts } = JSON.parse(stdout);
    assert.deepEqual([status, counts], [1, { breaking: 1, unclear: 0, compatible: 0 }]);
    assert.deepEqual([findings[0].method, findings[0].path], ["get", ["params", "by"]]);
    const lost = await tsjason(test, ["diff", before, "tcp://127.0.0.1:1", "--json"]);
    assert.deepEqual([lost.status, JSON.parse(lost.stdout).failure.kind], [3, "no-connection"]);
  });

  test("says which of the two is no document, and never 1 for it", async (test) => {
    const { address } = await serve(test);
    const [good = "", bad = ""] = filesOf(test, plain, odd);
    const rows: [args: string[], status: number, stderr: RegExp][] = [
      [[good, bad], 2, /^usage: .*1\.json is no OpenRPC document: \/methods\/0\/params/],
      [[bad, good], 2, /^usage: .*1\.json is no OpenRPC document: /],
      [["-", "-"], 2, /standard input can be read once/],
      [["stdio:", "stdio:"], 2, /expected one stdio: address at most/],
      [["nowhere.json", "tcp://127.0.0.1:1"], 2, /nowhere.json cannot be read/],
      [["tcp://127.0.0.1:1", good], 3, /^no connection: /],
      [[good, address], 5, /^invalid answer: tcp:\S+ has no OpenRPC document/],
      [[good, await answering(test, odd)], 5, /^invalid answer: tcp:\S+ has no OpenRPC document: \/methods\/0\/params/],
    ];
    for (const [args, status, stderr] of rows) {
      const ended = await tsjason(test, ["diff", ...args]);
      assert.deepEqual([ended.status, ended.stdout], [status, ""], args.join(" "));
      assert.match(ended.stderr, stderr);
    }
  });

  test("has its headings coloured at a terminal", { skip: noTerminal }, async (test) => {
    const [before = "", after = ""] = filesOf(test, plain, narrowed);
    const { stdout } = await startAtTerminal(test, ["diff", before, after]).ended;
    assert.equal(stdout.split("\r\n")[0], "\u001b[31mBreaking\u001b[39m");
  });
});
