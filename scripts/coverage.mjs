// Runs the tests and shows how much of src/ they reach: node scripts/coverage.mjs [arguments of test.mjs]
// Files that hold nothing but types are left out: they are never loaded, and would count as never reached.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

run("npm", ["run", "--silent", "build"]);
const typesOnly = readdirSync(join(root, "dist"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => /^export \{\};\s*(\/\/.*\s*)*$/.test(readFileSync(file, "utf8")))
  .map((file) => `src/${relative(join(root, "dist"), file).replace(/\.js$/, ".ts")}`);
run(join(root, "node_modules/.bin/c8"), [
  ...["--all", "--src", "src", "--include", "src", "--reporter", "text"],
  ...typesOnly.flatMap((file) => ["--exclude", file]),
  ...[process.execPath, "scripts/test.mjs", ...process.argv.slice(2)],
]);

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
