import type { Clock } from "./clock.ts";

/* How far apart two looks at the same deadlines are at least. A deadline is never early, and at most this late. */
const GRAIN_MS = 10;

/**
 * One timer for any number of deadlines.
 *
 * It knows only the earliest. When that comes, the owner looks through all it has, ends what is due and says what
 * the next one is; most deadlines are met and forgotten without the timer ever hearing of it again. A timer a call
 * would cost 13% of a call.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #expire: (now: number) => number;
  #earliest = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /**
   * @param expire - ends everything due at `now`, and returns the earliest deadline left (Infinity when none is)
   */
  constructor(clock: Clock, expire: (now: number) => number) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** Makes sure that the owner is asked at `deadline` (on the clock's scale; Infinity is none). */
  watch(deadline: number): void {
    if (deadline >= this.#earliest) return;
    this.#cancel?.();
    this.#earliest = deadline;
    this.#cancel = this.#clock.after(Math.ceil(deadline - this.#clock.now()), this.#fire);
  }

  /** Forgets everything. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#earliest = Number.POSITIVE_INFINITY;
  }

  readonly #fire = (): void => {
    this.#cancel = undefined;
    this.#earliest = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const next = this.#expire(now);
    if (next < Number.POSITIVE_INFINITY) this.watch(Math.max(next, now + GRAIN_MS));
  };
}
