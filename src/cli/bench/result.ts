import type { Bucket, LatencySummary } from "./latencies.ts";
import type { LoadRun, Sample } from "./load.ts";

/** What a load was, as a report names it. */
export interface BenchSetting {
  readonly address: string;
  readonly method: string;
  readonly connections: number;
  readonly concurrency: number;
  readonly rate: number | undefined;
}

/** What a load has shown; the answer of `--json`. Times are milliseconds. */
export interface BenchResult extends BenchSetting {
  /** ISO 8601. */
  readonly time: string;
  readonly interrupted: boolean;
  readonly elapsed: number;
  /** Calls that were answered with a result. */
  readonly results: number;
  readonly resultsPerSecond: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly latency: LatencySummary | undefined;
  readonly histogram: readonly Bucket[];
  readonly samples: readonly Sample[];
}

export function resultOf(run: LoadRun, setting: BenchSetting, interrupted: boolean): BenchResult {
  const { elapsed, latencies, errors, samples } = run;
  return {
    ...setting,
    time: new Date().toISOString(),
    interrupted,
    elapsed: Math.round(elapsed),
    results: latencies.count,
    resultsPerSecond: Math.round((latencies.count * 1_000) / Math.max(1, elapsed)),
    errors: Object.fromEntries(errors),
    latency: latencies.summary(),
    histogram: latencies.buckets(),
    samples,
  };
}

/** Milliseconds as people read them: three digits that count. */
export function milliseconds(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toPrecision(3)} s` : `${Number(ms.toPrecision(3))} ms`;
}
