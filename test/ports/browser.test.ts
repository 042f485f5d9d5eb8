/** `tsjason/ports` as a browser's program has it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readImports } from "../../scripts/import-rules.ts";

const root = join(import.meta.dirname, "../..");

test("what it loads is nothing of Node.js", () => {
  const files = readdirSync(join(root, "src"), { recursive: true }).map((file) => `src/${String(file)}`);
  const sources = files.filter((file) => file.endsWith(".ts"));
  const imports = readImports(
    Object.fromEntries(sources.map((file) => [file, readFileSync(join(root, file), "utf8")])),
  );
  const reached = new Set(["src/ports/index.ts"]);
  for (const file of reached) {
    for (const { from, to, kind } of imports) {
      if (from !== file || kind !== "value") continue;
      assert(to?.startsWith("src/"), `${from} imports ${to}`);
      reached.add(to as string);
    }
  }
  assert(reached.has("src/ports/port-channel.ts"));
});

const program = `
  import { parentChannel, portChannel, windowChannel, workerChannel } from "tsjason/ports";
  portChannel(new MessageChannel().port1);
  const worker = new Worker(new URL("worker.js", location.href), { type: "module" });
  workerChannel(worker);
  portChannel(worker);
  windowChannel({ target: window.parent, targetOrigin: "https://app.example", window });
  const target = document.querySelector("iframe")?.contentWindow;
  if (target) windowChannel({ target, targetOrigin: "*", origin: "null" });
  parentChannel();
  workerChannel(window);`;

test("it takes the ports, workers and windows that a browser's types know", () => {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.cache/browser-"));
  try {
    writeFileSync(join(folder, "program.ts"), program);
    const typeRoots = [join(root, "node_modules/@types")];
    const compilerOptions = { lib: ["es2023", "dom"], types: ["node"], typeRoots, skipLibCheck: true };
    const config = { extends: "../../../tsconfig.json", compilerOptions, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const compiled = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    const problems = compiled.stdout.split("\n").filter((line) => line.includes("program.ts"));
    assert.equal(problems.length, 1, "only a window is no worker");
    assert.match(problems[0] ?? "", /program\.ts\(11,17\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
