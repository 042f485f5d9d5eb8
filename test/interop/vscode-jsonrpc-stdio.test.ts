/** vscode-jsonrpc at the other end of a pipe, as an editor and its language server are. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { cleanUp } from "../support/cleanup.ts";
import { readAll } from "../support/read-all.ts";
import { clientOf } from "../support/served.ts";
import { interopService } from "./example.ts";
import { connect } from "./peers/vscode-jsonrpc.mjs";
import { ours, peer } from "./programs.ts";
import { checkRows } from "./rows.ts";
import { callerOf } from "./vscode-jsonrpc.ts";

describe("a program that speaks by vscode-jsonrpc", { timeout: 30_000 }, () => {
  it("answers our client, calls it back, and exits when it is closed", async (t) => {
    const stderr: string[] = [];
    const client = clientOf(t, "stdio:?framing=content-length", {
      service: interopService(),
      stdio: { ...peer("vscode-jsonrpc.mjs"), stderr: (line) => stderr.push(line) },
    });
    await checkRows(t, client);
    assert.equal(await client.call("callBack", ["add", [40, 2]]), 42);
    await client.close();
    assert.deepEqual([client.log.lines(), stderr], [[], []]);
  });

  it("exits with 0 when it is told to", async (t) => {
    const client = clientOf(t, "stdio:?framing=content-length", { stdio: peer("vscode-jsonrpc.mjs") });
    assert.equal(await client.call("add", [40, 2]), 42);
    const reason = new Promise<unknown>((resolve) => client.on("disconnect", ({ kind }) => resolve(kind)));
    await client.notify("exit");
    assert.equal(await reason, "ended");
  });
});

describe("a program that speaks by tsjason", { timeout: 30_000 }, () => {
  it("answers vscode-jsonrpc, calls it back, and exits with its stdin", async (t) => {
    const { command, args } = ours("tsjason.ts", "stdio:?framing=content-length");
    const child = spawn(command, args);
    cleanUp(t, () => child.kill("SIGKILL"));
    const exited = once(child, "exit");
    const errors = readAll(child.stderr);
    const connection = connect(child.stdout, child.stdin);
    cleanUp(t, () => connection.dispose());
    const caller = callerOf(connection);
    await checkRows(t, caller);
    assert.equal(await caller.call("callBack", ["add", [40, 2]]), 42);
    child.stdin.end();
    assert.deepEqual(await exited, [0, null]);
    assert.equal(await errors, "closed\n");
  });
});
