import type { TLSSocket } from "node:tls";
import type { PeerCertificate, PeerInfo } from "../service/peer.ts";
import { networkPeer } from "./socket.ts";

/** The peer of a TLS socket whose handshake is over. */
export function tlsPeer(socket: TLSSocket): PeerInfo {
  // Taken now, since a closed socket knows nothing; read when somebody asks, which most never do.
  const x509 = socket.getPeerX509Certificate();
  let certificate: PeerCertificate | undefined;
  const tls = {
    authorized: socket.authorized,
    authorizationError: authorizationErrorOf(socket),
    protocol: socket.getProtocol() ?? undefined,
    get certificate() {
      certificate ??= x509 && pick(x509.toLegacyObject());
      return certificate;
    },
  };
  return { ...networkPeer("tls", socket), tls };
}

/** Why the peer's certificate was not trusted. The types promise an `Error`; Node.js gives a code. */
export function authorizationErrorOf({ authorizationError }: TLSSocket): string | undefined {
  const error: unknown = authorizationError;
  if (error === null || error === undefined) return undefined;
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}

function pick(legacy: ReturnType<NonNullable<ReturnType<TLSSocket["getPeerX509Certificate"]>>["toLegacyObject"]>) {
  const { subject, issuer, subjectaltname, serialNumber, fingerprint256, valid_from, valid_to } = legacy;
  return {
    subject: { ...subject } as unknown as PeerCertificate["subject"],
    issuer: { ...issuer } as unknown as PeerCertificate["issuer"],
    subjectAltName: subjectaltname,
    serialNumber,
    fingerprint256,
    validFrom: valid_from,
    validTo: valid_to,
  };
}
