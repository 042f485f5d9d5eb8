import { type VariantName, variantOf, variants } from "../adapters/index.ts";
import type { Load } from "./load.ts";

/** One column of the results. */
export interface Workload {
  readonly name: string;
  /** What it is, in words. */
  readonly label: string;
  readonly connections: number;
  readonly load: Omit<Load, "ms" | "maxCalls">;
  /** What a variant must be able to do for it to make sense. */
  readonly needs?: "notify" | "tls";
  /** Slices of this one are so many times longer than others. */
  readonly longer?: number;
  readonly maxCalls?: number;
  /** How many rounds do not count, at the start. Default: one. */
  readonly warmUps?: number;
  readonly quick?: boolean;
}

/** How many rounds of a workload do not count. */
export function warmUpsOf({ warmUps = 1 }: Workload): number {
  return warmUps;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** The length of a short string. */
const SHORT = 13;

function calls(outstanding: number, size = SHORT, connections = 1): Omit<Workload, "name" | "label"> {
  return { connections, load: { kind: "call", outstanding, size } };
}

export const workloads: readonly Workload[] = [
  { name: "1", label: "1 call at a time", ...calls(1), quick: true },
  { name: "16", label: "16 outstanding", ...calls(16) },
  { name: "64", label: "64 outstanding", ...calls(64) },
  { name: "256", label: "256 outstanding", ...calls(256), quick: true },
  { name: "4096", label: "4,096 outstanding", ...calls(4_096), quick: true },
  { name: "256x1KiB", label: "256 of 1 KiB", ...calls(256, KiB) },
  { name: "16x64KiB", label: "16 of 64 KiB", ...calls(16, 64 * KiB), quick: true, longer: 1.5 },
  { name: "4x1MiB", label: "4 of 1 MiB", ...calls(4, MiB), longer: 2, quick: true },
  { name: "100x10", label: "100 connections x 10", ...calls(10, SHORT, 100), quick: true },
  {
    name: "batch",
    label: "4 batches of 100; without batches, 400 outstanding",
    connections: 1,
    load: { kind: "batch", outstanding: 400, size: SHORT, batch: 100 },
  },
  {
    name: "notify",
    label: "notifications, 16 x 100 before each call",
    connections: 1,
    load: { kind: "notify", outstanding: 16, size: SHORT },
    needs: "notify",
  },
  {
    name: "churn",
    label: "connect, one call, close; 8 at a time",
    connections: 1,
    load: { kind: "churn", outstanding: 8, size: SHORT },
    maxCalls: 600,
    // What connects runs once a connection: it takes thousands of them until all of it is compiled.
    warmUps: 8,
  },
  {
    name: "tls",
    label: "256 outstanding over TLS",
    ...calls(256),
    needs: "tls",
  },
];

/** The libraries that are measured together: more than six at once would wait too long for their turns. */
const GROUPS: readonly (readonly VariantName[])[] = [
  ["tsjason", "tsjason-proxy", "tsjason-async", "floor-once"],
  ["tsjason", "jayson", "rpc-websockets", "jayson-client"],
  ["tsjason", "json-rpc-2.0", "birpc", "capnweb"],
  ["tsjason", "tsjason-sync", "vscode-jsonrpc", "grpc"],
];

/** The libraries on one transport, at a few workloads. */
export const TRANSPORTS = [
  { ours: "tsjason-ws", others: ["rpc-websockets", "json-rpc-2.0", "capnweb"] },
  { ours: "tsjason-http", others: ["jayson-http"] },
] as const satisfies readonly { readonly ours: VariantName; readonly others: readonly VariantName[] }[];

const ON_TRANSPORTS: readonly string[] = ["1", "64", "256", "16x64KiB", "4x1MiB"];

/** What every group has: the yardstick, and the same again. */
const ALWAYS: readonly VariantName[] = ["floor", "floor-again"];

export interface Step {
  readonly workload: Workload;
  readonly variants: readonly VariantName[];
}

/** What is open at once, and what is done with it. */
export interface Group {
  readonly variants: readonly VariantName[];
  readonly steps: readonly Step[];
  readonly tls: boolean;
}

export interface PlanOptions {
  readonly quick: boolean;
  /** Names to keep; all when there are none. */
  readonly workloads: readonly string[];
  readonly variants: readonly string[];
}

/**
 * @throws RangeError when a name means nothing
 */
export function makePlan({ quick, ...chosen }: PlanOptions): Group[] {
  checkNames(
    "workload",
    chosen.workloads,
    workloads.map(({ name }) => name),
  );
  checkNames("variant", chosen.variants, Object.keys(variants));
  const keep = (names: readonly string[], name: string) => names.length === 0 || names.includes(name);
  const plain: Group[] = [];
  for (const [index, names] of groupsOf(chosen.variants).entries()) {
    const group = [...ALWAYS, ...names];
    const steps: Step[] = [];
    for (const workload of workloads) {
      if (!keep(chosen.workloads, workload.name) || workload.needs === "tls") continue;
      if (quick && chosen.workloads.length === 0 && !isQuick(workload, index)) continue;
      const able = group.filter((name) => isAble(name, workload));
      if (able.some((name) => !ALWAYS.includes(name))) steps.push({ workload, variants: able });
    }
    if (steps.length > 0) plain.push({ variants: group, steps, tls: false });
  }
  return [...plain, ...tlsGroup(quick, chosen), ...(quick || isFiltered(chosen) ? [] : transportGroups())];
}

function isFiltered({ workloads, variants }: Omit<PlanOptions, "quick">): boolean {
  return workloads.length + variants.length > 0;
}

function transportGroups(): Group[] {
  return TRANSPORTS.map(({ ours, others }) => {
    const names = [...ALWAYS, ours, ...others];
    const steps = workloads
      .filter(({ name }) => ON_TRANSPORTS.includes(name))
      .map((workload) => ({ workload, variants: names }));
    return { variants: names, steps, tls: false };
  });
}

/* The quick run shows the product at most workloads, and the others where they differ most. */
function isQuick(workload: Workload, group: number): boolean {
  return workload.quick === true && (group === 0 || ["256", "16x64KiB"].includes(workload.name));
}

function isAble(name: VariantName, { needs, load }: Workload): boolean {
  const { can = [], maxCalls, blocks = false } = variantOf(name);
  if (needs && !can.includes(needs)) return false;
  if (blocks && (load.kind !== "call" || load.outstanding > 1)) return false;
  // What opens a connection for each call can have few outstanding.
  return maxCalls === undefined || (load.kind === "call" && load.outstanding <= 256 && load.size <= 1_024);
}

function groupsOf(chosen: readonly string[]): (readonly VariantName[])[] {
  if (chosen.length === 0) return [...GROUPS];
  const names = (chosen as VariantName[]).filter((name) => !ALWAYS.includes(name));
  const groups: VariantName[][] = [];
  while (names.length > 0) groups.push(names.splice(0, 6 - ALWAYS.length));
  return groups;
}

function tlsGroup(quick: boolean, chosen: Omit<PlanOptions, "quick">): Group[] {
  const asked = chosen.workloads.length === 0 ? !quick : chosen.workloads.includes("tls");
  const workload = workloads.find(({ needs }) => needs === "tls");
  if (!asked || !workload) return [];
  if (chosen.variants.length > 0 && !chosen.variants.includes("tsjason")) return [];
  const names: VariantName[] = [...ALWAYS, "tsjason"];
  return [{ variants: names, steps: [{ workload, variants: names }], tls: true }];
}

function checkNames(what: string, given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (!known.includes(name)) throw new RangeError(`there is no ${what} ${name}; there are ${known.join(", ")}`);
  }
}
