import type { Channel } from "../connection/channel.ts";
import { DialError } from "../connection/errors/dial-error.ts";
import { type Exchange, isExchange } from "../connection/exchange.ts";
import { type LimitOptions, type Limits, resolveLimits } from "../protocol/limits.ts";
import type { Clock } from "../time/clock.ts";
import type { Route } from "../transport/registry.ts";
import { backoff, type RedialOptions } from "./backoff.ts";

/** How to dial. */
export interface DiallerOptions {
  readonly route: Route;
  readonly limits: LimitOptions | undefined;
  /** Milliseconds for one attempt, Infinity for no end. */
  readonly dialTimeout: number;
  /** `undefined` for one attempt only. */
  readonly redial: RedialOptions | undefined;
  readonly transport: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  /** Whether a further attempt is worth while. */
  readonly isAwaited: () => boolean;
  /** Told of an attempt that failed and may be made again. */
  readonly onFailure: (error: DialError) => void;
}

/** What a dial brought, and the limits it was made with. */
export interface Dialled {
  readonly carrier: Channel | Exchange;
  readonly limits: Limits;
}

/**
 * Dials an address, again and again if that was asked for, until it answers, nobody waits for it any more, or the
 * signal is aborted.
 *
 * @returns `undefined` when nobody waits for a further attempt
 * @throws DialError of the last attempt
 */
export async function dial(options: DiallerOptions, signal: AbortSignal): Promise<Dialled | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptOnce(options, signal);
    } catch (cause) {
      const error = new DialError(options.route.address.shown, { cause });
      if (!options.redial || signal.aborted) throw error;
      options.onFailure(error);
      if (!options.isAwaited()) return undefined;
      await delay(backoff(attempt, options.redial), options.clock, signal);
      if (!options.isAwaited()) return undefined;
    }
  }
}

async function attemptOnce(options: DiallerOptions, signal: AbortSignal): Promise<Dialled> {
  const { route, clock, dialTimeout } = options;
  const transport = await route.load();
  const limits = resolveLimits(options.limits, transport.limits);
  signal.throwIfAborted();
  const attempt = new AbortController();
  const giveUp = () => attempt.abort(signal.reason);
  signal.addEventListener("abort", giveUp);
  const cancel = clock.after(dialTimeout, () => attempt.abort(new Error(`no connection within ${dialTimeout} ms`)));
  try {
    const dialOptions = { limits, signal: attempt.signal, transport: options.transport };
    const connecting = transport.connect(route.address, dialOptions);
    return { carrier: await unlessAborted(connecting, attempt.signal), limits };
  } finally {
    cancel();
    signal.removeEventListener("abort", giveUp);
  }
}

/** Gives up with the signal, also where a transport does not heed it: what it brings then is put away. */
function unlessAborted<Carrier extends Channel | Exchange>(
  connecting: Promise<Carrier>,
  signal: AbortSignal,
): Promise<Carrier> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    connecting.then((carrier) => (signal.aborted ? putAway(carrier) : resolve(carrier)), reject);
  });
}

/** Ends what nobody has used. */
export function putAway(carrier: Channel | Exchange): void {
  if (isExchange(carrier)) void carrier.close();
  else carrier.destroy();
}

function delay(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    // The process stays alive for it: calls are waiting.
    const cancel = clock.after(ms, done, true);
    signal.addEventListener("abort", done);
  });
}
