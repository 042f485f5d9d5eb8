/**
 * A service in a worker thread, called from the main thread: run `npx tsx examples/worker.ts`. The worker calls back.
 *
 * The two sides are one file here, for reading. In plain JavaScript, give the worker a file of its own:
 * `new Worker(new URL("worker.js", import.meta.url))`.
 */
import { isMainThread, Worker } from "node:worker_threads";
import { type CallContext, Connection, Service } from "tsjason";
import { parentChannel, workerChannel } from "tsjason/ports";

async function count({ connection }: CallContext, limit: number): Promise<number> {
  let primes = 0;
  for (let n = 2; n < limit; n++) {
    if (n % 1_000 === 0) await connection?.notify("progress", [n]);
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) primes++;
  }
  return primes;
}

if (isMainThread) {
  // What loads TypeScript here has to be loaded there too.
  const worker = new Worker(`import("tsx/esm/api").then((tsx) => tsx.tsImport("${import.meta.url}", "file:///"))`, {
    eval: true,
  });
  const service = new Service().addMethod("progress", (n: number) => console.log(`  ${n} numbers looked at`));
  const connection = new Connection<{ primes(limit: number): number }>(workerChannel(worker), { service });
  console.log(`${await connection.call("primes", [3_500])} primes`);
  await connection.close(); // the worker has nothing more to do, and exits
} else {
  const service = new Service().addMethod("primes", count, { context: true });
  new Connection(parentChannel(), { service });
}
