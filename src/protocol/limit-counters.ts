import type { ErrorObject } from "./error-object.ts";
import { type Limits, untrusted } from "./limits.ts";

/** How often each limit was met, since the start: numbers that only grow. */
export type LimitCounters = { -readonly [Name in keyof Limits]: number };

const zeros = Object.fromEntries(Object.keys(untrusted).map((name) => [name, 0])) as LimitCounters;

/** Counters that have counted nothing. */
export function newCounters(): LimitCounters {
  return { ...zeros };
}

/** Counts the limit that a refusal names, if it does. */
export function countRefusal(counters: LimitCounters | undefined, { data }: ErrorObject): void {
  const limit = (data as { readonly limit?: unknown } | undefined)?.limit;
  if (counters && typeof limit === "string" && Object.hasOwn(counters, limit)) counters[limit as keyof Limits]++;
}
