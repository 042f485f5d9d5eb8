import { setMaxListeners } from "node:events";

/** Ctrl-C came before the work was done. */
export class InterruptedError extends Error {
  override name = "InterruptedError";

  constructor() {
    super("it was not done yet");
  }
}

const INTERRUPTED = 130;

/**
 * What aborts with the first Ctrl-C (or SIGTERM), so that the work can end in good order and say what was done: with an
 * `InterruptedError`, which `throwIfAborted` throws. A second one ends the process at once.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  // As many calls wait for it as are under way.
  setMaxListeners(0, controller.signal);
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new InterruptedError());
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return controller.signal;
}

/** Settles as the work does, or rejects with the signal's reason when that comes first. */
export function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Resolves with the signal. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
