import { CallError, type CallOutcome } from "./call-error.ts";

/** No answer came within the call's timeout, which counts from the call on, dialling included. */
export class CallTimeoutError extends CallError {
  override name = "CallTimeoutError";
  /** Milliseconds the call had. */
  readonly timeout: number;

  constructor(method: string, timeout: number, outcome: CallOutcome, options?: ErrorOptions) {
    super(`${method} was not answered within ${timeout} ms`, outcome, options);
    this.timeout = timeout;
  }
}
