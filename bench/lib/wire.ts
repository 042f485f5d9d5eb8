import type { VariantName } from "../adapters/index.ts";
import { variantOf } from "../adapters/index.ts";
import type { ClientOps } from "../workers/client.ts";
import type { ServerOps } from "../workers/server.ts";
import type { ServeOptions } from "./adapter.ts";
import type { WorkerFiles } from "./build.ts";
import type { Load, LoadResult } from "./load.ts";
import { type Group, type Step, warmUpsOf } from "./plan.ts";
import type { Row, WorkloadResult } from "./results.ts";
import { shuffled, spreadOf } from "./stats.ts";
import { Worker } from "./worker.ts";

/* Calls over loopback sockets: for each variant a server and a client, each in a process of its own. */

export interface WireOptions {
  readonly files: WorkerFiles;
  readonly cores: readonly [number, number] | undefined;
  readonly rounds: number;
  readonly sliceMs: number;
  /** How many times each variant is warmed up before anything counts. */
  readonly warmUps: number;
  /** Told of each slice that is over. */
  readonly tick: (what: string) => void;
  readonly warn: (text: string) => void;
}

export interface PairOptions {
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  readonly raised?: boolean;
  readonly extraMethods?: number;
  readonly flags?: readonly string[];
}

export type Slice = LoadResult & { readonly clientCpu: number; readonly serverCpu: number };

/** A server and a client of one variant. */
export class Pair {
  readonly variant: VariantName;
  readonly server: Worker<ServerOps>;
  readonly client: Worker<ClientOps>;

  private constructor(variant: VariantName, server: Worker<ServerOps>, client: Worker<ClientOps>) {
    this.variant = variant;
    this.server = server;
    this.client = client;
  }

  static async open(
    variant: VariantName,
    { files, cores }: Pick<WireOptions, "files" | "cores">,
    options: PairOptions = {},
  ): Promise<Pair> {
    const { flags = [], tls, raised, extraMethods } = options;
    const server = await Worker.start<ServerOps>(files.server, { core: cores?.[1], flags });
    const client = await Worker.start<ClientOps>(files.client, { core: cores?.[0], flags });
    try {
      const serve: ServeOptions = { tls, raised, extraMethods };
      const port = await server.call("start", { variant, ...serve });
      await client.call("start", { variant, port, ca: tls?.cert, raised });
    } catch (error) {
      await Promise.all([server.stop(), client.stop()]);
      throw error;
    }
    return new Pair(variant, server, client);
  }

  /** One slice of a load, with the CPU time both sides took for it. */
  async slice(load: Load): Promise<Slice> {
    const before = await this.server.call("cpu", undefined);
    const { cpu: clientCpu, ...result } = await this.client.call("load", load, load.ms + 20_000);
    const serverCpu = (await this.server.call("cpu", undefined)) - before;
    return { ...result, clientCpu, serverCpu };
  }

  async close(): Promise<void> {
    await Promise.all([this.client.stop(), this.server.stop()]);
  }
}

/** How many slices a group takes, for the progress bar. */
export function slicesOf(
  { steps, variants }: Group,
  { rounds, warmUps }: Pick<WireOptions, "rounds" | "warmUps">,
): number {
  const slices = ({ workload, variants: able }: Step) => able.length * (rounds + warmUpsOf(workload));
  return steps.reduce((sum, step) => sum + slices(step), variants.length * warmUps);
}

const MOST_CALLS = 5_000_000;

/** Measures a group: opens all its variants, and goes through its workloads. */
export async function measureGroup(
  group: Group,
  index: number,
  tls: PairOptions["tls"],
  options: WireOptions,
): Promise<WorkloadResult[]> {
  const pairs = new Map<VariantName, Pair>();
  try {
    const failures: Partial<Record<VariantName, string>> = {};
    const opening = group.variants.map(async (name) => {
      try {
        pairs.set(name, await Pair.open(name, options, group.tls ? { tls } : {}));
      } catch (error) {
        failures[name] = shortly(error);
        options.warn(`${name} does not start: ${failures[name]}`);
      }
    });
    await Promise.all(opening);
    await warmUp([...pairs.values()], options);
    const results: WorkloadResult[] = [];
    for (const step of group.steps) results.push(await measureStep(step, index, pairs, failures, options));
    return results;
  } finally {
    await Promise.all([...pairs.values()].map((pair) => pair.close()));
  }
}

