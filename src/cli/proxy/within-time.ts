import { isUnreached } from "./refusal.ts";
import { TargetTimeoutError } from "./target-timeout-error.ts";

/**
 * Does something that has to be over in time, and gives it up when it is not.
 *
 * @param timeout - milliseconds, 0 for ever
 * @param signal - gives it up earlier
 * @param work - gets a signal that aborts in both cases
 * @throws TargetTimeoutError, as a rejection, when the time is up; an ExchangeError where nobody was reached until then
 */
export async function withinTime<T>(
  timeout: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (timeout === 0) return await work(signal);
  const error = new TargetTimeoutError(timeout);
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      late.abort(error);
      setImmediate(reject, error);
    }, timeout);
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, late.signal])), end]);
  } catch (cause) {
    // What it makes of having been given up says less, unless nothing was sent.
    throw late.signal.aborted && !isUnreached(cause) ? error : cause;
  } finally {
    clearTimeout(timer);
  }
}
