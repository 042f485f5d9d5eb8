import type { PendingCall } from "./pending-call.ts";

interface Watched {
  readonly calls: Set<PendingCall>;
  readonly listener: () => void;
}

/**
 * Listens to the abort signals of pending calls: one listener a signal, however many calls share it, and none once
 * no call does.
 */
export class AbortWatch {
  readonly #onAbort: (call: PendingCall) => void;
  readonly #watched = new Map<AbortSignal, Watched>();

  /** @param onAbort - told of each call whose signal aborts, in the order in which they were added; it removes them */
  constructor(onAbort: (call: PendingCall) => void) {
    this.#onAbort = onAbort;
  }

  /** @throws TypeError when the signal is none; nothing is watched then */
  add(signal: AbortSignal, call: PendingCall): void {
    const watched = this.#watched.get(signal);
    if (watched) {
      watched.calls.add(call);
      return;
    }
    const calls = new Set([call]);
    const listener = () => {
      for (const aborted of calls) this.#onAbort(aborted);
    };
    signal.addEventListener("abort", listener);
    this.#watched.set(signal, { calls, listener });
  }

  remove(signal: AbortSignal, call: PendingCall): void {
    const watched = this.#watched.get(signal);
    if (!watched?.calls.delete(call) || watched.calls.size > 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener("abort", watched.listener);
  }
}
