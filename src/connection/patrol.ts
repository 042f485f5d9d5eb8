import type { Clock } from "../time/clock.ts";

/** Something that a patrol looks at now and then. */
export interface Patrolled {
  /**
   * @param now - on the clock's scale
   * @param anew - the last look is longer ago than it should be: this process was busy, or suspended, and nobody is to
   * blame for what did not happen meanwhile
   */
  look(now: number, anew: boolean): void;
}

/* However short a time it is that somebody watches over. */
const SHORTEST_MS = 10;

/**
 * One timer for all the connections of a server, which looks at each of them now and then: what takes too long is found up
 * to a period late, and no message ever touches a timer.
 */
export class Patrol {
  readonly #clock: Clock;
  readonly #members = new Set<Patrolled>();
  #period = Number.POSITIVE_INFINITY;
  #lookedAt = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param time - the shortest it watches over, in milliseconds; Infinity for none */
  join(member: Patrolled, time: number): void {
    if (time === Number.POSITIVE_INFINITY) return;
    this.#members.add(member);
    const period = Math.max(SHORTEST_MS, time / 4);
    if (period >= this.#period && this.#cancel) return;
    this.#period = Math.min(period, this.#period);
    this.#cancel?.();
    this.#again();
  }

  leave(member: Patrolled): void {
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #again(): void {
    this.#lookedAt = this.#clock.now();
    this.#cancel = this.#clock.after(this.#period, this.#look);
  }

  readonly #look = (): void => {
    const now = this.#clock.now();
    const anew = now - this.#lookedAt > 2 * this.#period;
    this.#again();
    for (const member of this.#members) member.look(now, anew);
  };
}
