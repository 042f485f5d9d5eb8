// What Node.js asks when it imports: the sources by the names that users have for them, and TypeScript as JavaScript.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compiled, root } from "./compiled.mjs";

const here = pathToFileURL(join(root, "/")).href;
const { name, exports, imports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/* `tsjason/http` and `#loaders` are files of dist/ to users, and their sources here, as tsconfig.json has it. */
const sources = new Map(
  Object.entries({ ...exports, ...imports }).flatMap(([key, target]) => {
    const file = target.node ?? target.default;
    return file === undefined ? [] : [[key.replace(/^\./, name), sourceOf(file)]];
  }),
);

/** @param {string} file */
function sourceOf(file) {
  return new URL(file.replace(/^\.\/dist\//, "./src/").replace(/\.js$/, ".ts"), here).href;
}

/** @param {string | undefined} url */
function isOwn(url) {
  return url?.startsWith(here) && !url.includes("/node_modules/");
}

/**
 * @param {string} specifier
 * @param {string | undefined} parent
 * @returns {{ url: string, format: "module", shortCircuit: true } | undefined}
 */
export function resolved(specifier, parent) {
  const url = sources.get(specifier);
  return url !== undefined && isOwn(parent) ? { url, format: "module", shortCircuit: true } : undefined;
}

/**
 * @param {string} url
 * @returns {{ source: string, format: "module", shortCircuit: true } | undefined}
 */
export function loaded(url) {
  if (!/^[^?#]*\.ts(?:[?#]|$)/.test(url) || !isOwn(url)) return undefined;
  return { source: compiled(fileURLToPath(url)), format: "module", shortCircuit: true };
}
