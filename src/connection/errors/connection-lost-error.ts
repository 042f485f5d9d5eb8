import { CallError, type CallOutcome } from "./call-error.ts";

/** The connection ended before the answer came. Its `cause` is the `DisconnectError` that says how. */
export class ConnectionLostError extends CallError {
  override name = "ConnectionLostError";

  constructor(method: string, outcome: CallOutcome, options?: ErrorOptions) {
    super(
      `the connection ended before ${method} was ${outcome === "not-sent" ? "sent" : "answered"}`,
      outcome,
      options,
    );
  }
}
