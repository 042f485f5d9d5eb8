import type { VariantName } from "../adapters/index.ts";
import { variants } from "../adapters/index.ts";
import { TRANSPORTS, workloads } from "./plan.ts";
import { rowOf } from "./report.ts";
import type { MemoryResult, Results, Row, ScaleResults, WorkloadResult } from "./results.ts";
import { scaleGoals } from "./scale-goals.ts";

/** Something to reach. */
export interface Goal<Of = Results> {
  readonly label: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly digits?: number;
  /** What was measured, and how much of it may be noise; `undefined` when it was not. */
  readonly measure: (results: Of) => Measured | undefined;
}

interface Measured {
  readonly value: number;
  readonly noise?: number | undefined;
}

export interface Verdict {
  readonly goal: Omit<Goal, "measure">;
  readonly measured: number | undefined;
  readonly noise: number | undefined;
  readonly verdict: "reached" | "within the noise" | "missed" | "not measured";
}

/** @param scale - results with more than one process, if there are any */
export function verdicts(results: Results, scale?: ScaleResults): Verdict[] {
  return [...judged(goals, results), ...judged(scaleGoals, scale)];
}

function judged<Of>(goals: readonly Goal<Of>[], results: Of | undefined): Verdict[] {
  return goals.map((goal) => {
    const measured = results && goal.measure(results);
    const { value, noise } = measured ?? {};
    return { goal, measured: value, noise, verdict: verdictOn(goal, value, noise ?? 0) };
  });
}

function verdictOn({ atLeast, atMost }: Verdict["goal"], value: number | undefined, noise: number): Verdict["verdict"] {
  if (value === undefined || Number.isNaN(value)) return "not measured";
  const missedBy = Math.max(
    (atLeast ?? Number.NEGATIVE_INFINITY) - value,
    value - (atMost ?? Number.POSITIVE_INFINITY),
  );
  if (missedBy <= 0) return "reached";
  return missedBy <= noise ? "within the noise" : "missed";
}

/* What the floor is of itself. */
function noiseOf(result: WorkloadResult | undefined, of: (row: Row) => { q1: number; q3: number }): number | undefined {
  const again = result?.rows["floor-again"];
  if (!again) return undefined;
  const { q1, q3 } = of(again);
  return Math.max(Math.abs(1 - q1), Math.abs(q3 - 1));
}

function resultWith(
  results: Results,
  workload: string,
  variant: VariantName,
  beside = variant,
): WorkloadResult | undefined {
  return results.workloads.find((one) => one.workload === workload && one.rows[variant] && one.rows[beside]);
}

type RatioName = "ratio" | "cpuRatio" | "p99Ratio";

function ofFloor(workload: string, variant: VariantName, ratio: RatioName): Goal["measure"] {
  return (results) => {
    const row = rowOf(results, workload, variant);
    const result = resultWith(results, workload, variant);
    return row && { value: row[ratio].median, noise: noiseOf(result, (other) => other[ratio]) };
  };
}

/** How many times a variant's calls per second are tsjason's. */
function timesOf(workload: string, variant: VariantName, ours: VariantName = "tsjason"): Goal["measure"] {
  return (results) => {
    const result = resultWith(results, workload, variant, ours);
    const times = result?.rows[variant]?.behindTsjason?.median;
    const noise = noiseOf(result, ({ ratio }) => ratio);
    return times === undefined ? undefined : { value: times, noise: noise === undefined ? noise : noise * times };
  };
}

const floorGoals: readonly [workload: string, ratio: number][] = [
  ["1", 0.95],
  ["16", 0.95],
  ["64", 0.9],
  ["256", 0.9],
  ["4096", 0.9],
  ["100x10", 0.9],
  ["16x64KiB", 0.95],
  ["4x1MiB", 0.95],
];

const peerGoals: readonly [workload: string, variant: VariantName, times: number][] = [
  ["256", "jayson", 4],
  ["256", "jayson-client", 50],
  ["256", "rpc-websockets", 5],
  ["256", "json-rpc-2.0", 6],
  ["256", "birpc", 4.5],
  ["256", "capnweb", 12],
  ["256", "vscode-jsonrpc", 15],
  ["256", "grpc", 80],
  ["100x10", "jayson", 2],
  ["100x10", "rpc-websockets", 3.3],
  ["100x10", "vscode-jsonrpc", 9],
  ["4x1MiB", "jayson", 9],
];

/** The other libraries, those on a transport of which there is a comparison of its own left out. */
const peers = (Object.keys(variants) as VariantName[]).filter(
  (name) => "package" in variants[name] && name !== "jayson-http",
);

const labelOf = (workload: string) => workloads.find(({ name }) => name === workload)?.label ?? workload;

/* The workloads of many short calls at once. */
const MANY = ["64", "256", "4096", "100x10"];

/* What is measured of connections and not of calls. */
const CHURN = "churn";

