import { CallError } from "./call-error.ts";

/** The message is longer than what carries it takes, such as a broker's own limit. It was not sent. */
export class MessageTooLongError extends CallError {
  override name = "MessageTooLongError";

  constructor(method: string, why: string, options?: ErrorOptions) {
    super(`${method} was not sent: ${why}`, "not-sent", options);
  }
}
