import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/* Microseconds are fine enough for what crosses a process, and 3 digits for what is compared. */
const PER_MS = 1_000;
const HIGHEST = 3_600_000 * PER_MS;

/* Buckets of the picture: four for each doubling. */
const PER_DOUBLING = 4;

/** A bar of the picture of latencies. */
export interface Bucket {
  /** Milliseconds, from and below. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Latencies in milliseconds. */
export interface LatencySummary {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Latencies as they come, in the high-dynamic-range histogram that Node.js has. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: HIGHEST, figures: 3 });
  readonly #buckets = new Map<number, number>();

  get count(): number {
    return this.#histogram.count;
  }

  add(ms: number): void {
    const micros = Math.min(Math.max(1, Math.round(ms * PER_MS)), HIGHEST);
    this.#histogram.record(micros);
    const bucket = Math.floor(Math.log2(micros) * PER_DOUBLING);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
  }

  /** `undefined` when there is none. */
  summary(): LatencySummary | undefined {
    if (this.count === 0) return undefined;
    const { min, max, mean } = this.#histogram;
    const at = (percentile: number) => this.#histogram.percentile(percentile) / PER_MS;
    return {
      min: min / PER_MS,
      mean: Math.round(mean) / PER_MS,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: max / PER_MS,
    };
  }

  /** The buckets from the lowest to the highest that has any, empty ones between them too. */
  buckets(): Bucket[] {
    const indices = [...this.#buckets.keys()];
    if (indices.length === 0) return [];
    const [first, last] = [Math.min(...indices), Math.max(...indices)];
    return Array.from({ length: last - first + 1 }, (_, offset) => ({
      from: 2 ** ((first + offset) / PER_DOUBLING) / PER_MS,
      to: 2 ** ((first + offset + 1) / PER_DOUBLING) / PER_MS,
      count: this.#buckets.get(first + offset) ?? 0,
    }));
  }
}
