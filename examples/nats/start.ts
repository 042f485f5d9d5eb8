/**
 * Three copies of a service on NATS, under a steady load: one is killed, one is ended, a new one joins in, and every call
 * is accounted for. Run `npx tsx examples/nats/start.ts`, which starts a nats-server of its own
 * (`apt-get install nats-server`), or give the address of yours: `nats://127.0.0.1:4222/example`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "tsjason";
import { type Api, Load } from "./load.ts";

const EVERY_MS = 4;
const PHASE = 250;

/** Starts a broker on a port the system picks. */
async function startBroker(): Promise<[ChildProcess, string]> {
  // Debian puts it where only root looks.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const program = process.env.NATS_SERVER ?? "nats-server";
  const broker = spawn(program, ["-a", "127.0.0.1", "-p", "-1"], { env, stdio: ["ignore", "ignore", "pipe"] });
  await once(broker, "spawn");
  for await (const line of createInterface({ input: broker.stderr })) {
    const [, host] = /Listening for client connections on (\S+)/.exec(line) ?? [];
    if (host === undefined) continue;
    broker.stderr.resume();
    return [broker, `nats://${host}/example`];
  }
  throw new Error("nats-server did not start");
}

/** Starts a copy; it serves when this resolves. */
async function startCopy(address: string, name: string): Promise<ChildProcess> {
  const file = fileURLToPath(new URL("copy.ts", import.meta.url));
  const copy = spawn(process.execPath, ["--import", "tsx", file, address, name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: copy.stdout });
  lines.on("line", (line) => console.log(`  (${line})`));
  await once(lines, "line");
  return copy;
}

const [given] = process.argv.slice(2);
const [broker, address] = given === undefined ? await startBroker() : [undefined, given];
const copies = new Map<string, ChildProcess>();
for (const name of ["ann", "bob", "cid"]) copies.set(name, await startCopy(address, name));

// Nobody tells that a copy died: an attempt that takes a second is given up, and where twice does no harm there is another.
const client = new Client<Api>(address, { timeout: 10_000, attemptTimeout: 1_000, idempotent: ["work"] });
const load = new Load(client);
console.log("Three copies, a call every few milliseconds.");
await load.run(PHASE, EVERY_MS);

console.log("kill -9 for bob: what he has in hand is lost, and nobody tells.");
copies.get("bob")?.kill("SIGKILL");
await load.run(PHASE, EVERY_MS);

console.log("SIGTERM for cid: he finishes what he has taken, and takes no more.");
copies.get("cid")?.kill("SIGTERM");
await load.run(PHASE, EVERY_MS);

console.log("A new copy, dora, joins in.");
const joining = startCopy(address, "dora").then((copy) => copies.set("dora", copy));
await Promise.all([joining, load.run(2 * PHASE, EVERY_MS)]);
await load.run(PHASE, EVERY_MS);

await load.settled();
await client.close();
for (const copy of copies.values()) {
  if (copy.exitCode !== null || copy.signalCode !== null) continue;
  copy.kill("SIGTERM");
  await once(copy, "exit");
}
broker?.kill();

const counts = [...load.answered].map(([name, count]) => `${name} ${count}`).sort();
const sum = [...load.answered.values()].reduce((total, count) => total + count, 0);
console.log(`${load.made} calls made, ${sum} answered (${counts.join(", ")}), ${load.failures.length} failed.`);
console.log(`${load.unknown} were in the killed copy's hand, and were tried again.`);
for (const failure of load.failures) console.error(failure);
if (sum !== load.made) process.exitCode = 1;
