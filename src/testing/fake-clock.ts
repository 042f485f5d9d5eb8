import type { Clock } from "../time/clock.ts";

interface Timer {
  readonly at: number;
  readonly ordinal: number;
  readonly action: () => void;
}

/**
 * A clock that a test moves by hand. Give it to `Service`, `Client`, `Connection` or `listen` as `clock`.
 *
 * ```ts
 * const clock = new FakeClock();
 * const service = new Service({ timeout: 2_000, clock });
 * clock.advance(2_000);
 * ```
 */
export class FakeClock implements Clock {
  #now = 0;
  #ordinal = 0;
  readonly #timers = new Set<Timer>();
  #soon: (() => void)[] = [];

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + Math.max(ms, 0), ordinal: this.#ordinal++, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  soon(action: () => void): void {
    if (this.#soon.push(action) === 1) queueMicrotask(() => this.#settle());
  }

  /**
   * Lets time pass: runs, in order and each at its moment, the actions that come due, also those that they set
   * themselves. What promises do with it comes afterwards, as always.
   *
   * @param ms - milliseconds
   */
  advance(ms: number): void {
    const end = this.#now + ms;
    this.#settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
      this.#settle();
    }
    this.#now = end;
  }

  /** Runs what was to run before time goes on. */
  #settle(): void {
    while (this.#soon.length > 0) for (const action of this.#soon.splice(0)) action();
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (!next || timer.at < next.at || (timer.at === next.at && timer.ordinal < next.ordinal)) next = timer;
    }
    return next;
  }
}
