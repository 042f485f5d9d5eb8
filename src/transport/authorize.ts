import type { PeerInfo, RequestHeaders } from "../service/peer.ts";

/** An HTTP request, as far as it says who sends it. */
export interface RequestHead {
  /** Path and query, as the client wrote them: `/rpc?room=7`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: RequestHeaders;
  /** Who asks: its address, and what TLS says of it. Behind a proxy that is the proxy. */
  readonly peer: PeerInfo;
}

/**
 * Decides who may come in. What it returns, or resolves with, is the peer's `http.auth`.
 *
 * @throws HttpStatusError to refuse with a status, 401 or 403 for example; anything else is reported and refused with
 * 500
 */
export type Authorize = (request: RequestHead) => unknown;
