/** A worker that makes blocking calls to the address of its data, and tells what came of them. */
import { parentPort, workerData } from "node:worker_threads";
import { connectSync } from "../../src/sync/index.ts";

const client = connectSync(workerData.data);
parentPort?.postMessage([client.call("add", [1, 2]), client.call("echo", ["from a worker"])]);
