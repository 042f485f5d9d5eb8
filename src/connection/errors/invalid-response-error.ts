import { CallError } from "./call-error.ts";

/**
 * The peer answered this call, and the answer is no JSON-RPC 2.0 response (section 5 of the specification). Over HTTP
 * its `cause` is an `HttpStatusError` where the answer was not even JSON.
 */
export class InvalidResponseError extends CallError {
  override name = "InvalidResponseError";

  constructor(method: string, flaw: string, options?: ErrorOptions) {
    super(`the answer to ${method} is no JSON-RPC 2.0 response: ${flaw}`, "unknown", options);
  }
}
