/** How `closeOnSignals` works. */
export interface CloseOnSignalsOptions {
  /** Default: SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[];
}

/* What a shell adds to a signal's number for the exit status of a process that died of it. */
const DIED_OF_SIGNAL = 128;
const NUMBERS: { readonly [signal: string]: number } = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15, SIGBREAK: 21 };

/**
 * Runs a server as a program should: the first SIGTERM or SIGINT closes it, which lets what is in flight finish, and
 * the process exits with status 0; a second one exits at once.
 *
 * ```ts
 * const server = await listen(service, address);
 * closeOnSignals(() => server.close({ timeout: 10_000 }));
 * ```
 *
 * @param close - closes all there is; when it fails, that is printed and the status is 1
 * @returns what takes the listeners off again
 */
export function closeOnSignals(
  close: () => Promise<unknown>,
  { signals = ["SIGTERM", "SIGINT"] }: CloseOnSignalsOptions = {},
): () => void {
  let closing = false;
  // What `close` throws, rather than rejects with, is no different.
  const run = async () => close();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (closing) process.exit(DIED_OF_SIGNAL + (NUMBERS[signal] ?? 0));
    closing = true;
    run().then(
      () => process.exit(0),
      (error) => {
        console.error("closing failed:", error);
        process.exit(1);
      },
    );
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
