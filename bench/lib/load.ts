import { build, type Histogram } from "hdr-histogram-js";
import type { Caller } from "./adapter.ts";

/** What a text consists of. */
const units = {
  /** ASCII, and nothing in it that JSON escapes. */
  plain: "Hello, world! ",
  /** Not all ASCII. */
  wide: "naïve café, 東京 ",
  /** Quotes and ends of lines, which JSON escapes. */
  lines: 'say("Hello, world!");\n',
};

export type TextKind = keyof typeof units;

/** What goes on in one slice. */
export interface Load {
  readonly kind: "call" | "batch" | "notify" | "churn";
  /** How much is outstanding at once, on each connection. For batches: in calls, which is a multiple of `batch`. */
  readonly outstanding: number;
  /** The length of the text to echo, in characters. */
  readonly size: number;
  /** Default: plain. */
  readonly text?: TextKind | undefined;
  /** Calls in a batch. */
  readonly batch?: number | undefined;
  /** How long to go on. What is outstanding then is still waited for. */
  readonly ms: number;
  readonly maxCalls: number;
}

/** What came of it. */
export interface LoadResult {
  readonly calls: number;
  readonly seconds: number;
  /** Of the slice's calls; in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/* How many notifications go before a call that makes sure they arrived. */
const NOTIFICATIONS = 100;

/* Latencies are kept in tenths of a microsecond. Taking the time of every call would cost as much as some calls do,
 * so one of each so many outstanding is timed, unless their texts are so long that there are few of them. */
const TIMED_OF = 16;
const LONG = 16 * 1_024;

export function textOf(size: number, kind: TextKind = "plain"): string {
  const unit = units[kind];
  return unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
}

/**
 * A closed loop: each of the outstanding calls is followed by another as soon as it is answered.
 *
 * @param total - also gets the latencies, for the whole run
 */
export async function runLoad(
  callers: readonly Caller[],
  open: () => Promise<Caller>,
  load: Load,
  total: Histogram,
): Promise<LoadResult> {
  const text = textOf(load.size, load.text);
  const histogram = newHistogram();
  let running = true;
  let calls = 0;
  const timer = setTimeout(() => {
    running = false;
  }, load.ms);
  const goOn = () => running && calls < load.maxCalls;
  const timedOf = load.size < LONG ? TIMED_OF : 1;

  const record = (since: number) => histogram.recordValue(Math.round((performance.now() - since) * 10_000));

  async function callLane(caller: Caller, timed: boolean): Promise<void> {
    do {
      const since = timed ? performance.now() : 0;
      const answer = await caller.echo(text);
      if (answer.length !== text.length) throw new Error(`expected the text back, got ${answer.slice(0, 100)}`);
      if (timed) record(since);
      calls++;
    } while (goOn());
  }

  async function batchLane(caller: Caller, size: number, timed: boolean): Promise<void> {
    const texts = new Array<string>(size).fill(text);
    do {
      const since = timed ? performance.now() : 0;
      const answers = await caller.batch?.(texts);
      if (answers?.length !== size) throw new Error(`expected ${size} answers, got ${answers?.length}`);
      if (timed) record(since);
      calls += size;
    } while (goOn());
  }

  async function notifyLane(caller: Caller): Promise<void> {
    do {
      for (let i = 0; i < NOTIFICATIONS; i++) caller.notify?.(text);
      await caller.echo(text);
      calls += NOTIFICATIONS;
    } while (goOn());
  }

  async function churnLane(): Promise<void> {
    do {
      const since = performance.now();
      const caller = await open();
      await caller.echo(text);
      await caller.close();
      record(since);
      calls++;
    } while (goOn());
  }

  function lanesOf(caller: Caller): Promise<void>[] {
    const { kind, outstanding, batch } = load;
    // One that has no batches makes the same number of calls singly.
    const batched = kind === "batch" && caller.batch && batch ? batch : undefined;
    return Array.from({ length: batched ? outstanding / batched : outstanding }, (_, lane) => {
      const timed = lane % timedOf === 0;
      if (batched) return batchLane(caller, batched, timed);
      if (kind === "notify") return notifyLane(caller);
      return callLane(caller, timed);
    });
  }

  const start = performance.now();
  const lanes = load.kind === "churn" ? Array.from({ length: load.outstanding }, churnLane) : callers.flatMap(lanesOf);
  await Promise.all(lanes);
  const seconds = (performance.now() - start) / 1_000;
  clearTimeout(timer);
  total.add(histogram);
  return {
    calls,
    seconds,
    p50: histogram.getValueAtPercentile(50) / 10,
    p99: histogram.getValueAtPercentile(99) / 10,
  };
}

export function newHistogram(): Histogram {
  return build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3, highestTrackableValue: 2e9 });
}
