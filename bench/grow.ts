/**
 * How cost grows: with the calls outstanding, the size of a message, the connections and the methods registered. What
 * is sound stays flat, or grows in proportion.
 *
 *     node --import tsx bench/grow.ts [--quick] [--axis outstanding,size] [--variant tsjason,floor]
 *
 * Limits are raised where they would cut in; so these figures are of what the code can do, not of its defaults.
 */
import { parseArgs } from "node:util";
import type { VariantName } from "./adapters/index.ts";
import { buildWorkers } from "./lib/build.ts";
import { AXES, type Axis, type Growth, type GrowthPoint, pointsOf } from "./lib/growth.ts";
import { twoCores } from "./lib/pin.ts";
import { assertBuilt } from "./lib/product.ts";
import { Progress } from "./lib/progress.ts";
import { LATEST_GROWTH, settingOf, writeJson } from "./lib/results.ts";
import { spreadOf } from "./lib/stats.ts";
import { rough, round, table } from "./lib/table.ts";
import { Pair, type Slice, shortly } from "./lib/wire.ts";
import { endWorkersWithThis } from "./lib/worker.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    axis: { type: "string", default: Object.keys(AXES).join(",") },
    variant: { type: "string", default: "tsjason,floor" },
    rounds: { type: "string" },
    "slice-ms": { type: "string" },
    out: { type: "string", default: LATEST_GROWTH },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
const sliceMs = Number(values["slice-ms"] ?? (values.quick ? 150 : 400));
const axes = values.axis.split(",") as Axis[];
for (const axis of axes) if (!Object.hasOwn(AXES, axis)) throw new RangeError(`there is no axis ${axis}`);
const names = values.variant.split(",") as VariantName[];
assertBuilt();

/* Room for what the process has open anyway. */
const OTHER_FILES = 100;

endWorkersWithThis();
const files = await buildWorkers();
const cores = twoCores();
const progress = new Progress();
const all = axes.flatMap((axis) => pointsOf(axis, openFiles() - OTHER_FILES).map((point) => ({ axis, point })));
progress.start(all.length * names.length);

const points: GrowthPoint[] = [];
for (const { axis, point } of all) {
  const pairs: Pair[] = [];
  try {
    for (const name of names) {
      try {
        pairs.push(await open(name, axis, point));
      } catch (error) {
        progress.warn(`${name} at ${axis} ${point}: ${shortly(error)}`);
      }
    }
    points.push(...(await measure(axis, point, pairs)));
  } finally {
    await Promise.all(pairs.map((pair) => pair.close()));
  }
}
progress.stop();

const growth: Growth = {
  setting: settingOf(["npm run bench:grow", ...process.argv.slice(2)].join(" -- "), cores !== undefined),
  quick: values.quick,
  points,
};
writeJson(values.out, growth);
for (const axis of axes) {
  const lines = points
    .filter((one) => one.axis === axis)
    .map(({ variant, at, callsPerSecond, cpuPerCall }) => [
      `${variant} ${at.toLocaleString("en-US")}`,
      rough(callsPerSecond.median),
      round(cpuPerCall.median, 2),
    ]);
  console.log(`\nBy ${AXES[axis].label}\n${table(["", "calls/s", "CPU us/call, both sides"], lines)}`);
}
console.log(`\nAll of it: ${values.out}`);

async function open(name: VariantName, axis: Axis, point: number): Promise<Pair> {
  const extraMethods = axis === "methods" ? point : 0;
  const pair = await Pair.open(name, { files, cores }, { raised: true, extraMethods });
  const { connections, load } = AXES[axis].load(point);
  await pair.slice({ kind: "call", outstanding: 64, size: 13, ms: 500, maxCalls: 1e9 });
  await pair.client.call("connections", { count: connections }, 60_000);
  await pair.slice({ ...load, ms: sliceMs, maxCalls: 1e9 });
  return pair;
}

async function measure(axis: Axis, at: number, pairs: readonly Pair[]): Promise<GrowthPoint[]> {
  const slices = new Map<Pair, Slice[]>(pairs.map((pair) => [pair, []]));
  for (let i = 0; i < rounds; i++) {
    for (const [pair, own] of slices) {
      own.push(await pair.slice({ ...AXES[axis].load(at).load, ms: sliceMs, maxCalls: 1e9 }));
    }
  }
  return [...slices].map(([{ variant }, own]) => {
    progress.tick(`${axis} ${at}: ${variant}`);
    return {
      axis,
      at,
      variant,
      callsPerSecond: spreadOf(own.map(({ calls, seconds }) => calls / seconds)),
      cpuPerCall: spreadOf(own.map(({ clientCpu, serverCpu, calls }) => (clientCpu + serverCpu) / calls)),
    };
  });
}

/** How many files, and so sockets, a process may have open. */
function openFiles(): number {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { soft: number | "unlimited" } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : Number.POSITIVE_INFINITY;
}
