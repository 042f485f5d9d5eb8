import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { PeerCertificate, PeerTls } from "../service/peer.ts";

/** What TLS says of the peer of a socket whose handshake is over. */
export function peerTls(socket: TLSSocket): PeerTls {
  // Taken now, since a closed socket knows nothing; read when somebody asks, which most never do.
  const x509 = socket.getPeerX509Certificate();
  let certificate: PeerCertificate | undefined;
  return {
    authorized: socket.authorized,
    authorizationError: authorizationErrorOf(socket),
    protocol: socket.getProtocol() ?? undefined,
    get certificate() {
      certificate ??= x509 && certificateOf(x509);
      return certificate;
    },
  };
}

/** Why the peer's certificate was not trusted. The types promise an `Error`; Node.js gives a code. */
export function authorizationErrorOf({ authorizationError }: TLSSocket): string | undefined {
  const error: unknown = authorizationError;
  if (error === null || error === undefined) return undefined;
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}

function certificateOf(x509: X509Certificate): PeerCertificate {
  const { subject, issuer, subjectaltname, serialNumber, fingerprint256, valid_from, valid_to } = x509.toLegacyObject();
  return {
    subject: subject as unknown as PeerCertificate["subject"],
    issuer: issuer as unknown as PeerCertificate["issuer"],
    subjectAltName: subjectaltname,
    serialNumber,
    fingerprint256,
    validFrom: valid_from,
    validTo: valid_to,
  };
}
