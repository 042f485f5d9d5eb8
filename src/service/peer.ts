/** Who is on the other end of a connection, as far as the transport can tell. */
export interface PeerInfo {
  /** The scheme of the transport: `tcp`, `tls`, `unix`, `stdio`, `ws`, `http`, `memory`, … */
  readonly transport: string;
  /** The peer's IP address, where there is one. */
  readonly address?: string | undefined;
  /** The peer's port, where there is one. */
  readonly port?: number | undefined;
  /** The peer's process, where this side started it. */
  readonly pid?: number | undefined;
  /** What TLS says of the peer, on a TLS connection. */
  readonly tls?: PeerTls | undefined;
  /** The HTTP request that the peer came with, on a server that was asked by one. */
  readonly http?: PeerHttp | undefined;
  /** The WebSocket subprotocol that both ends agreed on, where they did. */
  readonly subprotocol?: string | undefined;
}

/** An HTTP request, and what the server made of it. */
export interface PeerHttp {
  /** Path and query, as the client wrote them: `/rpc?room=7`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: RequestHeaders;
  /** What the server's option `authorize` returned, for example the user that a token stands for. */
  readonly auth: unknown;
}

/** The headers of an HTTP request by their names in lower case; one that may come several times is an array. */
export interface RequestHeaders {
  readonly [name: string]: string | readonly string[] | undefined;
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/** A peer in a sentence. */
export function nameOf({ transport, address, port }: PeerInfo): string {
  if (address === undefined) return `the ${transport} peer`;
  return `${transport} peer ${address}${port === undefined ? "" : `:${port}`}`;
}

/** A peer as TLS knows it. */
export interface PeerTls {
  /** Whether the peer's certificate was asked for, given, and verified against the trusted authorities. */
  readonly authorized: boolean;
  /** Why it was not, as Node.js names the reason, for example `SELF_SIGNED_CERT_IN_CHAIN`. */
  readonly authorizationError: string | undefined;
  /** For example `TLSv1.3`. */
  readonly protocol: string | undefined;
  /** The peer's certificate; `undefined` when it showed none. */
  readonly certificate: PeerCertificate | undefined;
}

/** The parts of a certificate that say whose it is. */
export interface PeerCertificate {
  /** The subject's fields by their short names: `CN`, `O`, `OU`, … A field given several times is an array. */
  readonly subject: Readonly<Record<string, string | readonly string[]>>;
  readonly issuer: Readonly<Record<string, string | readonly string[]>>;
  /** As OpenSSL prints it: `DNS:localhost, IP Address:127.0.0.1`. */
  readonly subjectAltName: string | undefined;
  readonly serialNumber: string;
  /** Colon-separated upper-case hexadecimal SHA-256. */
  readonly fingerprint256: string;
  /** As OpenSSL prints it. */
  readonly validFrom: string;
  readonly validTo: string;
}
