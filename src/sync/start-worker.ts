import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { WorkerData } from "./order.ts";

/*
 * Loads the worker's program, and tells of it when that fails. It is a text, since a worker cannot start from a file where
 * the process was started with --input-type; and because the program in the sources is TypeScript, and what loads that
 * here has to be loaded there too.
 */
const START = `
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const { entry, tsx, port } = workerData;
  const loaded = tsx ? import(tsx).then(({ tsImport }) => tsImport(entry, entry)) : import(entry);
  loaded.catch((error) => {
    port.postMessage({ kind: "crash", error: { is: "value", value: error } });
    throw error;
  });`;

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
  const worker = new Worker(START, {
    name: "tsjason/sync",
    eval: true,
    workerData: { ...workerData, ...program() },
    transferList: [port2],
  });
  // What it threw is told by a note; here nobody is to hear of it once more.
  worker.on("error", () => {});
  worker.unref();
  return port1;
}

/** The worker's program, and what has to load it. */
function program(): { readonly entry: string; readonly tsx?: string } {
  if (/\.ts(\?|$)/.test(import.meta.url)) {
    return { entry: new URL("./worker.ts", import.meta.url).href, tsx: import.meta.resolve("tsx/esm/api") };
  }
  const entry = new URL("./worker.js", import.meta.url);
  if (existsSync(entry)) return { entry: entry.href };
  const why = "a bundler that takes in tsjason/sync has to leave it outside of the bundle";
  throw new Error(`expected the worker's program at ${fileURLToPath(entry)}, found none: ${why}`);
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
