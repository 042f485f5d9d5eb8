import { Worker, type WorkerOptions } from "node:worker_threads";
import { bundled } from "./bundled.ts";
import { cleanUp, type Ending } from "./cleanup.ts";

/**
 * Starts a worker that runs a TypeScript file of this folder. It is gone after the test.
 *
 * @param data - the program's `workerData.data`
 */
export function startWorker(test: Ending, file: string, data?: unknown, options: WorkerOptions = {}): Worker {
  const worker = new Worker(bundled(file), { execArgv: [], ...options, workerData: { data } });
  cleanUp(test, () => worker.terminate());
  return worker;
}
