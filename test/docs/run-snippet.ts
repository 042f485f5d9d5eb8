import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { cleanUp, type Ending } from "../support/cleanup.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TIMEOUT_MS = 60_000;

/** The TypeScript snippets of a page of docs/, in order. */
export function snippetsOf(page: string): string[] {
  const text = readFileSync(join(root, "docs", page), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
}

/** How a snippet is run. */
export interface SnippetOptions {
  /** Snippets that are files beside it, by their names. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** Runs a snippet as a program of its own, which must end by itself; gives what it printed, line by line. */
export async function runSnippet(code: string, options: SnippetOptions = {}): Promise<string[]> {
  const ending = new Set<() => unknown>();
  try {
    const program = await startSnippet({ after: (run) => void ending.add(run) }, code, options);
    return await program.rest();
  } finally {
    for (const end of ending) await end();
  }
}

/** Starts a snippet as a program of its own; it is gone after the test. */
export async function startSnippet(test: Ending, code: string, options: SnippetOptions = {}): Promise<SnippetProgram> {
  // Inside the repository, so that it finds packages.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.cache/snippet-"));
  const files = { "snippet.js": code, ...options.beside };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), await bundled(text));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const program = new SnippetProgram(folder);
  cleanUp(test, async () => {
    await program.end("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  return program;
}

/** A snippet that runs. */
export class SnippetProgram {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;
  readonly #timer: NodeJS.Timeout;
  #errors = "";

  constructor(folder: string) {
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const child = spawn(process.execPath, ["snippet.js"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    this.#ended = once(child, "close");
    this.#timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors += text;
    });
  }

  /** The next line it prints. */
  async next(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (!done) return value;
    await this.#ended;
    throw new Error(`the snippet ended without a word more:\n${this.#errors}`);
  }

  /** What it prints until it ends by itself, which it must in good order. */
  async rest(): Promise<string[]> {
    const lines: string[] = [];
    for (let { done, value } = await this.#lines.next(); !done; { done, value } = await this.#lines.next()) {
      lines.push(value);
    }
    await this.#ended;
    clearTimeout(this.#timer);
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== 0) throw new Error(`the snippet ended with ${exitCode ?? signalCode}:\n${this.#errors}`);
    return lines;
  }

  /** Ends it, if it has not ended; gives the status it ended with, or `null` for none. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    clearTimeout(this.#timer);
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) {
      this.#process.kill(signal);
      await this.#ended;
    }
    return this.#process.exitCode;
  }
}

async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, loader: "ts", resolveDir: root },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    write: false,
    plugins: [sources],
  });
  return outputFiles[0]?.text ?? "";
}

/** What the settings of the compiler and package.json lead to. */
const paths: Record<string, string> = {
  tsjason: "index.ts",
  "tsjason/framing": "framing/index.ts",
  "tsjason/http": "transport/http/index.ts",
  "tsjason/ports": "ports/index.ts",
  "tsjason/testing": "testing/index.ts",
  "tsjason/websocket": "transport/websocket/index.ts",
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
