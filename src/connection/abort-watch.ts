/**
 * Listens to the abort signals of pending calls: one listener a signal, however many calls share it, and none once
 * no call does.
 */
export class AbortWatch {
  readonly #onAbort: (signal: AbortSignal) => void;
  readonly #watched = new Map<AbortSignal, { calls: number; readonly listener: () => void }>();

  constructor(onAbort: (signal: AbortSignal) => void) {
    this.#onAbort = onAbort;
  }

  add(signal: AbortSignal): void {
    const watched = this.#watched.get(signal);
    if (watched) {
      watched.calls++;
      return;
    }
    const listener = () => this.#onAbort(signal);
    this.#watched.set(signal, { calls: 1, listener });
    signal.addEventListener("abort", listener);
  }

  remove(signal: AbortSignal): void {
    const watched = this.#watched.get(signal);
    if (!watched || --watched.calls > 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener("abort", watched.listener);
  }
}
