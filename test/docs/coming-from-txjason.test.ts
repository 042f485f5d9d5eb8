/** The program on the page for those who come from txjason prints what the page says it prints. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../support/temporary.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the program on the page about txjason runs, and prints what it says", (t) => {
  const page = readFileSync(join(root, "docs/coming-from-txjason.md"), "utf8");
  const [, program = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
  const expected = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
  assert.equal(expected.length, 5);

  const file = join(temporaryDirectory(t), "program.mts");
  writeFileSync(file, program);
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json") };
  const command = ["--import", import.meta.resolve("tsx"), file];
  const run = spawnSync(process.execPath, command, { encoding: "utf8", env, timeout: 30_000 });
  assert.deepEqual([run.status, run.stderr], [0, ""]);
  assert.deepEqual(run.stdout.trimEnd().split("\n"), expected);
});
