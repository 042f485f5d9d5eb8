/** Where time comes from: the system's, or a test's. */
export interface Clock {
  /** Milliseconds since some moment. Never goes back. */
  now(): number;
  /**
   * Runs `action` once, `ms` milliseconds from now at the earliest.
   *
   * @param ms - anything above 2^31-1 counts as that (24.8 days), the longest timer of the platform
   * @param hold - whether the process stays alive for it (default: it does not)
   * @returns what calls it off; calling it off late or twice does nothing
   */
  after(ms: number, action: () => void, hold?: boolean): () => void;
  /** Runs `action` once the code that runs now is done, and before this clock's time is seen to go on. */
  soon(action: () => void): void;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** The system's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action, hold = false) {
    const timer = setTimeout(action, Math.min(Math.max(ms, 0), MAX_TIMER_MS));
    // A browser's timers are numbers, and hold nothing alive.
    if (!hold && typeof timer === "object") timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (action) => queueMicrotask(action),
};

/**
 * A timeout as options give it: milliseconds, and 0 or Infinity for none.
 *
 * @returns milliseconds, Infinity for none
 * @throws RangeError when it is no number, or a negative one
 */
export function timeoutOf(ms: number): number {
  if (typeof ms !== "number" || !(ms >= 0)) {
    throw new RangeError(`expected a timeout in milliseconds, or 0 for none, got ${String(ms)}`);
  }
  return ms === 0 ? Number.POSITIVE_INFINITY : ms;
}
