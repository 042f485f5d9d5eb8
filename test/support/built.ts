import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { filesBelow, hashOf } from "./sources.ts";

const root = resolve(import.meta.dirname, "../..");
const cache = join(root, "node_modules/.cache/tsjason-built");

let folder: string | undefined;

/**
 * The package as it is built from the sources that are there, in a folder of its own: `dist/` may be older, or be built anew at
 * this very moment. It is built once for all who have the same sources.
 *
 * @returns the folder, with package.json and dist/
 */
export function builtPackage(): string {
  folder ??= build();
  return folder;
}

function build(): string {
  const files = [...filesBelow(join(root, "src")), join(root, "package.json"), join(root, "tsconfig.build.json")];
  const target = join(cache, hashOf(files));
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, "building-"));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", join(scratch, "dist")];
  execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  cpSync(join(root, "package.json"), join(scratch, "package.json"));
  try {
    renameSync(scratch, target);
  } catch (error) {
    // Another test file's process was quicker with the same.
    rmSync(scratch, { recursive: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}
