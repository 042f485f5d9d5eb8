/**
 * More than one process: calls per second through NATS with one and two copies, next to the official client's request and
 * reply with JSON alone; and over TCP with one process and two that share a port.
 *
 *     node --import tsx bench/scale.ts [--quick] [--variant nats-1,official-1]
 *
 * Nothing is pinned to a core: broker, copies and client share what there is. Ratios are of slices of the same round.
 */
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { HOST } from "./lib/adapter.ts";
import { Broker } from "./lib/broker.ts";
import { buildWorkers } from "./lib/build.ts";
import type { Load } from "./lib/load.ts";
import { assertBuilt } from "./lib/product.ts";
import { Progress } from "./lib/progress.ts";
import { LATEST_SCALE, type ScaleResults, type ScaleRow, settingOf, writeJson } from "./lib/results.ts";
import { shuffled, spreadOf } from "./lib/stats.ts";
import { rough, round, table } from "./lib/table.ts";
import { endWorkersWithThis, Worker } from "./lib/worker.ts";
import type { ScaleClientOps } from "./workers/scale-client.ts";
import type { ScaleServerOps } from "./workers/scale-server.ts";

interface Variant {
  readonly label: string;
  readonly adapter: "tsjasonNats" | "tsjasonTcp" | "official";
  /** Copies behind a broker, or processes that share a port. */
  readonly copies: number;
  readonly connections: number;
  /** What its ratio is of. */
  readonly of: string;
}

const variants: Readonly<Record<string, Variant>> = {
  "official-1": {
    label: "NATS, official client, 1 copy",
    adapter: "official",
    copies: 1,
    connections: 1,
    of: "official-1",
  },
  "official-again": {
    label: "the same again (noise)",
    adapter: "official",
    copies: 1,
    connections: 1,
    of: "official-1",
  },
  "nats-1": { label: "NATS, tsjason, 1 copy", adapter: "tsjasonNats", copies: 1, connections: 1, of: "official-1" },
  "official-2": {
    label: "NATS, official client, 2 copies",
    adapter: "official",
    copies: 2,
    connections: 1,
    of: "official-2",
  },
  "nats-2": { label: "NATS, tsjason, 2 copies", adapter: "tsjasonNats", copies: 2, connections: 1, of: "official-2" },
  "tcp-1": { label: "TCP, 1 process", adapter: "tsjasonTcp", copies: 1, connections: 4, of: "tcp-1" },
  "tcp-2": { label: "TCP, 2 processes on one port", adapter: "tsjasonTcp", copies: 2, connections: 4, of: "tcp-1" },
};

type Workload = Pick<Load, "outstanding" | "size"> & { readonly label: string; readonly isBusy?: boolean };

const workloads: readonly Workload[] = [
  { label: "1", outstanding: 1, size: 13 },
  { label: "16", outstanding: 16, size: 13 },
  { label: "64", outstanding: 64, size: 13 },
  { label: "256", outstanding: 256, size: 13 },
  { label: "1,024", outstanding: 1_024, size: 13 },
  { label: "64 x 1 KiB", outstanding: 64, size: 1_024 },
  { label: "16, 0.25 ms of work", outstanding: 16, size: 13, isBusy: true },
];

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    variant: { type: "string", default: Object.keys(variants).join(",") },
    rounds: { type: "string" },
    "slice-ms": { type: "string" },
    out: { type: "string", default: LATEST_SCALE },
  },
});
const names = values.variant.split(",");
for (const name of names) if (!Object.hasOwn(variants, name)) throw new RangeError(`there is no variant ${name}`);
const rounds = Number(values.rounds ?? (values.quick ? 4 : 15));
const sliceMs = Number(values["slice-ms"] ?? (values.quick ? 100 : 300));
assertBuilt();

endWorkersWithThis();
const files = await buildWorkers();
const broker = await Broker.start();
const progress = new Progress();

const WARM_UPS = 4;

/** A variant's processes. */
interface Open {
  readonly client: Worker<ScaleClientOps>;
  readonly all: readonly Worker<ScaleServerOps>[];
}

