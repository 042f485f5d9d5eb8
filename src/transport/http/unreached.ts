/* How undici, which is fetch on Node.js, and OpenSSL say that there never was a connection to send on. */
const UNCONNECTED = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/**
 * The part of a failure of `fetch` that says that nothing was sent; `undefined` when something may have been, which is
 * all that a browser tells.
 */
export function whyUnreached(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === "connect" || syscall === "getaddrinfo" || UNCONNECTED.has(String(code))) return error;
  // One that fetch never talks to, since other protocols live there: https://fetch.spec.whatwg.org/#port-blocking
  if (error.message === "bad port") return error;
  // A name that stands for several addresses fails at each of them.
  const { errors } = error as Partial<AggregateError>;
  if (errors && errors.length > 0) return errors.every((each) => whyUnreached(each)) ? error : undefined;
  return error.cause === undefined ? undefined : whyUnreached(error.cause);
}
