import { CallError, type CallOutcome } from "./call-error.ts";

/** This side closed the client or the connection, before the call or while it was pending. */
export class ClosedError extends CallError {
  override name = "ClosedError";

  constructor(method: string, outcome: CallOutcome, options?: ErrorOptions) {
    super(
      `this side closed the connection before ${method} was ${outcome === "not-sent" ? "sent" : "answered"}`,
      outcome,
      options,
    );
  }
}
