import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { WorkerData } from "./order.ts";

/* In the sources the program is TypeScript, and what loads that here has to be loaded there too. */
const FROM_SOURCE = `
  const { entry, tsx } = require("node:worker_threads").workerData;
  import(tsx).then(({ tsImport }) => tsImport(entry, entry));`;

/**
 * Starts the worker. Neither it nor the port keeps the process alive.
 *
 * @returns this side's end of the port that the worker listens on
 * @throws Error when its program is not where it should be, or this thread may not wait
 */
export function startWorker(cells: Int32Array): MessagePort {
  assertMayWait();
  const { port1, port2 } = new MessageChannel();
  const workerData: WorkerData = { port: port2, cells };
  const worker = makeWorker(workerData);
  // What it threw is told by a note; here nobody is to hear of it once more.
  worker.on("error", () => {});
  worker.unref();
  return port1;
}

function makeWorker(data: WorkerData): Worker {
  const options = { name: "tsjason/sync", transferList: [data.port] };
  if (/\.ts(\?|$)/.test(import.meta.url)) {
    const entry = new URL("./worker.ts", import.meta.url).href;
    const workerData = { ...data, entry, tsx: import.meta.resolve("tsx/esm/api") };
    return new Worker(FROM_SOURCE, { ...options, workerData, eval: true });
  }
  const program = new URL("./worker.js", import.meta.url);
  if (!existsSync(program)) {
    const why = "a bundler that takes in tsjason/sync has to leave it outside of the bundle";
    throw new Error(`expected the worker's program at ${fileURLToPath(program)}, found none: ${why}`);
  }
  return new Worker(program, { ...options, workerData: data });
}

function assertMayWait(): void {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
  } catch (cause) {
    throw new Error("the blocking client cannot work in a thread that may not wait (Atomics.wait): use Client", {
      cause,
    });
  }
}
