/**
 * An HTTP request was refused with a status.
 *
 * On a server `authorize` throws it to refuse a client. On a client it is the `cause` of a `DialError` when the server
 * refused.
 *
 * ```ts
 * throw new HttpStatusError(401, "the token has expired");
 * ```
 */
export class HttpStatusError extends Error {
  override name = "HttpStatusError";
  /** From 300 to 599. */
  readonly status: number;

  /**
   * @param message - also what the other end reads, as the answer's text
   * @throws RangeError when the status could not refuse anything
   */
  constructor(status: number, message: string, options?: ErrorOptions) {
    if (!Number.isInteger(status) || status < 300 || status > 599) {
      throw new RangeError(`expected an HTTP status from 300 to 599, got ${String(status)}`);
    }
    super(message, options);
    this.status = status;
  }
}
