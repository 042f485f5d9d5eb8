/** A signal that calls share, and how many do. */
export interface WatchedSignal {
  readonly signal: AbortSignal;
  readonly listener: () => void;
  calls: number;
  /** The call, as long as there has been one only. */
  sole: object | undefined;
}

/**
 * Listens to the abort signals of pending calls: one listener a signal, however many calls share it, and none once
 * no call does. It counts the calls and does not know them: a list of them, filled and emptied all the time, would
 * cost a tenth of each call, for the sake of an abort that rarely comes. Only the one call of a signal of its own it knows:
 * thousands of those may abort at once.
 */
export class AbortWatch {
  readonly #onAbort: (watched: WatchedSignal) => void;
  readonly #watched = new Map<AbortSignal, WatchedSignal>();
  /** The one looked for last: calls that share a signal come together. */
  #latest: WatchedSignal | undefined;

  /** @param onAbort - told of a signal that aborts; it removes each of its calls */
  constructor(onAbort: (watched: WatchedSignal) => void) {
    this.#onAbort = onAbort;
  }

  /**
   * Counts one call more.
   *
   * @throws TypeError when the signal is none; nothing is watched then
   */
  add(signal: AbortSignal, call: object): WatchedSignal {
    let watched = this.#latest;
    if (watched?.signal !== signal) {
      watched = this.#watched.get(signal) ?? this.#watch(signal);
      this.#latest = watched;
    }
    watched.sole = watched.calls++ === 0 ? call : undefined;
    return watched;
  }

  /** Counts one call less. */
  remove(watched: WatchedSignal): void {
    watched.calls--;
    if (watched.calls > 0) return;
    this.#watched.delete(watched.signal);
    if (this.#latest === watched) this.#latest = undefined;
    watched.signal.removeEventListener("abort", watched.listener);
  }

  #watch(signal: AbortSignal): WatchedSignal {
    if (typeof signal.addEventListener !== "function") {
      throw new TypeError(
        `expected an AbortSignal as the option signal, got ${typeof signal} without addEventListener`,
      );
    }
    const watched: WatchedSignal = { signal, listener: () => this.#onAbort(watched), calls: 0, sole: undefined };
    signal.addEventListener("abort", watched.listener);
    this.#watched.set(signal, watched);
    return watched;
  }
}
