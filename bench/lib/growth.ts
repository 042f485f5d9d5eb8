import type { VariantName } from "../adapters/index.ts";
import type { Load } from "./load.ts";
import type { Setting } from "./results.ts";
import type { Spread } from "./stats.ts";

/* The axes along which cost is looked at. */

interface AxisOptions {
  readonly label: string;
  readonly points: readonly number[];
  readonly load: (point: number) => { readonly connections: number; readonly load: Omit<Load, "ms" | "maxCalls"> };
}

const KiB = 1024;
const MiB = 1024 * KiB;
const SHORT = 13;

/* How many bytes are under way at most when sizes are compared, and how many calls. */
const UNDER_WAY = 4 * MiB;
const MOST_OUTSTANDING = 64;

export const AXES = {
  outstanding: {
    label: "calls outstanding, on one connection",
    points: [1, 10, 100, 1_000, 10_000, 100_000],
    load: (point) => ({ connections: 1, load: { kind: "call", outstanding: point, size: SHORT } }),
  },
  size: {
    label: "bytes of the text",
    points: [16, 256, 4 * KiB, 64 * KiB, MiB, 4 * MiB, 16 * MiB],
    load(point) {
      const outstanding = Math.min(MOST_OUTSTANDING, Math.max(1, Math.floor(UNDER_WAY / point)));
      return { connections: 1, load: { kind: "call", outstanding, size: point } };
    },
  },
  connections: {
    label: "connections, each with 10 calls outstanding",
    points: [1, 10, 100, 1_000, 5_000],
    load: (point) => ({ connections: point, load: { kind: "call", outstanding: 10, size: SHORT } }),
  },
  methods: {
    label: "methods registered, 256 calls outstanding",
    points: [10, 100, 1_000, 10_000, 100_000],
    load: () => ({ connections: 1, load: { kind: "call", outstanding: 256, size: SHORT } }),
  },
} satisfies Record<string, AxisOptions>;

export type Axis = keyof typeof AXES;

/** @param sockets - how many a process can have open */
export function pointsOf(axis: Axis, sockets: number): number[] {
  const { points }: AxisOptions = AXES[axis];
  return points.filter((point) => axis !== "connections" || point <= sockets);
}

export interface GrowthPoint {
  readonly axis: Axis;
  readonly at: number;
  readonly variant: VariantName;
  readonly callsPerSecond: Spread;
  /** Microseconds, both sides. */
  readonly cpuPerCall: Spread;
}

export interface Growth {
  readonly setting: Setting;
  readonly quick: boolean;
  readonly points: readonly GrowthPoint[];
}
