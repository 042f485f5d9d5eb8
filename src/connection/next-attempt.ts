import type { Clock } from "../time/clock.ts";

/** When what could not be sent is tried again. While there is a next attempt, everything waits for it. */
export class NextAttempt {
  readonly #clock: Clock;
  readonly #after: (failures: number) => number;
  readonly #goOn: () => void;
  /** How many failed in a row. */
  #failures = 0;
  /** Calls it off. */
  #cancel: (() => void) | undefined;

  /**
   * @param after - milliseconds until then, after so many failures in a row
   * @param goOn - called when its time has come, or is not waited for any more
   */
  constructor(clock: Clock, after: (failures: number) => number, goOn: () => void) {
    this.#clock = clock;
    this.#after = after;
    this.#goOn = goOn;
  }

  get isDue(): boolean {
    return this.#cancel !== undefined;
  }

  /** One has failed. */
  failed(): void {
    // The process stays alive for it: calls are waiting.
    this.#cancel = this.#clock.after(this.#after(this.#failures++), () => this.#now(), true);
  }

  /** One has succeeded, so nothing need wait. */
  succeeded(): void {
    this.#failures = 0;
    if (this.isDue) this.#now();
  }

  /** There is none any more. */
  callOff(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #now(): void {
    this.callOff();
    this.#goOn();
  }
}
