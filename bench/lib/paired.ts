import type { CodecOps } from "../workers/codec.ts";
import type { WorkerFiles } from "./build.ts";
import type { Scenario } from "./scenario.ts";
import { type Spread, shuffled, spreadOf } from "./stats.ts";
import { Worker } from "./worker.ts";

/* Scenarios against each other on one core, by the CPU time they take: other work on the machine hardly shows in it. */

/** One side of a comparison. */
export interface Arm {
  readonly name: string;
  readonly scenario: Scenario;
  /** The product's build; none for the floor. */
  readonly dist: string | undefined;
}

export interface PairedOptions {
  readonly files: WorkerFiles;
  readonly core: number | undefined;
  /** How often all processes are started anew: two processes of the same program differ by some percent. */
  readonly launches: number;
  readonly rounds: number;
  /** How long a slice of the first arm takes, about. Less than 150 ms show when garbage was collected, and little else. */
  readonly sliceMs: number;
  /** How many slices go before the first that counts. Code is compiled anew for up to two seconds of it. */
  readonly warmUps: number;
  readonly tick: (what: string) => void;
}

/** CPU microseconds per call: for each arm by launch and round. */
export type Samples = ReadonlyMap<string, readonly (readonly number[])[]>;

/** How many slices it takes, for the progress bar. */
export function slicesOfPaired(
  arms: number,
  { launches, rounds, warmUps }: Pick<PairedOptions, "launches" | "rounds" | "warmUps">,
): number {
  return launches * arms * (rounds + warmUps);
}

export async function measurePaired(arms: readonly Arm[], options: PairedOptions): Promise<Samples> {
  const { launches, rounds, tick } = options;
  const samples = new Map<string, number[][]>(arms.map(({ name }) => [name, []]));
  for (let launch = 0; launch < launches; launch++) {
    const workers = new Map<string, Worker<CodecOps>>();
    try {
      // In another order each time: what is warmed up first, and more, comes out 1% slower.
      for (const arm of shuffled(arms)) workers.set(arm.name, await startArm(arm, options));
      const calls = await warmUp(workers, options);
      for (const { name } of arms) samples.get(name)?.push([]);
      for (let round = 0; round < rounds; round++) {
        for (const [name, worker] of shuffled([...workers])) {
          const slice = await worker.call("run", { calls });
          samples.get(name)?.[launch]?.push(slice.cpu / slice.calls);
          tick(name);
        }
      }
    } finally {
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
    }
  }
  return samples;
}

async function startArm(
  { scenario, dist }: Arm,
  { files, core }: Pick<PairedOptions, "files" | "core">,
): Promise<Worker<CodecOps>> {
  // That condition takes the file without tracing, see "imports" in the product's package.json.
  const flags = scenario.tracing === "absent" ? ["--conditions=browser"] : [];
  const worker = await Worker.start<CodecOps>(files.codec, { core, flags });
  await worker.call("setUp", { ...scenario, dist });
  return worker;
}

/** @returns how many calls make a slice */
async function warmUp(
  workers: ReadonlyMap<string, Worker<CodecOps>>,
  { sliceMs, warmUps, tick }: Pick<PairedOptions, "sliceMs" | "warmUps" | "tick">,
): Promise<number> {
  let calls = 50;
  const [first] = workers.values();
  // Until a slice is long enough; the first arm says for all.
  for (;;) {
    const slice = await (first as Worker<CodecOps>).call("run", { calls });
    if (slice.cpu >= (sliceMs * 1_000) / 4) {
      calls = Math.max(1, Math.round((calls * sliceMs * 1_000) / slice.cpu));
      break;
    }
    calls *= 2;
  }
  for (let i = 0; i < warmUps; i++) {
    for (const [name, worker] of workers) {
      await worker.call("run", { calls });
      tick(`warming up ${name}`);
    }
  }
  return calls;
}

/** The ratio of two arms in each round. */
export function ratioOf(samples: Samples, arm: string, to: string): Spread {
  const ratios: number[] = [];
  for (const [launch, rounds] of (samples.get(arm) ?? []).entries()) {
    for (const [round, value] of rounds.entries()) {
      ratios.push(value / (samples.get(to)?.[launch]?.[round] ?? Number.NaN));
    }
  }
  return spreadOf(ratios);
}

/** The median ratio of each launch: where they disagree, so do processes of the same program. */
export function ratiosByLaunch(samples: Samples, arm: string, to: string): number[] {
  return (samples.get(arm) ?? []).map(
    (rounds, launch) =>
      spreadOf(rounds.map((value, round) => value / (samples.get(to)?.[launch]?.[round] ?? Number.NaN))).median,
  );
}

/** The ratio of their quickest tenths: what is left when the machine did nothing else. */
export function bestRatioOf(samples: Samples, arm: string, to: string): number {
  const best = (name: string) => {
    const sorted = [...(samples.get(name) ?? [])].flat().sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 10)] ?? Number.NaN;
  };
  return best(arm) / best(to);
}

export function costOf(samples: Samples, arm: string): Spread {
  return spreadOf((samples.get(arm) ?? []).flat());
}
