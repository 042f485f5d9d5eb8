/** What there is to know of an HTTP answer besides its status. */
export interface HttpStatusErrorOptions extends ErrorOptions {
  /** A server's: what the answer carries, for example `{ "www-authenticate": "Bearer" }`. Default: nothing. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A client's: the media type of what came, as the server wrote it. */
  readonly contentType?: string | undefined;
  /** A client's: the first 1,000 bytes of what came, as text, where it is any. */
  readonly excerpt?: string | undefined;
}

/**
 * An HTTP request got a status in place of what was asked for.
 *
 * On a server `authorize` throws it to refuse a request. On a client it is the `cause` of the error that a call rejects
 * with when something that speaks HTTP, and not JSON-RPC, has answered.
 *
 * ```ts
 * throw new HttpStatusError(401, "the token has expired", { headers: { "www-authenticate": "Bearer" } });
 * ```
 */
export class HttpStatusError extends Error {
  override name = "HttpStatusError";
  /** From 200 to 599 (RFC 9110, section 15); 0 where a browser hides it. */
  readonly status: number;
  /** What the answer carries with the status. */
  readonly headers: Readonly<Record<string, string>>;
  /** The media type of what came, as the server wrote it. */
  readonly contentType: string | undefined;
  /** How what came begins. */
  readonly excerpt: string | undefined;

  /**
   * @param message - on a server also what the other end reads, as the answer's text
   * @throws RangeError when the status could not be one
   */
  constructor(status: number, message: string, options: HttpStatusErrorOptions = {}) {
    if (!Number.isInteger(status) || (status !== 0 && (status < 200 || status > 599))) {
      throw new RangeError(`expected an HTTP status from 200 to 599, got ${String(status)}`);
    }
    const { headers = {}, contentType, excerpt, ...rest } = options;
    super(message, rest);
    this.status = status;
    this.headers = headers;
    this.contentType = contentType;
    this.excerpt = excerpt;
  }
}
