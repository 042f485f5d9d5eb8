/**
 * A program that makes blocking calls: `blocking-program.ts MANNER ADDRESS`. It never closes its client.
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { Worker } from "node:worker_threads";
import { isCallError } from "../../src/index.ts";
import { connectSync } from "../../src/sync/index.ts";

const [manner = "", address = "", ...rest] = process.argv.slice(2);
const started = once(process, "worker");
const client = connectSync(address, { timeout: 30_000 });

/* What a process prints with console.log may be lost when it is made to exit. */
function say(what: unknown): void {
  writeFileSync(1, `${typeof what === "string" ? what : JSON.stringify(what)}\n`);
}

function attempt(method: string): void {
  try {
    say(client.call(method, ["x"]));
  } catch (error) {
    const { name, message, cause } = error as Error;
    say([name, message, isCallError(error) && error.outcome, cause instanceof Error ? cause.message : null]);
  }
}

const manners: Readonly<Record<string, () => void | Promise<void>>> = {
  call: () => attempt("echo"),
  unused: () => say("nothing was called"),
  throw: () => {
    attempt("echo");
    throw new Error("as any script may");
  },
  exit: () => {
    attempt("echo");
    process.exit(5);
  },
  timer: () => {
    attempt("echo");
    setTimeout(() => say("and later"), 10);
  },
  "between-two": () => {
    attempt("echo");
    attempt(rest[0] ?? "");
    attempt("echo");
  },
  forgotten: () => {
    connectSync(address).connect();
    setInterval(() => globalThis.gc?.(), 10);
  },
  terminated: async () => {
    attempt("echo");
    const [worker] = (await started) as [Worker];
    await worker.terminate();
    attempt("echo");
  },
};
await manners[manner]?.();
