/** The snippets of the guide to contracts run, and print what their comments say. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const product = JSON.stringify(new URL("../../src/index.ts", import.meta.url).href);
const page = readFileSync(join(root, "docs/contract.md"), "utf8");
// Those with a name are files of the walk from a service to a generated client: generated-client.test.ts.
const snippets = [...page.matchAll(/(?<! -->\n)^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);

// Inside the repository, so that the snippets find the schema libraries.
mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
const folder = mkdtempSync(join(root, "node_modules/.cache/contract-"));
after(() => rmSync(folder, { recursive: true }));

test("the page has its snippets", () => assert.equal(snippets.length, 7));

for (const [index, code] of snippets.entries()) {
  test(`snippet ${index + 1} prints what it says`, () => {
    const said = [...code.matchAll(/(?:console\.log|await call)\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
    assert(said.length > 0, "it says nothing");
    const file = join(folder, `${index}.mts`);
    writeFileSync(file, code.replaceAll('from "tsjason"', `from ${product}`));
    const run = spawnSync(process.execPath, ["--import", "tsx", file], {
      cwd: root,
      encoding: "utf8",
      timeout: 30_000,
    });
    assert.deepEqual([run.status, run.stderr], [0, ""]);
    assert.deepEqual(run.stdout.trimEnd().split("\n"), said);
  });
}
