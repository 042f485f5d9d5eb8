import type { Connection } from "../connection/connection.ts";
import { deferred } from "../connection/deferred.ts";
import { DRAINING } from "../protocol/error-object.ts";
import { ServerTimeoutError } from "../protocol/errors/server-timeout-error.ts";
import type { Exchanges } from "../service/exchanges.ts";
import type { Clock } from "../time/clock.ts";
import { endListening } from "../transport/listening.ts";
import type { Listener } from "../transport/transport.ts";

/** What there is to be ended of a server. */
export interface Shutdown {
  readonly listeners: readonly Listener[];
  readonly connections: readonly Connection[];
  /** What serves exchanges, each with what brings them, if that listens. */
  readonly exchanges: ReadonlyMap<Exchanges, Listener | undefined>;
  readonly clock: Clock;
}

/* How long the last answers may take on their way to slow readers. */
const FLUSH_MS = 5_000;

/**
 * Ends a server in good order: nobody new comes in, what is in flight is waited for, and its answers go out.
 *
 * @param timeout - milliseconds for what is in flight; then it is answered with -32098, and its signals abort
 * @throws as a rejection, once all the rest is over, what the platform says of an address that cannot be given up
 */
export async function shutDown(server: Shutdown, timeout: number): Promise<void> {
  const { listeners, connections, exchanges, clock } = server;
  for (const listener of listeners) endListening(listener);
  const closing = new Map(listeners.map((listener) => [listener, (async () => listener.close())()]));
  const listening = Promise.allSettled(closing.values());
  const late = deferred<readonly []>();
  const drainingConnections = connections.map(async (connection) => {
    await connection.drain();
    await connection.close();
  });
  const drainingExchanges = [...exchanges].map(async ([each, listener]) => {
    // What this one took, nobody else gets.
    if (listener?.finishes) await Promise.race([closing.get(listener)?.catch(() => {}), late.promise]);
    await each.drain(DRAINING);
  });
  const cancel = clock.after(
    timeout,
    () => {
      const reason = new ServerTimeoutError(undefined, `the server closed and waited ${timeout} ms`);
      late.resolve([]);
      for (const one of [...connections, ...exchanges.keys()]) one.cancelInFlight(reason);
    },
    true,
  );
  await Promise.all([...drainingConnections, ...drainingExchanges]);
  // What still cannot be given up then is cut by its end.
  const outcomes = await Promise.race([listening, late.promise]);
  cancel();
  await Promise.all(listeners.map((listener) => listener.end?.(FLUSH_MS)));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
