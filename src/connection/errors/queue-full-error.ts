import { CallError } from "./call-error.ts";

/** The other end reads too slowly, and the call was not to wait until it does. It was not sent. */
export class QueueFullError extends CallError {
  override name = "QueueFullError";

  constructor(method: string, options?: ErrorOptions) {
    super(`${method} was not sent: too much waits to be sent already`, "not-sent", options);
  }
}
