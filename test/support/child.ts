import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { cleanUp } from "./cleanup.ts";

/** A program of this directory in a process of its own, which is gone after the test. */
export class Child {
  readonly process: ChildProcess;
  /** What it wrote to its standard error. */
  errors = "";
  /** Its status, or the signal it died of. */
  readonly exit: Promise<number | NodeJS.Signals>;
  readonly #said: unknown[] = [];
  #look: () => void = () => {};

  constructor(test: TestContext, program: string, ...args: string[]) {
    this.process = fork(fileURLToPath(new URL(program, import.meta.url)), args, {
      execArgv: ["--import", import.meta.resolve("tsx")],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    this.process.stderr?.on("data", (chunk) => {
      this.errors += String(chunk);
    });
    this.process.on("message", (message) => {
      this.#said.push(message);
      this.#look();
    });
    this.exit = once(this.process, "close").then(([code, signal]) => signal ?? code);
    cleanUp(test, () => this.kill());
  }

  /** The next thing it says. */
  async hear(): Promise<unknown> {
    while (this.#said.length === 0) {
      await new Promise<void>((resolve, reject) => {
        this.#look = resolve;
        void this.exit.then(() => reject(new Error(`it is gone: ${this.errors}`)));
      });
    }
    return this.#said.shift();
  }

  tell(message: string): void {
    this.process.send(message);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Ends it at once, so that it can put nothing away. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exit;
  }
}
