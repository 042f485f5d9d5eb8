import { Worker, type WorkerOptions } from "node:worker_threads";
import { cleanUp, type Ending } from "./cleanup.ts";

/* A worker does not have the loader for TypeScript that this thread has. */
const START = `
  const { workerData: { program, tsx } } = require("node:worker_threads");
  import(tsx).then(({ tsImport }) => tsImport(program, program));`;

/**
 * Starts a worker that runs a TypeScript file of this folder. It is gone after the test.
 *
 * @param data - the program's `workerData.data`
 */
export function startWorker(test: Ending, file: string, data?: unknown, options: WorkerOptions = {}): Worker {
  const program = new URL(file, import.meta.url).href;
  const workerData = { program, tsx: import.meta.resolve("tsx/esm/api"), data };
  const worker = new Worker(START, { ...options, eval: true, workerData });
  cleanUp(test, () => worker.terminate());
  return worker;
}
