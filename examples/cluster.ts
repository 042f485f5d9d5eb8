/**
 * One service on several cores of one machine: `npx tsx examples/cluster.ts [ADDRESS]`. The processes share one TCP port, and
 * each new connection goes to the next of them. Ctrl-C or SIGTERM ends all in good order; one that dies is replaced.
 *
 * Without an address it shows itself: it picks a port, calls from several connections, and ends.
 */
import cluster from "node:cluster";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Client, closeOnSignals, listen, Service } from "tsjason";

const [given] = process.argv.slice(2);
const WORKERS = given === undefined ? 2 : availableParallelism();

async function work(): Promise<void> {
  const service = new Service().addMethod("whoAnswers", () => process.pid);
  const server = await listen(service, given ?? "tcp://127.0.0.1:0");
  closeOnSignals(() => server.close());
  process.send?.(server.address);
}

async function lead(): Promise<void> {
  let closing = false;
  const workers = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  cluster.on("exit", () => closing || cluster.fork());
  closeOnSignals(() => {
    closing = true;
    const exits = workers().map((worker) => once(worker, "exit"));
    for (const worker of workers()) worker.process.kill("SIGTERM");
    return Promise.all(exits);
  });
  const addresses = Array.from({ length: WORKERS }, async () => (await once(cluster.fork(), "message"))[0] as string);
  const [address = ""] = await Promise.all(addresses);
  console.log(`${WORKERS} processes listen on ${address}`);
  if (given !== undefined) return;

  const answers = new Set<unknown>();
  for (let connection = 0; connection < 4; connection++) {
    await using client = new Client(address);
    answers.add(await client.call("whoAnswers"));
  }
  console.log(`4 connections were answered by ${answers.size} processes`);
  process.kill(process.pid, "SIGTERM");
}

await (cluster.isPrimary ? lead() : work());
