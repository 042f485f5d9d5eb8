import { generate } from "selfsigned";

/** A certificate with its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
export interface CertificateOptions {
  /** Common name of the subject. */
  readonly name: string;
  /** DNS names and IP addresses it is for. Default: `localhost`, `127.0.0.1` and `::1`. */
  readonly hosts?: readonly string[];
  /** It ran out yesterday. */
  readonly expired?: boolean;
}

const DAY = 86_400_000;
const EC = { keyType: "ec", algorithm: "sha256" } as const;

/** Makes an authority that can sign certificates, with a key of its own. Takes a few milliseconds. */
export async function makeAuthority(name: string): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: name }], {
    ...EC,
    notBeforeDate: new Date(Date.now() - 3 * DAY),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** Makes a certificate for a server or a client, signed by an authority. */
export async function makeCertificate(authority: Certificate, options: CertificateOptions): Promise<Certificate> {
  const { name, hosts = ["localhost", "127.0.0.1", "::1"], expired = false } = options;
  const isAddress = (host: string) => /^[\d.]+$|:/.test(host);
  const made = await generate([{ name: "commonName", value: name }], {
    ...EC,
    ca: authority,
    notBeforeDate: new Date(Date.now() - 2 * DAY),
    notAfterDate: new Date(Date.now() + (expired ? -DAY : DAY)),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true, clientAuth: true },
      {
        name: "subjectAltName",
        altNames: hosts.map((host) => (isAddress(host) ? { type: 7, ip: host } : { type: 2, value: host })),
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
