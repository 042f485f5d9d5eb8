import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { VariantName } from "../adapters/index.ts";
import { variants } from "../adapters/index.ts";
import type { Spread } from "./stats.ts";

/** Where a run was made, and of what. */
export interface Setting {
  readonly date: string;
  readonly command: string;
  readonly commit: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Whether servers and clients had cores of their own. */
  readonly pinned: boolean;
  /** By package. */
  readonly versions: Readonly<Record<string, string>>;
}

/** One variant in one workload. Times are microseconds, ratios are to the floor in the same round. */
export interface Row {
  readonly callsPerSecond: Spread;
  readonly ratio: Spread;
  /** CPU time per call. */
  readonly clientCpu: Spread;
  readonly serverCpu: Spread;
  readonly cpuRatio: Spread;
  readonly p50: number;
  readonly p99: number;
  readonly p50Ratio: Spread;
  readonly p99Ratio: Spread;
  /** To the first tsjason of its group in the same rounds: how many times its calls per second. */
  readonly behindTsjason: Spread | undefined;
}

export interface WorkloadResult {
  readonly workload: string;
  readonly label: string;
  /** Which of the groups: each has a floor of its own. */
  readonly group: number;
  readonly rounds: number;
  readonly sliceMs: number;
  readonly rows: Partial<Record<VariantName, Row>>;
  /** What went wrong with a variant. */
  readonly failures: Partial<Record<VariantName, string>>;
}

/** CPU of a path with something against the same path without it. */
export interface FeatureResult {
  readonly name: string;
  readonly label: string;
  readonly ratio: Spread;
}

export interface MemoryResult {
  readonly variant: VariantName;
  /** Heap bytes of the server's process for each idle connection. */
  readonly idleConnection?: number;
  /** Heap bytes for each outstanding call, in either process. */
  readonly outstandingCall?: { readonly client: number; readonly server: number };
  /** How a server's memory grows under a client that never reads. */
  readonly neverRead?: { readonly askedMiB: number; readonly grownMiB: number; readonly ended: boolean };
  readonly failure?: string;
}

export interface Results {
  readonly setting: Setting;
  readonly quick: boolean;
  readonly workloads: readonly WorkloadResult[];
  readonly features: readonly FeatureResult[];
  readonly memory: readonly MemoryResult[];
}

/** One variant with more than one process, in one workload. */
export interface ScaleRow {
  readonly name: string;
  readonly workload: string;
  readonly callsPerSecond: Spread;
  /** To what the variant is compared with, in the same round. */
  readonly ratio: Spread;
  /** Microseconds of processor time per call, client and servers. */
  readonly cpu: Spread;
}

export interface ScaleResults {
  readonly setting: Setting;
  readonly quick: boolean;
  readonly rounds: number;
  readonly sliceMs: number;
  readonly results: readonly ScaleRow[];
}

const BENCH = fileURLToPath(new URL("..", import.meta.url));

export const LATEST = join(BENCH, "results", "latest.json");
export const LATEST_SCALE = join(BENCH, "results", "scale.json");
export const LATEST_GROWTH = join(BENCH, "results", "growth.json");

export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
}

export function settingOf(command: string, pinned: boolean): Setting {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    command,
    commit: commitOf(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${release()} ${process.arch}`,
    cpu: cpu?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    pinned,
    versions: packageVersions(),
  };
}

export function packageVersions(): Record<string, string> {
  const names = Object.values(variants).flatMap((variant) => ("package" in variant ? [variant.package] : []));
  return Object.fromEntries([...new Set([...names, "ws"])].map((name) => [name, versionOf(name)]));
}

export function versionOf(name: string): string {
  const file = join(BENCH, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function commitOf(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: BENCH, encoding: "utf8" }).trim();
  try {
    return (
      git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "../src") === "" ? "" : ", with changes")
    );
  } catch {
    return "unknown";
  }
}
