import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { OpResponse, Ops } from "./ops.ts";
import { BENCH } from "./product.ts";

type ArgsOf<O extends Ops, K extends keyof O> = Parameters<O[K]>;
type ValueOf<O extends Ops, K extends keyof O> = Awaited<ReturnType<O[K]>>;

export interface StartOptions {
  /** The core to stay on. */
  readonly core?: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Flags for Node.js. */
  readonly flags?: readonly string[];
}

const START_MS = 20_000;
const DEFAULT_MS = 30_000;

/* The package `ws` of the product looks for `bufferutil` here too, as that of its peers does, which one of them installs. */
const PACKAGES = join(BENCH, "node_modules");

/* All that were started and have not ended, so that none is left behind. */
const running = new Set<ChildProcess>();

/** A process of this run that answers operations; it ends with this one. */
export class Worker<O extends Ops> {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #lastId = 0;
  #stderr = "";
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    running.add(child);
    child.stderr?.setEncoding("utf8");
    child.stderr?.on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000);
    });
    child.on("message", ({ id, value, error }: OpResponse) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) pending?.resolve(value);
      else pending?.reject(new Error(error));
    });
    this.#ended = new Promise((resolve) => {
      const end = (why: string) => {
        running.delete(child);
        for (const { reject } of this.#pending.values()) reject(new Error(`${why}\n${this.#stderr}`));
        this.#pending.clear();
        resolve();
      };
      child.on("error", (error) => end(`the process could not be started: ${error.message}`));
      child.on("exit", (code, signal) => end(`the process ended (${signal ?? `status ${code}`})`));
    });
  }

  /** @param file - the built module, which calls `answerOps` */
  static async start<O extends Ops>(file: string, options: StartOptions = {}): Promise<Worker<O>> {
    const { core, env = {}, flags = [] } = options;
    const command = [process.execPath, "--expose-gc", ...flags, file];
    if (core !== undefined) command.unshift("taskset", "-c", String(core));
    const [program, ...args] = command as [string, ...string[]];
    const child = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, NODE_OPTIONS: "", NODE_PATH: PACKAGES, ...env },
    });
    const worker = new Worker<O>(child);
    await worker.#wait(0, START_MS, "starting");
    return worker;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return running.has(this.#child);
  }

  /** What it has printed as errors and warnings, the end of it. */
  get stderr(): string {
    return this.#stderr;
  }

  /** @param ms - how long it may take; then the process is killed, and this rejects */
  async call<K extends keyof O & string>(op: K, args: ArgsOf<O, K>[0], ms = DEFAULT_MS): Promise<ValueOf<O, K>> {
    const id = ++this.#lastId;
    const answer = this.#wait(id, ms, op);
    if (this.#child.connected) this.#child.send({ id, op, args });
    return (await answer) as ValueOf<O, K>;
  }

  async stop(): Promise<void> {
    if (!running.has(this.#child)) return;
    if (this.#child.connected) this.#child.disconnect();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 2_000);
    await this.#ended;
    clearTimeout(late);
  }

  #wait(id: number, ms: number, what: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#pending.delete(id);
        this.#child.kill("SIGKILL");
        reject(new Error(`${what} took more than ${ms} ms\n${this.#stderr}`));
      }, ms);
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          clearTimeout(late);
          how(value);
        };
      this.#pending.set(id, { resolve: settle(resolve), reject: settle(reject) });
      if (!running.has(this.#child)) this.#pending.get(id)?.reject(new Error("the process has ended"));
    });
  }
}

function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Sees to it that nothing is left behind, however this process ends. */
export function endWorkersWithThis(): void {
  process.on("exit", killAll);
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(128 + number);
    });
  }
}
