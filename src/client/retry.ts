import { CallAbortedError } from "../connection/errors/call-aborted-error.ts";
import { type CallOutcome, isCallError } from "../connection/errors/call-error.ts";
import { CallTimeoutError } from "../connection/errors/call-timeout-error.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import { QueueFullError } from "../connection/errors/queue-full-error.ts";
import type { CallOptions } from "../connection/pending-call.ts";
import { isDraining } from "../protocol/errors/from-error-object.ts";
import { timeoutOf } from "../time/clock.ts";

/** What holds for all calls of a client that do not say otherwise. */
export interface RetryDefaults {
  /**
   * `"not-sent"`: calls that were certainly not executed are tried again, within their timeouts, after a random wait that
   * grows as that of `redial` does. Default: nothing is tried again.
   */
  readonly retry?: "not-sent" | undefined;
  /**
   * Which methods may be executed twice: all of them, or those of a list. Their calls are also tried again when nobody can
   * know whether they were executed. Default: none.
   */
  readonly idempotent?: boolean | readonly string[] | undefined;
  /**
   * Milliseconds that one attempt of an idempotent call may take before the next one is made, 0 for all that the call has. For
   * where nobody tells that a server died, as over NATS. Default: 0.
   */
  readonly attemptTimeout?: number | undefined;
}

type OwnRetry = Pick<CallOptions, "retry" | "idempotent" | "attemptTimeout">;

/** What may be tried again: what was not sent, or also what nobody knows of. */
export type Retry = CallOutcome;

/** The defaults of a client, read: `undefined` when no call of it is to be tried again by default. */
export type RetryOf = ((method: string) => Retry | undefined) | undefined;

/** @throws TypeError when an option is none */
export function retryOf({ retry, idempotent, attemptTimeout }: RetryDefaults): RetryOf {
  checkRetry({ retry, attemptTimeout });
  if (Array.isArray(idempotent)) {
    const methods = new Set<unknown>(idempotent);
    return (method) => (methods.has(method) ? "unknown" : retry);
  }
  if (idempotent !== undefined && typeof idempotent !== "boolean") {
    throw new TypeError(`expected true, false or a list of methods as the option idempotent, got ${typeof idempotent}`);
  }
  const always = idempotent ? "unknown" : retry;
  return always && (() => always);
}

/**
 * What a call's own options say, and the client's where those say nothing.
 *
 * @throws TypeError when an option is none
 */
export function retryFor(method: string, options: CallOptions = {}, byDefault: RetryOf = undefined): Retry | undefined {
  checkRetry(options);
  const { retry, idempotent } = options;
  if (retry === false) return undefined;
  const own = idempotent ? "unknown" : retry;
  const general = byDefault?.(method);
  if (general === "unknown" && idempotent === false) return own ?? "not-sent";
  return own === "unknown" ? own : (general ?? own);
}

/** @throws TypeError, RangeError when one of a call's own options is none */
export function checkRetry({ retry, idempotent, attemptTimeout = 0 }: OwnRetry): void {
  timeoutOf(attemptTimeout);
  if (retry !== undefined && retry !== false && retry !== "not-sent") {
    throw new TypeError(`expected "not-sent" or false as the option retry, got ${shown(retry)}`);
  }
  if (idempotent !== undefined && typeof idempotent !== "boolean") {
    throw new TypeError(`expected true or false as the option idempotent, got ${shown(idempotent)}`);
  }
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? typeof value).slice(0, 50);
}

/* What somebody asked for: an end. A full queue is one as well, since it fails only those who would rather not wait. */
const FINAL = [CallTimeoutError, CallAbortedError, ClosedError, QueueFullError];

/**
 * What became of a call that failed in a way that another attempt can help; `undefined` when it cannot.
 *
 * @param hasMore - whether a timeout would be that of one attempt, and the call has more time
 */
export function outcomeFor(error: unknown, hasMore: boolean): CallOutcome | undefined {
  if (isDraining(error)) return "not-sent";
  if (hasMore && error instanceof CallTimeoutError) return error.outcome;
  if (!isCallError(error)) return undefined;
  return FINAL.some((kind) => error instanceof kind) ? undefined : error.outcome;
}
