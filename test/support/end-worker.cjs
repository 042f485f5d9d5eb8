/*
 * Loaded by `--require` into each thread of a program: it ends the worker of `tsjason/sync`, in the manner of the variable
 * END, when it is told to call `die` (before it has taken the order) or `dieLater` (after); where END is "start", at once.
 */
const { workerData } = require("node:worker_threads");

/** @type {Record<string, () => void>} */
const endings = {
  throw: () => {
    throw new Error("out of paper");
  },
  exit: () => process.exit(3),
  // Without a word: no listener for the exit runs.
  vanish: () => /** @type {any} */ (process).reallyExit(3),
  memory: () => {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length));
  },
};

const port = workerData?.port;
if (port && workerData.cells && process.env.END === "start") throw new Error("before it began");
if (port && workerData.cells && process.env.END === "start") throw new Error("before it began");
if (port && workerData.cells) {
  const { on } = port;
  port.on = (/** @type {string} */ event, /** @type {(order: any) => void} */ listener) =>
    on.call(port, event, (/** @type {any} */ order) => {
      const method = order?.deed.method;
      if (method !== "die") listener(order);
      if (method === "die" || method === "dieLater") setImmediate(endings[process.env.END ?? "throw"] ?? (() => {}));
    });
}
