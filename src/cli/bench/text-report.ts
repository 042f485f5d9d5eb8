import type { Paint } from "../output/paint.ts";
import type { Bucket } from "./latencies.ts";
import { type BenchResult, milliseconds } from "./result.ts";

const BAR = 40;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
/* More lines than that are no picture any more: pairs of buckets are drawn as one. */
const LINES = 20;

/** The report of a load for a terminal: a table, and a histogram of the latencies. */
export function textReport(result: BenchResult, paint: Paint): string {
  const { latency, errors } = result;
  const rows: [string, string][] = [
    ["results", result.results.toLocaleString("en")],
    ...Object.entries(errors).map(([name, count]): [string, string] => [name, count.toLocaleString("en")]),
    ["time", milliseconds(result.elapsed)],
    ["rate", `${result.resultsPerSecond.toLocaleString("en")} a second`],
  ];
  const table = rows.map(([name, value]) => `${name.padEnd(12)} ${paint(name in errors ? "red" : "bold", value)}`);
  if (!latency) return table.join("\n");
  const names = ["min", "mean", "p50", "p90", "p99", "p99.9", "max"];
  const values = Object.values(latency).map(milliseconds);
  const widths = names.map((name, index) => Math.max(name.length, values[index]?.length ?? 0));
  const line = (cells: readonly string[]) => cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join("  ");
  return [
    ...table,
    "",
    `${"latency".padEnd(12)} ${paint("dim", line(names))}`,
    `${"".padEnd(12)} ${line(values)}`,
    "",
    ...histogram(result.histogram, paint),
  ].join("\n");
}

function histogram(buckets: readonly Bucket[], paint: Paint): string[] {
  let bars = buckets;
  while (bars.length > LINES) bars = inPairs(bars);
  const most = Math.max(...bars.map(({ count }) => count));
  const width = Math.max(...bars.map(({ from }) => milliseconds(from).length));
  return bars.map(({ from, count }) => {
    const drawn = paint("cyan", bar(count / most));
    return `${milliseconds(from).padStart(width)} ${drawn} ${paint("dim", count.toLocaleString("en"))}`;
  });
}

function inPairs(buckets: readonly Bucket[]): Bucket[] {
  return buckets.flatMap((bucket, index) => {
    if (index % 2 === 1) return [];
    const next = buckets[index + 1];
    return [{ from: bucket.from, to: next?.to ?? bucket.to, count: bucket.count + (next?.count ?? 0) }];
  });
}

function bar(part: number): string {
  const eighths = Math.ceil(part * BAR * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}
