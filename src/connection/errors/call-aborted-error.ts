import { CallError, type CallOutcome } from "./call-error.ts";

/**
 * The call's signal was aborted. Its name is `AbortError`, as everywhere on the platform; its `cause` is the signal's
 * reason.
 */
export class CallAbortedError extends CallError {
  override name = "AbortError";

  constructor(method: string, outcome: CallOutcome, options?: ErrorOptions) {
    super(`${method} was aborted`, outcome, options);
  }
}
