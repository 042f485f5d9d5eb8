import type { Clock } from "../time/clock.ts";

/** Lets so many through in a second, and as many at once after a quiet one. */
export class TokenBucket {
  readonly perSecond: number;
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #room: number;
  #tokens: number;
  #at: number;

  constructor(clock: Clock, perSecond: number) {
    this.perSecond = perSecond;
    this.#clock = clock;
    this.#perMs = perSecond / 1_000;
    // Also a rate below one lets one through at a time.
    this.#room = Math.max(1, perSecond);
    this.#tokens = this.#room;
    this.#at = clock.now();
  }

  /** Takes one out; false when there is none. */
  take(): boolean {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#room, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
