import type { LimitCounters } from "../protocol/limit-counters.ts";
import type { Load } from "../service/admission.ts";
import type { Patrol } from "./patrol.ts";

/** What the connections of a server have in common. */
export interface Fellows {
  readonly counters: LimitCounters;
  readonly patrol: Patrol;
  /** How many calls all of them have in flight. */
  readonly total: Load | undefined;
}
