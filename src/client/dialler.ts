import type { Channel } from "../connection/channel.ts";
import { DialError } from "../connection/errors/dial-error.ts";
import { type Exchange, isExchange } from "../connection/exchange.ts";
import { type LimitOptions, type Limits, resolveLimits } from "../protocol/limits.ts";
import type { Clock } from "../time/clock.ts";
import type { Route } from "../transport/registry.ts";
import type { Addresses } from "./addresses.ts";
import { backoff, type RedialOptions } from "./backoff.ts";
import { FailoverExchange } from "./failover-exchange.ts";

/** How to dial. */
export interface DiallerOptions {
  readonly addresses: Addresses;
  readonly limits: LimitOptions | undefined;
  /** Milliseconds for one attempt at one address, Infinity for no end. */
  readonly dialTimeout: number;
  /** `undefined` to try each address once only. */
  readonly redial: RedialOptions | undefined;
  readonly transport: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  /** Whether a further attempt is worth while. */
  readonly isAwaited: () => boolean;
  /** Told of an attempt that failed and is followed by another, at this address or the next. */
  readonly onFailure: (error: DialError) => void;
}

/** What a dial brought, and the limits it was made with. */
export interface Dialled {
  readonly carrier: Channel | Exchange;
  readonly limits: Limits;
}

/**
 * Dials the addresses in turn, again and again if that was asked for, until one answers, nobody waits for it any more,
 * or the signal is aborted.
 *
 * @returns `undefined` when nobody waits for a further attempt
 * @throws DialError of the last attempt; where there are several addresses, with what each of them said
 */
export async function dial(options: DiallerOptions, signal: AbortSignal): Promise<Dialled | undefined> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await dialInTurn(options, signal);
    if (!(outcome instanceof DialError)) return outcome;
    if (!options.redial || signal.aborted) throw outcome;
    options.onFailure(outcome);
    if (!options.isAwaited()) return undefined;
    await delay(backoff(attempt, options.redial), options.clock, signal);
    if (!options.isAwaited()) return undefined;
  }
}

/** @returns the error when none answers; `undefined` when nobody waits for the next one */
async function dialInTurn(options: DiallerOptions, signal: AbortSignal): Promise<Dialled | DialError | undefined> {
  const { addresses, isAwaited, onFailure } = options;
  const errors: DialError[] = [];
  for (const route of addresses.inTurn) {
    if (errors.length > 0 && !isAwaited()) return undefined;
    try {
      return withOthers(await attemptOnce(options, route, signal), options, route);
    } catch (cause) {
      const error = new DialError(route.address.shown, { cause });
      // What was called off says nothing of the address.
      if (signal.aborted || !addresses.several) return error;
      addresses.pass(route);
      onFailure(error);
      errors.push(error);
    }
  }
  return new DialError(addresses.shown.join(", "), { cause: new AggregateError(errors) });
}

/** Exchanges find out at each of them whether the peer is there, so they get the other addresses too. */
function withOthers(dialled: Dialled, options: DiallerOptions, route: Route): Dialled {
  const { carrier: exchange, limits } = dialled;
  if (!options.addresses.several || !isExchange(exchange)) return dialled;
  const dialOne = async (other: Route, signal: AbortSignal): Promise<Exchange> => {
    const { carrier } = await attemptOnce(options, other, signal);
    const flaw = flawBeside(exchange, carrier);
    if (flaw === undefined) return carrier as Exchange;
    putAway(carrier);
    throw new Error(`expected exchanges as ${route.address.shown} has, got ${flaw}`);
  };
  return { carrier: new FailoverExchange({ ...options, dialOne, route, exchange }), limits };
}

/** Why one cannot stand in for the other; `undefined` when it can. */
function flawBeside(exchange: Exchange, other: Channel | Exchange): string | undefined {
  if (!isExchange(other)) return "a connection";
  return other.needsTimeout && !exchange.needsTimeout ? "one where every call needs a timeout" : undefined;
}

async function attemptOnce(options: DiallerOptions, route: Route, signal: AbortSignal): Promise<Dialled> {
  const { clock, dialTimeout } = options;
  const transport = await route.load();
  const limits = resolveLimits(options.limits, transport.limits);
  signal.throwIfAborted();
  const attempt = new AbortController();
  const dialOptions = { limits, signal: attempt.signal, transport: options.transport };
  // A transport may be somebody's JavaScript, whose promise is none, or brings nothing.
  const connecting = Promise.resolve(transport.connect(route.address, dialOptions));
  return new Promise((resolve, reject) => {
    const settle = () => {
      cancel();
      signal.removeEventListener("abort", callOff);
    };
    // At once, also where a transport does not heed its signal: what it brings then is put away.
    const giveUp = (why: unknown) => {
      settle();
      attempt.abort(why);
      reject(why);
    };
    const callOff = () => giveUp(signal.reason);
    const cancel = clock.after(dialTimeout, () => giveUp(new Error(`no connection within ${dialTimeout} ms`)));
    signal.addEventListener("abort", callOff);
    connecting.then(
      (carrier) => {
        settle();
        if (!isCarrier(carrier)) reject(new TypeError(`expected a channel or an exchange, got ${typeof carrier}`));
        else if (attempt.signal.aborted) putAway(carrier);
        else resolve({ carrier, limits });
      },
      (error) => {
        settle();
        reject(error);
      },
    );
    // What `connect` did may have been to close the client, before anyone listened to the signal.
    if (signal.aborted) callOff();
  });
}

function isCarrier(carrier: unknown): carrier is Channel | Exchange {
  return typeof carrier === "object" && carrier !== null;
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
