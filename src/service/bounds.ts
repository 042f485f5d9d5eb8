import type { LimitCounters } from "../protocol/limit-counters.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Clock } from "../time/clock.ts";
import type { AdmissionOptions, Load } from "./admission.ts";
import { TokenBucket } from "./token-bucket.ts";
import { Turns } from "./turns.ts";

/** What bounds of callers are made of. */
export interface BoundsOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  /** How many of their calls may run at once; Infinity for all. */
  readonly concurrency: number;
  /** Where refusals are counted. */
  readonly counters: LimitCounters;
  /** How many calls are in flight in all of what they are a part of. */
  readonly total: Load | undefined;
}

/** How much a caller, or several together, may ask for: at once, a second, and of what all may. */
export interface Bounds extends AdmissionOptions {
  readonly turns: Turns | undefined;
}

/** The bounds that limits mean: of one caller, or of those who are given them together. */
export function boundsOf({ limits, clock, concurrency, counters, total }: BoundsOptions): Bounds {
  const { callsPerSecond } = limits;
  return {
    limits,
    total,
    rate: callsPerSecond < Number.POSITIVE_INFINITY ? new TokenBucket(clock, callsPerSecond) : undefined,
    turns: concurrency < Number.POSITIVE_INFINITY ? new Turns(concurrency) : undefined,
    counters,
  };
}
