import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const example = fileURLToPath(new URL("../../examples/worker.ts", import.meta.url));

test("the example with a worker runs, and ends by itself", () => {
  const run = spawnSync(process.execPath, ["--import", "tsx", example], { encoding: "utf8", timeout: 30_000 });
  assert.deepEqual([run.status, run.stderr], [0, ""]);
  const progress = [1_000, 2_000, 3_000].map((n) => `  ${n} numbers looked at`);
  assert.deepEqual(run.stdout.split("\n"), [...progress, "489 primes", ""]);
});
