import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const example = fileURLToPath(new URL("../../examples/cluster.ts", import.meta.url));

test("the example on several cores shares a port, and ends in good order", () => {
  const run = spawnSync(process.execPath, ["--import", "tsx", example], { encoding: "utf8", timeout: 30_000 });
  assert.deepEqual([run.status, run.stderr], [0, ""]);
  assert.match(
    run.stdout,
    /^2 processes listen on tcp:\/\/127\.0\.0\.1:\d+\n4 connections were answered by 2 processes\n$/,
  );
});
