/** A program that serves on its stdin and stdout, as the process that started it sees it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { clientOf } from "../support/served.ts";
import { StdioProcess } from "../support/stdio-process.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { frame } from "../support/wire-peer.ts";

const request = (id: unknown, method: string, ...params: unknown[]) => frame({ jsonrpc: "2.0", id, method, params });

/** A stream's frames as values. The netstrings are read here anew, so that no mistake of the library's own can hide. */
function values(output: string): unknown[] {
  const found: unknown[] = [];
  for (let rest = Buffer.from(output); rest.length > 0; ) {
    const [prefix = "", length] = /^(\d+):/.exec(rest.toString("latin1", 0, 20)) ?? [];
    const end = prefix.length + Number(length);
    assert.equal(rest.toString("latin1", end, end + 1), ",", `no netstring: ${rest.subarray(0, 100)}`);
    found.push(JSON.parse(rest.toString("utf8", prefix.length, end)));
    rest = rest.subarray(end + 1);
  }
  return found;
}

const answered = (id: unknown, result: unknown) => ({ jsonrpc: "2.0", result, id });

describe("a program that serves on stdio", { timeout: 60_000 }, () => {
  it("answers all it was asked when its stdin ends, and exits with 0", async (t) => {
    const child = new StdioProcess(t);
    const output = child.output();
    child.stdin.end(request(1, "echo", "é") + request(2, "later", [2]) + request(3, "nope"));
    const [first, ...others] = values(await output);
    assert.deepEqual(first, answered(1, "é"));
    assert.deepEqual(others, [
      { jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: 3 },
      answered(2, [2]),
    ]);
    assert.equal(await child.ended, 0);
    const lines = "listening on stdio:?framing=netstring\nconnected by stdio\ndisconnected: ended\nclosed\n";
    assert.equal(child.errors, lines);
  });

  it("lets what is in flight finish when its stdin ends", async (t) => {
    const child = new StdioProcess(t);
    const output = child.output();
    child.stdin.end(request(1, "untilSignal", "the last one"));
    await child.said(/disconnected: ended/);
    child.process.kill("SIGUSR2");
    assert.deepEqual(values(await output), [answered(1, "the last one")]);
    assert.equal(await child.ended, 0);
  });

  it("says all it has to say before it exits, also to a slow reader", async (t) => {
    const child = new StdioProcess(t);
    const bytes = 8 * 1024 * 1024;
    child.stdin.end(request(1, "large", bytes) + request(2, "echo", "end"));
    await child.said(/disconnected: ended/);
    const all = values(await child.output());
    assert.deepEqual(all, [answered(1, "x".repeat(bytes)), answered(2, "end")]);
    assert.equal(await child.ended, 0);
  });

  it("keeps what its own code prints off its stdout, to its end", async (t) => {
    const child = new StdioProcess(t);
    const output = child.output();
    child.stdin.end(request(1, "print"));
    assert.deepEqual(values(await output), [answered(1, "printed")]);
    assert.equal(await child.ended, 0);
    for (const line of [
      "by console.log",
      "by console.info",
      "by console.table",
      "by a write with a callback",
      "by a write of bytes",
      "by a write in hex",
      "by a pipe",
      "closed",
    ]) {
      assert.ok(child.errors.includes(line), `${line} is missing in ${child.errors}`);
    }
  });

  it("serves on them once", async (t) => {
    const child = new StdioProcess(t);
    const output = child.output();
    child.stdin.end(request(1, "again"));
    const says = "this process serves on its stdin and stdout already, or did: it has them once";
    assert.deepEqual(values(await output), [answered(1, ["EADDRINUSE", says])]);
    assert.equal(await child.ended, 0);
  });

  it("does not serve where somebody has read from its stdin", async (t) => {
    const child = new StdioProcess(t, "after-reading");
    child.stdin.write("x");
    assert.equal(await child.ended, 7);
    assert.match(child.errors, /^EADDRINUSE somebody else has read from this process's stdin/);
  });

  it("has no worker serve on them", async () => {
    const imported = (specifier: string) => `await import(${JSON.stringify(import.meta.resolve(specifier))})`;
    const source = `
      import { parentPort } from "node:worker_threads";
      const { register } = ${imported("tsx/esm/api")};
      register();
      const { takeOwnStreams } = ${imported("../../src/transport/stdio/own.ts")};
      try { takeOwnStreams(); } catch (error) { parentPort.postMessage([error.code, error.message]); }
    `;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    const [[code, message]] = await once(worker, "message");
    assert.equal(code, "EINVAL");
    assert.match(message, /serve on them in the main thread/);
  });

  it("drains on SIGTERM: what is in flight is answered, what is new refused, and it exits with 0", async (t) => {
    const child = new StdioProcess(t);
    const output = child.output();
    child.stdin.write(request(1, "untilSignal", "the last one") + request(2, "print"));
    await once(child.stdout, "data");
    child.process.kill("SIGTERM");
    await child.said(/closing/);
    child.stdin.write(request(3, "echo", 1));
    await once(child.stdout, "data");
    child.process.kill("SIGUSR2");
    const [printed, refused, last] = values(await output) as { error?: { code: number } }[];
    assert.deepEqual(
      [printed, refused?.error?.code, last],
      [answered(2, "printed"), -32097, answered(1, "the last one")],
    );
    assert.equal(await child.ended, 0);
    assert.match(child.errors, /disconnected: closed/);
  });

  it("survives that nobody reads its stdout any more, and ends", async (t) => {
    const child = new StdioProcess(t);
    child.stdin.write(request(1, "wait"));
    await child.said(/connected by stdio/);
    child.stdout.destroy();
    child.stdin.write(request(2, "echo", 1));
    assert.equal(await child.ended, 0);
    assert.match(child.errors, /the connection to the stdio peer was lost: write EPIPE\n/);
    assert.match(child.errors, /disconnected: lost\nclosed\n$/);
  });

  it("answers what is no frame with -32700, and ends", async (t) => {
    const child = new StdioProcess(t);
    const output = child.output();
    child.stdin.write("hello\n");
    const error = { code: -32700, message: "Parse error" };
    assert.deepEqual(values(await output), [{ jsonrpc: "2.0", id: null, error }]);
    assert.equal(await child.ended, 0);
    assert.match(child.errors, /disconnected: violation/);
  });

  it("goes on serving its other addresses when its stdin has ended", async (t) => {
    const child = new StdioProcess(t, "and-tcp");
    const [, address = ""] = await child.said(/listening on stdio: and (tcp:\S+)/);
    child.stdin.end();
    await child.said(/disconnected: ended/);
    const client = clientOf(t, address);
    assert.equal(await client.call("echo", ["over tcp"]), "over tcp");
    assert.doesNotMatch(child.errors, /closed/);
    child.process.kill("SIGTERM");
    assert.equal(await child.ended, 0);
  });

  it("serves from file to file", async (t) => {
    const directory = temporaryDirectory(t);
    const [from, to] = [join(directory, "in"), join(directory, "out")];
    writeFileSync(from, request(1, "echo", 1) + request(2, "large", 100_000));
    const files = [openSync(from, "r"), openSync(to, "w")];
    const child = new StdioProcess(t, undefined, [...files, "pipe"]);
    assert.equal(await child.ended, 0);
    for (const file of files) closeSync(file);
    assert.deepEqual(values(readFileSync(to, "utf8")), [answered(1, 1), answered(2, "x".repeat(100_000))]);
  });
});
