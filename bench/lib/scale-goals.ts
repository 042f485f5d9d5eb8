import type { Goal } from "./goals.ts";
import type { ScaleResults, ScaleRow } from "./results.ts";

/** What is to be reached with more than one process. */
export const scaleGoals: readonly Goal<ScaleResults>[] = [
  ["nats-1", "1 copy"],
  ["nats-2", "2 copies"],
].map(([name, copies]) => ({
  label: `calls/s by NATS, ${copies}, of the official client alone with JSON: where it is least`,
  atLeast: 0.85,
  measure: ({ results }) => least(results, name as string),
}));

/** The workload where a variant comes to the least of what it is compared with; noise counts where it would make the difference. */
function least(rows: readonly ScaleRow[], name: string) {
  const measured = rows
    .filter((row) => row.name === name)
    .map(({ workload, ratio }) => ({ value: ratio.median, noise: noiseIn(rows, workload) }));
  return measured.sort((one, other) => one.value + one.noise - (other.value + other.noise))[0];
}

/** What the official client is of itself. */
function noiseIn(rows: readonly ScaleRow[], workload: string): number {
  const again = rows.find((row) => row.name === "official-again" && row.workload === workload);
  return again ? Math.max(Math.abs(1 - again.ratio.q1), Math.abs(again.ratio.q3 - 1)) : 0;
}
