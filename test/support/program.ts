import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { bundled } from "./bundled.ts";
import type { Order, Report } from "./listening-program.ts";

/** Another process that listens: `listening-program.ts`. It is gone after the test. */
export class Program {
  readonly #process: ChildProcess;

  /** @param openFiles - how many files it may have open */
  constructor(test: TestContext, openFiles?: number) {
    const command = [process.execPath, bundled("listening-program.ts")];
    const [file = "", ...args] =
      openFiles === undefined ? command : ["sh", "-c", `ulimit -n ${openFiles}; exec "$0" "$@"`, ...command];
    this.#process = spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    test.after(() => this.kill());
  }

  /** Tells it something and waits for its answer. */
  async tell(order: Order): Promise<Report> {
    this.#process.send(order);
    const [report] = await once(this.#process, "message");
    return report;
  }

  /** Ends it at once, so that it can put nothing away. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}
