import { CallError } from "../../connection/errors/call-error.ts";

/**
 * A blocking call to a server of the same thread, which could not answer while the thread waits. Nothing was sent. Use
 * `Client` there, or run the server in another thread or process.
 */
export class DeadlockError extends CallError {
  override name = "DeadlockError";
  readonly address: string;

  constructor(method: string, address: string) {
    super(
      `${method} would wait for ever: ${address} is served by this very thread, which waits; use Client instead`,
      "not-sent",
    );
    this.address = address;
  }
}
