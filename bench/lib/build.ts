import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const BENCH = fileURLToPath(new URL("..", import.meta.url));

/** The modules that run in processes of their own. */
const WORKERS = [
  "server",
  "client",
  "codec",
  "manners-server",
  "manners-client",
  "scale-server",
  "scale-client",
] as const;

export type WorkerFiles = Readonly<Record<(typeof WORKERS)[number], string>>;

/**
 * Makes plain JavaScript of what runs in the measured processes: a TypeScript loader in them would measure itself.
 *
 * @returns where the modules are; they are removed when this process ends
 */
export async function buildWorkers(): Promise<WorkerFiles> {
  // A folder inside this package, so that what they import is found.
  const folder = join(BENCH, ".built", String(process.pid));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await build({
    entryPoints: WORKERS.map((name) => join(BENCH, "workers", `${name}.ts`)),
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    outExtension: { ".js": ".mjs" },
    logLevel: "error",
  });
  return Object.fromEntries(WORKERS.map((name) => [name, join(folder, `${name}.mjs`)])) as WorkerFiles;
}
