import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The TypeScript snippets of a page of docs/, in order. */
export function snippetsOf(page: string): string[] {
  const text = readFileSync(join(root, "docs", page), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
}

/** Runs a snippet as a program of its own, which must end by itself; gives what it printed, line by line. */
export async function runSnippet(code: string): Promise<string[]> {
  // Inside the repository, so that it finds packages.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.cache/snippet-"));
  try {
    const { outputFiles } = await build({
      stdin: { contents: code, loader: "ts", resolveDir: root },
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      write: false,
      plugins: [sources],
    });
    const file = join(folder, "snippet.mjs");
    writeFileSync(file, outputFiles[0]?.text ?? "");
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env, timeout: 60_000 });
    return stdout.split("\n").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the settings of the compiler and package.json lead to. */
const paths: Record<string, string> = {
  tsjason: "index.ts",
  "tsjason/testing": "testing/index.ts",
  "#loaders": "transport/loaders.ts",
  "#tracing": "tracing/channels.ts",
};

const sources: Plugin = {
  name: "sources",
  setup({ onResolve }) {
    onResolve({ filter: /^(tsjason|#)/ }, ({ path }) => ({ path: join(root, "src", paths[path] ?? path) }));
    onResolve({ filter: /^(@|ws$)/ }, ({ path }) => ({ path, external: true }));
  },
};
