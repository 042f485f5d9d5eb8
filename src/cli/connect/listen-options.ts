import type { Command } from "commander";
import { UsageError } from "../usage-error.ts";
import { pem } from "./options.ts";

/** What every command that listens can be told. */
export interface ListenOptions {
  readonly framing?: string;
  readonly serverCert?: string;
  readonly serverKey?: string;
  readonly clientCa?: string;
  readonly anyOrigin?: boolean;
}

/** Adds the options of {@link ListenOptions}, but for the framing, which other options have too. */
export function addListenOptions(command: Command): Command {
  return command
    .option("--server-cert <file>", "the certificate to show on tls, wss and https (PEM)")
    .option("--server-key <file>", "its key (PEM)")
    .option("--client-ca <file>", "ask clients for a certificate that one of these authorities has signed (PEM)")
    .option("--any-origin", "let web pages of any site in, on ws and http");
}

/** What the transports are to be told. */
export function listenTransport(options: ListenOptions) {
  const { serverCert, serverKey, clientCa, anyOrigin } = options;
  if ((serverCert === undefined) !== (serverKey === undefined)) {
    throw new UsageError("expected --server-cert and --server-key together, got one of them");
  }
  return {
    ...(serverCert !== undefined &&
      serverKey !== undefined && {
        tls: {
          cert: pem(serverCert),
          key: pem(serverKey),
          ...(clientCa !== undefined && { ca: pem(clientCa), requestCert: true }),
        },
      }),
    ...(anyOrigin && { ws: { origins: ["*"] }, http: { origins: ["*"], cors: { origins: ["*"] } } }),
  };
}
