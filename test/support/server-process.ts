import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { bundled } from "./bundled.ts";
import { cleanUp } from "./cleanup.ts";

/** A server in another process: `serving-program.ts`. It is gone after the test. */
export class ServerProcess {
  readonly address: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  /** How it ended: its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** What it wrote to its standard error; all of it once it has ended. */
  errors = "";

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, address: string) {
    this.#process = child;
    this.#lines = lines;
    this.address = address;
    this.ended = once(child, "close").then(([status, signal]) => status ?? signal);
    child.stderr?.on("data", (chunk) => {
      this.errors += String(chunk);
    });
  }

  /** Starts it on an address; it listens when this resolves. */
  static async start(test: TestContext, address = "tcp://127.0.0.1:0", closing = "well"): Promise<ServerProcess> {
    const command = [bundled("serving-program.ts"), address, closing];
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value } = await lines.next();
    const server = new ServerProcess(child, lines, value);
    cleanUp(test, () => server.kill());
    return server;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it at once, so that it can put nothing away. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }

  /** The next line it prints. */
  async says(): Promise<string> {
    const { value } = await this.#lines.next();
    return value;
  }
}
