const brand = Symbol.for("tsjason.CallError");

/**
 * What became of a call that got no answer.
 *
 * - `not-sent`: the peer never saw it, so it was not executed and may be made again.
 * - `unknown`: it was sent, or partly; whether it was executed only the peer knows.
 */
export type CallOutcome = "not-sent" | "unknown";

/**
 * A call, or a notification, that ended without an answer. Its subclasses say why: `CallTimeoutError`,
 * `CallAbortedError`, `ConnectionLostError`, `DialError`, `ClosedError`, `QueueFullError`, `InvalidResponseError`,
 * `MessageTooLongError`.
 *
 * What is not under this class: an error the peer answered with. That is an `RpcError`.
 */
export class CallError extends Error {
  override name = "CallError";
  readonly outcome: CallOutcome;

  constructor(message: string, outcome: CallOutcome, options?: ErrorOptions) {
    super(message, options);
    this.outcome = outcome;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is a {@link CallError}, also one of another copy of this package. */
export function isCallError(value: unknown): value is CallError {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === true;
}
