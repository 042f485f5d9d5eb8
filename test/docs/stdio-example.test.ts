import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const client = fileURLToPath(new URL("../../examples/stdio-client.ts", import.meta.url));

test("the example over stdio runs, and leaves nothing behind", () => {
  const run = spawnSync(process.execPath, ["--import", "tsx", client], { encoding: "utf8", timeout: 30_000 });
  const output = run.stdout.replace(/process \d+/, "process N");
  assert.deepEqual([run.status, run.stderr], [0, ""]);
  const lines = ["  (the server is process N)", "  the server prints: adding 1 and 2", "3"];
  assert.deepEqual(output.split("\n").sort(), [...lines, "  the server prints: nobody is left to serve", ""].sort());
});
