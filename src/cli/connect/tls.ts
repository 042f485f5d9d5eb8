import type { TlsDialOptions } from "../../transport/secure.ts";
import { UsageError } from "../usage-error.ts";
import type { ConnectOptions } from "./options.ts";
import { readBytes } from "./read-bytes.ts";

/** @throws UsageError when a file cannot be read, or a certificate has no key */
export function tlsOf(options: Omit<ConnectOptions, "timeout">): TlsDialOptions | undefined {
  const { tlsCa, tlsCert, tlsKey, insecure } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError("expected --tls-cert and --tls-key together, got one of them");
  }
  const tls = {
    ...(tlsCa !== undefined && { ca: readBytes(tlsCa) }),
    ...(tlsCert !== undefined && { cert: readBytes(tlsCert) }),
    ...(tlsKey !== undefined && { key: readBytes(tlsKey) }),
    ...(insecure && { rejectUnauthorized: false }),
  };
  return Object.keys(tls).length === 0 ? undefined : tls;
}
