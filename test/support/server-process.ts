import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { cleanUp } from "./cleanup.ts";

const program = fileURLToPath(new URL("./serving-program.ts", import.meta.url));

/** A server in another process: `serving-program.ts`. It is gone after the test. */
export class ServerProcess {
  readonly address: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  /** How it ended: its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, address: string) {
    this.#process = child;
    this.#lines = lines;
    this.address = address;
    this.ended = once(child, "exit").then(([status, signal]) => status ?? signal);
  }

  /** Starts it on an address; it listens when this resolves. */
  static async start(test: TestContext, address = "tcp://127.0.0.1:0"): Promise<ServerProcess> {
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), program, address], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value } = await lines.next();
    const server = new ServerProcess(child, lines, value);
    cleanUp(test, async () => {
      server.signal("SIGKILL");
      await server.ended;
    });
    return server;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** The next line it prints. */
  async says(): Promise<string> {
    const { value } = await this.#lines.next();
    return value;
  }
}
