// TypeScript of this repository as JavaScript, kept by what it was made of: each file is compiled once, whoever loads it.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
const cache = join(root, "node_modules/.cache/tsjason-compiled");
const require = createRequire(import.meta.url);
const compiler = require("esbuild/package.json").version;

/**
 * Compiles what is new below some folders, on all processors: a process that finds everything compiled never loads the
 * compiler.
 *
 * @param {readonly string[]} folders
 */
export async function compileAll(folders) {
  const missing = folders
    .flatMap((folder) => filesBelow(join(root, folder)))
    .map((file) => ({ file, text: readFileSync(file, "utf8") }))
    .filter(({ text, file }) => read(placeOf(text, file)) === undefined);
  if (missing.length === 0) return;
  /** @type {typeof import("esbuild")} */
  const { transform } = require("esbuild");
  await Promise.all(
    missing.map(async ({ file, text }) => {
      // A file with a mistake in it fails where it is loaded.
      const { code } = await transform(text, optionsFor(file)).catch(() => ({ code: undefined }));
      if (code !== undefined) keep(placeOf(text, file), code);
    }),
  );
}

/**
 * @param {string} file
 * @returns {string} it as JavaScript
 */
export function compiled(file) {
  const text = readFileSync(file, "utf8");
  const place = placeOf(text, file);
  return read(place) ?? compile(text, file, place);
}

/**
 * @param {string} text
 * @param {string} file
 * @param {string} place
 */
function compile(text, file, place) {
  /** @type {typeof import("esbuild")} */
  const { transformSync } = require("esbuild");
  const { code } = transformSync(text, optionsFor(file));
  keep(place, code);
  return code;
}

/**
 * @param {string} file as stack traces are to name it
 * @returns {import("esbuild").TransformOptions}
 */
function optionsFor(file) {
  const shared = /** @type {const} */ ({ loader: "ts", format: "esm", target: "node20", keepNames: true });
  return { ...shared, sourcefile: file, sourcemap: "inline", sourcesContent: false };
}

/**
 * @param {string} text
 * @param {string} file
 */
function placeOf(text, file) {
  const hash = createHash("sha1").update(`${compiler}\n${file}\n`).update(text).digest("hex");
  return join(cache, `${hash}.js`);
}

/**
 * @param {string} place
 * @returns {string | undefined}
 */
function read(place) {
  try {
    return readFileSync(place, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Whole or not at all: others read and write there at the same time.
 *
 * @param {string} place
 * @param {string} code
 */
function keep(place, code) {
  const scratch = `${place}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  mkdirSync(cache, { recursive: true });
  writeFileSync(scratch, code);
  renameSync(scratch, place);
}

/** @param {string} folder */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
}
