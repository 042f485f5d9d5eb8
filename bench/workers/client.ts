import type { Histogram } from "hdr-histogram-js";
import { WebSocket } from "ws";
import { type VariantName, variantOf } from "../adapters/index.ts";
import type { Adapter, Caller, ConnectOptions } from "../lib/adapter.ts";
import { type Load, type LoadResult, newHistogram, runLoad, textOf } from "../lib/load.ts";
import { type NeverReadResult, neverRead } from "../lib/never-read.ts";
import { answerOps, collectedMemory, cpuMicros } from "../lib/ops.ts";

/* A client of one library. */

let adapter: Adapter | undefined;
let connectOptions: ConnectOptions | undefined;
let callers: Caller[] = [];
let histogram: Histogram = newHistogram();
const held: PromiseLike<unknown>[] = [];

function open(): Promise<Caller> {
  if (!adapter || !connectOptions) throw new Error("there is no server yet");
  return adapter.connect(connectOptions);
}

export const clientOps = {
  async start({ variant, ...options }: ConnectOptions & { readonly variant: VariantName }): Promise<void> {
    adapter = await variantOf(variant).load();
    connectOptions = options;
    callers = [await open()];
    const text = textOf(100);
    if ((await callers[0]?.echo(text)) !== text) throw new Error("it does not echo");
  },

  /** Opens and closes connections until there are so many. */
  async connections({ count }: { readonly count: number }): Promise<void> {
    while (callers.length > count) await callers.pop()?.close();
    while (callers.length < count) {
      const more = Array.from({ length: Math.min(50, count - callers.length) }, open);
      callers.push(...(await Promise.all(more)));
    }
  },

  async load(load: Load): Promise<LoadResult & { readonly cpu: number }> {
    const before = cpuMicros();
    const result = await runLoad(callers, open, load, histogram);
    return { ...result, cpu: cpuMicros() - before };
  },

  /** The percentiles since this was last asked, in microseconds. */
  latencies(_: undefined): { p50: number; p99: number; p999: number; max: number } {
    const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 10;
    const latencies = { p50: at(50), p99: at(99), p999: at(99.9), max: histogram.maxValue / 10 };
    histogram = newHistogram();
    return latencies;
  },

  /** Makes calls that are never answered, and one that is, behind them. */
  async hold({ calls, size }: { readonly calls: number; readonly size: number }): Promise<void> {
    const text = textOf(size);
    const [caller] = callers;
    for (let i = 0; i < calls; i++) {
      const call = caller?.hold?.(text) as PromiseLike<unknown>;
      call.then(undefined, () => {});
      held.push(call);
    }
    await caller?.echo(text);
  },

  memory: (_: undefined) => collectedMemory(),

  /** Asks for large answers and never reads one. */
  neverRead(options: { readonly bytes: number; readonly size: number; readonly ms: number }): Promise<NeverReadResult> {
    if (!adapter?.raw || !connectOptions) throw new Error("this adapter has no raw requests");
    return neverRead(adapter.raw, connectOptions.port, options, WebSocket);
  },
};

export type ClientOps = typeof clientOps;

answerOps(clientOps);
