/** Who is on the other end of a connection, as far as the transport can tell. */
export interface PeerInfo {
  /** The scheme of the transport: `tcp`, `tls`, `unix`, `memory`, … */
  readonly transport: string;
  /** The peer's IP address, where there is one. */
  readonly address?: string | undefined;
  /** The peer's port, where there is one. */
  readonly port?: number | undefined;
  /** What TLS says of the peer, on a TLS connection. */
  readonly tls?: PeerTls | undefined;
  /** The headers of the HTTP request that it came by, names in lower case, where there was one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the server's `authorize` hook returned, where there is one. */
  readonly auth?: unknown;
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