async function open(name: string, { adapter, copies, connections }: Variant): Promise<Open> {
  const port = await freePort();
  const where = { broker: broker.host, name, port };
  const all: Worker<ScaleServerOps>[] = [];
  if (adapter === "tsjasonTcp") {
    const leader = await Worker.start<ScaleServerOps>(files["scale-server"]);
    all.push(leader);
    await leader.call("serveShared", { processes: copies, port });
  } else {
    for (let copy = 0; copy < copies; copy++) {
      const server = await Worker.start<ScaleServerOps>(files["scale-server"]);
      all.push(server);
      await server.call("serve", { adapter, ...where });
    }
  }
  const client = await Worker.start<ScaleClientOps>(files["scale-client"]);
  await client.call("start", { adapter, connections, ...where });
  return { client, all };
}

/** A port that nobody has, and that several processes can be told of. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, HOST, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const opened = new Map<string, Open>();
for (const name of names) opened.set(name, await open(name, variants[name] as Variant));

/** Calls per second of each slice, and processor time per call, of the client and its servers together. */
async function measure({ label, isBusy = false, ...load }: Workload): Promise<ScaleRow[]> {
  const slices = new Map(names.map((name) => [name, [] as { rate: number; cpu: number }[]]));
  // The first round is thrown away.
  for (let turn = -1; turn < rounds; turn++) {
    for (const name of shuffled(names)) {
      const { client, all } = opened.get(name) as Open;
      const serversCpu = async () => {
        const each = await Promise.all(all.map((server) => server.call("cpu", undefined)));
        return each.reduce((sum, cpu) => sum + cpu, 0);
      };
      const before = await serversCpu();
      const asked = { ...load, isBusy, kind: "call", ms: sliceMs, maxCalls: Number.POSITIVE_INFINITY } as const;
      const { calls, seconds, cpu } = await client.call("load", asked, sliceMs + 20_000);
      const total = cpu + (await serversCpu()) - before;
      if (turn >= 0) slices.get(name)?.push({ rate: calls / seconds, cpu: total / calls });
      progress.tick(`${label}: ${name}`);
    }
  }
  const rates = (name: string) => (slices.get(name) ?? []).map(({ rate }) => rate);
  return names.map((name) => {
    const base = rates((variants[name] as Variant).of);
    return {
      name,
      workload: label,
      callsPerSecond: spreadOf(rates(name)),
      ratio: spreadOf(rates(name).map((rate, at) => rate / (base[at] ?? Number.NaN))),
      cpu: spreadOf((slices.get(name) ?? []).map(({ cpu }) => cpu)),
    };
  });
}

/** Everything is compiled by the time it counts. */
async function warmUp(): Promise<void> {
  for (let turn = 0; turn < WARM_UPS; turn++) {
    for (const isBusy of [false, true]) {
      for (const [name, { client }] of opened) {
        const load = { kind: "call", outstanding: 64, size: 13, ms: 400, maxCalls: 20_000, isBusy } as const;
        await client.call("load", load);
        progress.tick(`warming up ${name}`);
      }
    }
  }
}

progress.start(names.length * (workloads.length * (rounds + 1) + 2 * WARM_UPS));
await warmUp();
const results: ScaleRow[][] = [];
for (const workload of workloads) results.push(await measure(workload));
progress.stop();
for (const { client, all } of opened.values()) await Promise.all([client, ...all].map((worker) => worker.stop()));
broker.stop();

const setting = settingOf(["npm --prefix bench run scale", ...process.argv.slice(2)].join(" -- "), false);
const written: ScaleResults = { setting, quick: values.quick, rounds, sliceMs, results: results.flat() };
writeJson(values.out, written);
console.log(`Node.js ${setting.node}, ${setting.cores} x ${setting.cpu}, ${setting.date}, commit ${setting.commit}`);
const print = (title: string, cell: (row: ScaleRow) => string) => {
  const rows = names.map((name, at) => [
    variants[name]?.label ?? name,
    ...results.map((row) => cell(row[at] as ScaleRow)),
  ]);
  console.log(`\n${title}\n${table(["", ...workloads.map(({ label }) => label)], rows)}`);
};
print("Calls per second, of the official client's with as many copies, or of one process over TCP", ({ ratio }) =>
  round(ratio.median, 2),
);
print("Calls per second", ({ callsPerSecond }) => rough(callsPerSecond.median));
print("Microseconds of processor time per call, client and copies", ({ name, cpu }) =>
  // Processes that share a port are counted by nobody here.
  variants[name]?.adapter === "tsjasonTcp" ? "" : round(cpu.median, 1),
);
console.log(`\nAll of it: ${values.out}`);
