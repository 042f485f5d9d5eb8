import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { TestContext } from "node:test";
import { bundled } from "./bundled.ts";
import { cleanUp } from "./cleanup.ts";
import { readAll } from "./read-all.ts";

/** How `stdio-program.ts` is run, as the option `stdio` of a client says it. */
export function stdioProgram(...args: string[]) {
  return { command: process.execPath, args: [bundled("stdio-program.ts"), ...args] } as const;
}

/** A program in plain JavaScript, run the same way. */
export function script(source: string) {
  return { command: process.execPath, args: ["-e", source] } as const;
}

/** `stdio-program.ts` as a child whose stdin and stdout the test reads and writes byte for byte. Gone after the test. */
export class StdioProcess {
  readonly process: ChildProcess;
  /** How it ended: its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** What it has written to its stderr; all of it once it has ended. */
  errors = "";
  readonly #waiters = new Set<() => void>();

  constructor(test: TestContext, manner?: string, stdio: StdioOptions = "pipe") {
    const { command, args } = stdioProgram(...(manner === undefined ? [] : [manner]));
    this.process = spawn(command, args, { stdio });
    this.ended = once(this.process, "close").then(([status, signal]) => status ?? signal);
    this.process.stderr?.on("data", (chunk) => {
      this.errors += String(chunk);
      for (const look of [...this.#waiters]) look();
    });
    this.process.stdin?.on("error", () => {});
    cleanUp(test, async () => {
      this.process.kill("SIGKILL");
      await this.ended;
    });
  }

  get stdin(): Writable {
    return this.process.stdin as Writable;
  }

  get stdout(): Readable {
    return this.process.stdout as Readable;
  }

  /** All it writes to its stdout. */
  output(): Promise<string> {
    return readAll(this.stdout);
  }

  /** Resolves with what matched, once it has written something like it to its stderr. */
  said(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = () => {
        const found = pattern.exec(this.errors);
        if (!found) return;
        this.#waiters.delete(look);
        resolve(found);
      };
      this.#waiters.add(look);
      look();
    });
  }
}