/** The workload of calls where a library comes nearest to tsjason, or is ahead. */
function neverBehind(variant: VariantName, ours: VariantName = "tsjason"): Goal["measure"] {
  return (results) => {
    let nearest: Measured | undefined;
    for (const { workload, rows } of results.workloads) {
      if (!rows[variant] || !rows[ours] || workload === CHURN) continue;
      const measured = timesOf(workload, variant, ours)(results);
      // Noise counts where it would make the difference.
      const margin = (one: Measured) => one.value + (one.noise ?? 0);
      if (measured && (!nearest || margin(measured) < margin(nearest))) nearest = measured;
    }
    return nearest;
  };
}

function feature(name: string): Goal["measure"] {
  return ({ features }) => {
    const found = features.find((one) => one.name === name);
    const nothing = features.find((one) => one.name === "nothing")?.ratio;
    const noise = nothing && Math.max(Math.abs(1 - nothing.q1), Math.abs(nothing.q3 - 1));
    return found && { value: found.ratio.median, noise };
  };
}

function memory(of: (result: MemoryResult) => number | undefined): Goal["measure"] {
  return (results) => {
    const result = results.memory.find(({ variant }) => variant === "tsjason");
    const value = result && of(result);
    return value === undefined ? undefined : { value };
  };
}

const goals: readonly Goal[] = [
  ...floorGoals.map(([workload, ratio]) => ({
    label: `calls/s, of the floor: ${labelOf(workload)}`,
    atLeast: ratio,
    measure: ofFloor(workload, "tsjason", "ratio"),
  })),
  ...MANY.map((workload) => ({
    label: `calls/s, of the floor: async methods, ${labelOf(workload)}`,
    atLeast: 0.9,
    measure: ofFloor(workload, "tsjason-async", "ratio"),
  })),
  ...MANY.map((workload) => ({
    label: `calls/s, of client.call: the typed proxy, ${labelOf(workload)}`,
    atLeast: 0.95,
    measure(results: Results) {
      const measured = timesOf(workload, "tsjason-proxy")(results);
      return measured && { value: 1 / measured.value, noise: measured.noise };
    },
  })),
  {
    label: "calls/s in batches of 100, of the floor's single calls",
    atLeast: 1,
    measure: ofFloor("batch", "tsjason", "ratio"),
  },
  ...["1", "64", "256", "4096", "16x64KiB", "100x10"].map((workload) => ({
    label: `CPU per call, of the floor: ${labelOf(workload)}`,
    atMost: 1.1,
    measure: ofFloor(workload, "tsjason", "cpuRatio"),
  })),
  ...["1", "64", "256", "4096", "16x64KiB", "100x10"].map((workload) => ({
    label: `99th percentile, of the floor: ${labelOf(workload)}`,
    atMost: 1.2,
    measure: ofFloor(workload, "tsjason", "p99Ratio"),
  })),
  ...peerGoals.map(([workload, variant, times]) => ({
    label: `times ${variants[variant].label}: ${labelOf(workload)}`,
    atLeast: times,
    digits: 1,
    measure: timesOf(workload, variant),
  })),
  ...peers.map((variant) => ({
    label: `never behind ${variants[variant].label}`,
    atLeast: 1,
    measure: neverBehind(variant),
  })),
  ...peers.map((variant) => ({
    label: `times ${variants[variant].label}: ${labelOf(CHURN)}`,
    atLeast: 1,
    measure: timesOf(CHURN, variant),
  })),
  ...TRANSPORTS.flatMap(({ ours, others }) =>
    others.map((variant) => ({
      label: `never behind ${variants[variant].label}, by ${variants[ours].label}`,
      atLeast: 1,
      measure: neverBehind(variant, ours),
    })),
  ),
  { label: "CPU with a timeout on every call", atMost: 1.02, digits: 3, measure: feature("timeout") },
  { label: "CPU with a signal nobody aborts", atMost: 1.02, digits: 3, measure: feature("shared-signal") },
  { label: "CPU with a context whose signal nobody touches", atMost: 1.02, digits: 3, measure: feature("context") },
  { label: "CPU with a schema of valibot", atMost: 1.06, digits: 3, measure: feature("valibot") },
  { label: "CPU with a schema of zod", atMost: 1.12, digits: 3, measure: feature("zod") },
  { label: "CPU with middlewares elsewhere", atMost: 1.02, digits: 3, measure: feature("middleware-unused") },
  { label: "CPU with tracing channels unheard", atMost: 1.02, digits: 3, measure: feature("tracing-unused") },
  {
    label: "heap bytes per idle server connection",
    atMost: 2_500,
    digits: 0,
    measure: memory(({ idleConnection }) => idleConnection),
  },
  {
    label: "heap bytes per outstanding call, client",
    atMost: 600,
    digits: 0,
    measure: memory(({ outstandingCall }) => outstandingCall?.client),
  },
  {
    label: "heap bytes per outstanding call, server",
    atMost: 600,
    digits: 0,
    measure: memory(({ outstandingCall }) => outstandingCall?.server),
  },
  {
    label: "MiB a server grows under a client that never reads",
    atMost: 8,
    digits: 1,
    measure: memory(({ neverRead }) => neverRead?.grownMiB),
  },
];
