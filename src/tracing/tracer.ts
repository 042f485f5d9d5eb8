/** Tells whoever listens of calls, by the tracing channels of `node:diagnostics_channel`. */
export interface Tracer {
  /** Whether anybody listens. */
  readonly active: boolean;
  /** One call, told of by one object, which goes with each of its events. */
  begin(told: Told): Span;
}

/** What a span adds to the object that goes with its events. */
export interface Told {
  result?: unknown;
  error?: unknown;
}

/**
 * The events of one call: `start`, `end` once what it does at once is done, `asyncStart` and `asyncEnd` if it is not over
 * by then, and `error` where it fails.
 */
export interface Span {
  /** Runs what the call does at once, between `start` and `end` and within what listeners bound to `start`. */
  run(action: () => void): void;
  /** Makes of what the call does later something that runs where this is called: within what listeners bound, too. */
  here(action: () => void): () => void;
  succeeded(result: unknown): void;
  failed(error: unknown): void;
}
