/** How a client dials again while calls wait for it. */
export interface RedialOptions {
  /** Milliseconds the first wait is at most. Default: 100. */
  readonly initialDelay?: number;
  /** Milliseconds any wait is at most. Default: 5,000. */
  readonly maxDelay?: number;
}

const MAX_DOUBLINGS = 50;

/** @throws RangeError when a delay is no number, or a negative one */
export function checkRedial(options: RedialOptions): RedialOptions {
  for (const name of ["initialDelay", "maxDelay"] as const) {
    const ms = options[name];
    if (ms === undefined || (typeof ms === "number" && ms >= 0)) continue;
    throw new RangeError(`expected milliseconds as redial.${name}, got ${String(ms)}`);
  }
  return options;
}

/**
 * Exponential backoff with full jitter: each wait is random between nothing and a bound that doubles, so that many
 * clients of a server that comes back do not come back all at once.
 *
 * @param attempt - how many dials have failed before, from 0
 * @returns milliseconds
 */
export function backoff(attempt: number, { initialDelay = 100, maxDelay = 5_000 }: RedialOptions): number {
  // Not to infinity, which times nothing is no number.
  const factor = 2 ** Math.min(attempt, MAX_DOUBLINGS);
  return Math.random() * Math.min(maxDelay, initialDelay * factor);
}
