import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/*
 * What is measured is the built product: what users run, and nothing a TypeScript loader put into it. Its types come
 * from the sources, so that this package can be checked without a build.
 */
type Product = typeof import("../../src/index.ts") &
  typeof import("../../src/framing/index.ts") &
  typeof import("../../src/testing/index.ts");

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where `npm run build` puts it. */
export const DIST = process.env.TSJASON_BENCH_DIST ?? join(rootOf(ROOT), "dist");

/** The folder of the benchmark. */
export const BENCH = join(rootOf(ROOT), "bench");

/** The repository's root. This file runs from bench/lib as it is, and from bench/.built/… bundled. */
export function rootOf(from: string): string {
  let folder = resolve(from);
  while (!existsSync(join(folder, "bench", "package.json"))) folder = resolve(folder, "..");
  return folder;
}

const products = new Map<string, Promise<Product>>();

/** Loads the product from a build, once: an adapter asks for it at each connection, and an import would be measured too. */
export function loadProduct(dist = DIST): Promise<Product> {
  const loaded = products.get(dist) ?? load(dist);
  products.set(dist, loaded);
  return loaded;
}

async function load(dist: string): Promise<Product> {
  const entries = ["index.js", "framing/index.js", "testing/index.js"];
  const [main, framing, testing] = await Promise.all(
    entries.map((file) => import(pathToFileURL(join(resolve(dist), file)).href)),
  );
  return { ...main, ...framing, ...testing };
}

/** Loads the blocking client from a build. */
export function loadBlocking(dist = DIST): Promise<typeof import("../../src/sync/index.ts")> {
  return import(pathToFileURL(join(resolve(dist), "sync", "index.js")).href);
}

/** @throws Error with what to do when there is no build */
export function assertBuilt(dist = DIST): void {
  if (!existsSync(join(dist, "index.js"))) {
    throw new Error(`there is no build in ${dist}: run "npm run build" at the repository's root first`);
  }
}
