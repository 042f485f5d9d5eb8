/**
 * A long run: `npm run soak -- [--minutes 10] [--seed 1] [--faults]`.
 *
 * Mixed load with reconnects over tcp, unix, ws and http, in one process. The first fifth of the time is warm-up. After it
 * and at the end the load stops for a moment, garbage is collected, and memory is measured; it must not have grown by more
 * than a tenth. In the end nothing the process held for it may be left. Exits with 1 otherwise.
 *
 * With --faults: calls through proxies on which everything goes wrong, for as long, with a log on both sides that must
 * agree; see test/reliability/faults.test.ts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { FaultyLoad } from "../test/support/faulty-load.ts";
import { SoakLoad } from "../test/support/soak-load.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    faults: { type: "boolean", default: false },
  },
});
const ms = Number(values.minutes) * 60_000;
const seed = Number(values.seed);
if (!(ms > 0) || !Number.isInteger(seed)) throw new RangeError("expected --minutes above zero and a whole --seed");
const directory = mkdtempSync(join(tmpdir(), "tsj-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
const addresses = ["tcp://127.0.0.1:0", `unix:${directory}/s`, "ws://127.0.0.1:0/rpc", "http://127.0.0.1:0/rpc"];
console.log(`seed ${seed}, Node.js ${process.version}, ${values.minutes} minutes`);
process.exitCode = (await (values.faults ? faults() : soak())) ? 0 : 1;

interface Memory {
  /** MiB that JavaScript and its buffers use. */
  readonly used: number;
  /** MiB of the process. */
  readonly resident: number;
}

async function soak(): Promise<boolean> {
  const before = process.getActiveResourcesInfo();
  const load = new SoakLoad(seed);
  await load.start(addresses);
  await runFor(load, ms / 5);
  const warm = await memory();
  report("after warm-up", load, warm);
  // Looked at on the way too, for who wants to see a slope.
  for (let part = 1; part <= 4; part++) {
    await runFor(load, ms / 5);
    report(`after ${part + 1} of 5 parts`, load, await memory());
  }
  const end = await memory();
  await load.close();
  await memory();
  const left = leftOf(process.getActiveResourcesInfo(), before);
  const growth = { used: end.used / warm.used - 1, resident: end.resident / warm.resident - 1 };
  console.log(
    `growth since warm-up: ${percent(growth.used)} of what is used, ${percent(growth.resident)} of what is resident`,
  );
  console.log(`left behind: ${left.length === 0 ? "nothing" : left.join(", ")}`);
  return growth.used <= 0.1 && growth.resident <= 0.1 && left.length === 0;
}

async function runFor(load: SoakLoad, ms: number): Promise<void> {
  const end = Date.now() + ms;
  await load.run(() => Date.now() < end);
}

/** What is in use once all that can be collected is. */
async function memory(): Promise<Memory> {
  for (let round = 0; round < 5; round++) {
    await sleep(200);
    globalThis.gc?.();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 };
}

function report(when: string, load: SoakLoad, { used, resident }: Memory): void {
  const { answered, refused, lost, reconnects } = load.tally;
  const calls = `${answered} answered, ${refused} refused, ${lost} lost, ${reconnects} reconnects`;
  console.log(`${when}: ${calls}; ${used.toFixed(1)} MiB used, ${resident.toFixed(1)} MiB resident`);
}

function leftOf(now: readonly string[], before: readonly string[]): string[] {
  const rest = [...before];
  return now.filter((name) => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)}%`;
}

async function faults(): Promise<boolean> {
  const end = Date.now() + ms;
  const framings = ["newline", "content-length"].map((name) => `tcp://127.0.0.1:0?framing=${name}`);
  const rows = [...[...addresses, ...framings].map((address) => [address]), addresses.slice(0, 3)];
  let [calls, connections, runs] = [0, 0, 0];
  for (; Date.now() < end; runs++) {
    const own = seed + runs;
    const load = new FaultyLoad({ seed: own, addresses: rows[own % rows.length] ?? addresses, calls: 2_000 });
    await load.run();
    load.witness.check(`again with --faults --seed ${own}`);
    calls += load.witness.made;
    connections += load.connections;
  }
  console.log(`${calls} calls over ${connections} faulty connections in ${runs} runs: both sides agree on every one`);
  return true;
}
