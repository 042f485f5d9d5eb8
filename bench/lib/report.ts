import type { VariantName } from "../adapters/index.ts";
import { variants } from "../adapters/index.ts";
import type { Results, Row, WorkloadResult } from "./results.ts";
import { rough, round, table } from "./table.ts";

/**
 * What was measured of a variant in a workload. The product and the floor are measured with every group of libraries;
 * what counts is the first of them.
 */
export function rowOf(results: Results, workload: string, variant: VariantName): Row | undefined {
  for (const result of results.workloads) {
    const row = result.workload === workload ? result.rows[variant] : undefined;
    if (row) return row;
  }
  return undefined;
}

export function workloadsOf(results: Results): WorkloadResult[] {
  return results.workloads.filter(
    ({ workload }, index, all) => all.findIndex((other) => other.workload === workload) === index,
  );
}

export function variantsOf(results: Results): VariantName[] {
  return (Object.keys(variants) as VariantName[]).filter((name) =>
    results.workloads.some(({ rows, failures }) => rows[name] ?? failures[name]),
  );
}

export function printResults(results: Results): void {
  const { setting } = results;
  console.log(`Node.js ${setting.node}, ${setting.cores} x ${setting.cpu}, ${setting.date}, commit ${setting.commit}`);
  console.log(
    setting.pinned
      ? "Servers and clients ran in processes of their own, on one core each."
      : "Servers and clients ran in processes of their own, which were not pinned to cores.",
  );
  matrix(results, "Calls per second, of the floor's", ({ ratio }) => round(ratio.median, 2));
  matrix(results, "Calls per second", ({ callsPerSecond }) => rough(callsPerSecond.median));
  matrix(results, "CPU time per call, both sides, of the floor's", ({ cpuRatio }) => round(cpuRatio.median, 2));
  matrix(results, "99th percentile of the latency, of the floor's", ({ p99Ratio }) => round(p99Ratio.median, 2));
  matrix(
    results,
    "Latency in microseconds, median / 99th percentile",
    ({ p50, p99 }) => `${rough(p50)} / ${rough(p99)}`,
  );
  printFailures(results);
  printFeatures(results);
  printMemory(results);
}

function matrix(results: Results, title: string, cell: (row: Row) => string): void {
  const columns = workloadsOf(results);
  if (columns.length === 0) return;
  const lines = variantsOf(results).map((name) => [
    variants[name].label,
    ...columns.map(({ workload }) => {
      const row = rowOf(results, workload, name);
      return row ? cell(row) : "";
    }),
  ]);
  console.log(`\n${title}\n${table(["", ...columns.map(({ workload }) => workload)], lines)}`);
}

function printFailures({ workloads }: Results): void {
  const seen = new Set<string>();
  for (const { label, failures } of workloads) {
    for (const [name, why] of Object.entries(failures)) {
      if (seen.has(name)) continue;
      seen.add(name);
      console.log(`\n${name} failed at ${label}: ${why}`);
    }
  }
}

function printFeatures({ features }: Results): void {
  if (features.length === 0) return;
  const lines = features.map(({ label, ratio }) => [
    label,
    round(ratio.median, 3),
    `${round(ratio.q1, 3)} to ${round(ratio.q3, 3)}`,
  ]);
  console.log(`\nCPU time with a feature, of the same without\n${table(["", "median", "quartiles"], lines)}`);
}

function printMemory({ memory }: Results): void {
  if (memory.length === 0) return;
  const lines = memory.map(({ variant, idleConnection, outstandingCall, neverRead, failure }) => [
    variants[variant].label,
    failure ?? (idleConnection === undefined ? "" : rough(idleConnection)),
    outstandingCall ? `${rough(outstandingCall.client)} / ${rough(outstandingCall.server)}` : "",
    neverRead
      ? `${round(neverRead.grownMiB, 1)} of ${round(neverRead.askedMiB, 0)}${neverRead.ended ? ", cut" : ""}`
      : "",
  ]);
  const head = ["", "bytes / idle connection", "bytes / call, client / server", "MiB for one that never reads"];
  console.log(`\nMemory\n${table(head, lines)}`);
}
