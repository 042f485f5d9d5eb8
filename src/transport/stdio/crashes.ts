import type { ChildExitError } from "../child-exit-error.ts";

/** How many crashes are too many. */
export interface CrashLimits {
  /** Infinity for no end. */
  readonly maxCrashes: number;
  /** Milliseconds. */
  readonly crashWindow: number;
}

/** The crashes of one client's children, so that a program that cannot run is not started for call after call. */
export class Crashes {
  /** When each was, the earliest first. */
  #times: number[] = [];
  #last: ChildExitError | undefined;

  /** @param now - milliseconds on any scale that never goes back */
  add(error: ChildExitError, now: number): void {
    this.#times.push(now);
    this.#last = error;
  }

  /** @throws Error when there were too many of late; its cause is the last one */
  assertFew({ maxCrashes, crashWindow }: CrashLimits, now: number): void {
    this.#times = this.#times.filter((time) => now - time < crashWindow);
    const { length } = this.#times;
    if (length < maxCrashes) return;
    const [first = now] = this.#times.slice(-maxCrashes);
    const wait = Math.ceil(first + crashWindow - now);
    const { command, message } = this.#last as ChildExitError;
    const why = `${command} crashed ${length} times within ${crashWindow} ms and is not started for another ${wait} ms`;
    throw new Error(`${why}; the last time, ${message}`, { cause: this.#last });
  }
}
