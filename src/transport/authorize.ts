import type { PeerTls } from "../service/peer.ts";

/** An HTTP request, as far as it says who sends it. */
export interface RequestHead {
  /** Path and query, as the client asked for them: `/rpc?tenant=7`. */
  readonly url: string;
  /** By their names in lower case. What came several times is joined with a comma (RFC 9110, section 5.3). */
  readonly headers: Readonly<Record<string, string>>;
  /** The client's IP address, as far as it is known. Behind a proxy it is the proxy's. */
  readonly address: string | undefined;
  /** What TLS says of the client, where it came by TLS. */
  readonly tls: PeerTls | undefined;
}

/**
 * Decides who may come in.
 *
 * @returns what handlers find as `context.connection.peer.auth`, the user for example
 * @throws HttpStatusError to refuse with a status, 401 or 403 for example; anything else is logged and refused with 500
 */
export type Authorize = (request: RequestHead) => unknown;
