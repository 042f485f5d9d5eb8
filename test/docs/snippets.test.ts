import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every TypeScript snippet of the README and of docs/, by file and number, or by the name it has there. */
function snippets(): [name: string, code: string][] {
  const pages = [
    "README.md",
    ...readdirSync(join(root, "docs"), { recursive: true }).map((page) => join("docs", String(page))),
  ];
  return pages
    .filter((page) => page.endsWith(".md"))
    .flatMap((page) => {
      const blocks = [
        ...readFileSync(join(root, page), "utf8").matchAll(/^(?:<!-- file: (\S+) -->\n)?```ts\n(.*?)^```/gms),
      ];
      const name = basename(page, ".md");
      // Those that have a name in the page import each other by it.
      return blocks.map(([, file, code = ""], index): [string, string] => [
        file === undefined ? `${name}-${index + 1}.ts` : join(name, file),
        code,
      ]);
    });
}

test("every TypeScript snippet in the docs compiles", () => {
  // Inside the repository, so that the snippets find @types/node; their compiler settings are the repository's.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.cache/snippets-"));
  try {
    const found = snippets();
    assert.ok(found.length >= 8, `only ${found.length} snippets were found`);
    for (const [name, code] of found) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), `${code}\nexport {};\n`);
    }
    const config = {
      extends: "../../../tsconfig.json",
      compilerOptions: {
        noUnusedLocals: false,
        // As most users have it: the declarations of NATS' official client compile with it alone.
        skipLibCheck: true,
        types: ["node"],
        typeRoots: [join(root, "node_modules/@types")],
      },
      include: ["**/*.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const compiled = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    assert.equal(compiled.status, 0, compiled.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
