import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { filesBelow, hashOf } from "./sources.ts";

const root = resolve(import.meta.dirname, "../..");
/* What c8 counts are the sources themselves. */
const COVERED = process.env.NODE_V8_COVERAGE !== undefined;
const cache = join(root, "node_modules/.cache", COVERED ? "tsjason-loaded" : "tsjason-bundled");

let folder: string | undefined;

/**
 * A TypeScript program of this folder, with the sources it uses, as one file of JavaScript: it starts in a fifth of the time
 * that it takes with a loader for TypeScript. It is made once for all who have the same sources.
 *
 * @param name - of the file that is made
 * @returns the file
 */
export function bundled(program: string, name = program.replace(/\.ts$/, ".js")): string {
  folder ??= join(cache, hashOf([...filesBelow(join(root, "src")), ...filesBelow(import.meta.dirname)]));
  const target = join(folder, name);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, "bundling-"));
  writeFileSync(join(scratch, "package.json"), '{ "type": "module" }');
  if (COVERED) writeFileSync(join(scratch, name), loading(join(import.meta.dirname, program)));
  else bundle(join(import.meta.dirname, program), join(scratch, name));
  // In the place of those of another test file's process, where that was quicker: they are the same, and always whole.
  for (const file of ["package.json", name]) renameSync(join(scratch, file), join(folder, file));
  rmSync(scratch, { recursive: true });
  return target;
}

function bundle(program: string, outfile: string): void {
  // Loaded here, since most who ask find it made.
  const { buildSync }: typeof import("esbuild") = createRequire(import.meta.url)("esbuild");
  buildSync({
    entryPoints: [program],
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    keepNames: true,
    sourcemap: "inline",
  });
}

/** A program that loads another as TypeScript, wherever it is run. */
function loading(program: string): string {
  return `
    process.env.TSX_TSCONFIG_PATH = ${JSON.stringify(join(root, "tsconfig.json"))};
    const { register } = await import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))});
    register();
    await import(${JSON.stringify(pathToFileURL(program).href)});`;
}
