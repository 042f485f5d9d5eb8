import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { HOST } from "./adapter.ts";

/** A nats-server of this run's own; it ends with this process. */
export class Broker {
  /** `127.0.0.1:4222` */
  readonly host: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, host: string) {
    this.#process = child;
    this.host = host;
    process.on("exit", () => child.kill("SIGKILL"));
  }

  /** @throws Error with what to do when there is none */
  static async start(): Promise<Broker> {
    // Debian puts it where only root looks.
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
    const program = process.env.NATS_SERVER ?? "nats-server";
    const child = spawn(program, ["-a", HOST, "-p", "-1"], { env, stdio: ["ignore", "ignore", "pipe"] });
    const failed = new Promise<never>((_, reject) => {
      child.once("error", (cause) =>
        reject(new Error("nats-server is needed: apt-get install nats-server", { cause })),
      );
    });
    const ready = (async () => {
      for await (const line of createInterface({ input: child.stderr })) {
        const [, host] = /Listening for client connections on (\S+)/.exec(line) ?? [];
        if (host === undefined) continue;
        child.stderr.resume();
        return new Broker(child, host);
      }
      throw new Error("nats-server did not start");
    })();
    return Promise.race([ready, failed]);
  }

  stop(): void {
    this.#process.kill();
  }
}