/** Everything is compiled by the time it counts. */
async function warmUp(pairs: readonly Pair[], { sliceMs, warmUps, tick, warn }: WireOptions): Promise<void> {
  for (let i = 0; i < warmUps; i++) {
    for (const pair of pairs) {
      const maxCalls = variantOf(pair.variant).maxCalls ?? MOST_CALLS;
      const load: Load = { kind: "call", outstanding: 64, size: 13, ms: Math.max(sliceMs, 300), maxCalls };
      await pair.slice(load).catch((error) => warn(`${pair.variant} fails while it warms up: ${shortly(error)}`));
      tick(`warming up ${pair.variant}`);
    }
  }
}

async function measureStep(
  { workload, variants }: Step,
  group: number,
  pairs: Map<VariantName, Pair>,
  failures: Partial<Record<VariantName, string>>,
  options: WireOptions,
): Promise<WorkloadResult> {
  const { rounds, tick, warn } = options;
  const sliceMs = Math.round(options.sliceMs * (workload.longer ?? 1));
  const slices = new Map<VariantName, Slice[]>(variants.map((name) => [name, []]));
  const fail = async (name: VariantName, error: unknown) => {
    failures[name] ??= shortly(error);
    warn(`${name} fails at ${workload.label}: ${failures[name]}`);
    await pairs.get(name)?.close();
    pairs.delete(name);
  };
  for (const name of variants) {
    try {
      await pairs.get(name)?.client.call("connections", { count: workload.connections });
    } catch (error) {
      await fail(name, error);
    }
  }
  for (let round = -warmUpsOf(workload); round < rounds; round++) {
    for (const name of shuffled(variants)) {
      const pair = pairs.get(name);
      tick(`${workload.name}: ${name}`);
      if (!pair) continue;
      const maxCalls = Math.min(variantOf(name).maxCalls ?? MOST_CALLS, workload.maxCalls ?? MOST_CALLS);
      try {
        if (round === 0) await pair.client.call("latencies", undefined);
        const slice = await pair.slice({ ...workload.load, ms: sliceMs, maxCalls });
        if (round >= 0) slices.get(name)?.push(slice);
      } catch (error) {
        await fail(name, error);
      }
    }
  }
  const rows: WorkloadResult["rows"] = {};
  for (const name of variants) {
    const pair = pairs.get(name);
    if (!pair) continue;
    await pair.client.call("connections", { count: 1 });
    const latencies = await pair.client.call("latencies", undefined);
    rows[name] = rowOf(slices, name, latencies);
  }
  const { name, label } = workload;
  return { workload: name, label, group, rounds, sliceMs, rows, failures: { ...failures } };
}

function rowOf(
  slices: ReadonlyMap<VariantName, readonly Slice[]>,
  name: VariantName,
  { p50, p99 }: { readonly p50: number; readonly p99: number },
): Row {
  const own = slices.get(name) ?? [];
  const floor = slices.get("floor") ?? [];
  const ours = [...slices.keys()].find((one) => one.startsWith("tsjason"));
  const tsjason = ours && slices.get(ours);
  const spread = (of: (slice: Slice) => number) => spreadOf(own.map(of));
  const against = (others: readonly Slice[], of: (slice: Slice) => number) =>
    spreadOf(own.slice(0, others.length).map((slice, round) => of(slice) / of(others[round] as Slice)));
  return {
    callsPerSecond: spread(rate),
    ratio: against(floor, rate),
    clientCpu: spread(({ clientCpu, calls }) => clientCpu / calls),
    serverCpu: spread(({ serverCpu, calls }) => serverCpu / calls),
    cpuRatio: against(floor, cpuPerCall),
    p50,
    p99,
    p50Ratio: against(floor, (slice) => slice.p50),
    p99Ratio: against(floor, (slice) => slice.p99),
    behindTsjason: tsjason && against(tsjason, (slice) => 1 / rate(slice)),
  };
}

function rate({ calls, seconds }: Slice): number {
  return calls / seconds;
}

function cpuPerCall({ clientCpu, serverCpu, calls }: Slice): number {
  return (clientCpu + serverCpu) / calls;
}

export function shortly(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").filter(Boolean).slice(0, 3).join(" | ").slice(0, 400);
}
