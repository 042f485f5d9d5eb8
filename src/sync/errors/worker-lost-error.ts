import { CallError, type CallOutcome } from "../../connection/errors/call-error.ts";

/**
 * The worker that makes this thread's blocking calls has ended, which it never does by itself. Its `cause` is what was
 * thrown there, where that could be told. The next call starts another worker; the connections are gone.
 */
export class WorkerLostError extends CallError {
  override name = "WorkerLostError";

  constructor(method: string, outcome: CallOutcome, options?: ErrorOptions) {
    const when = outcome === "not-sent" ? "sent" : "answered";
    super(`the worker ended before ${method} was ${when}`, outcome, options);
  }
}
