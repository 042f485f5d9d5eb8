import type { Command } from "commander";
import { addNatsOptions, type NatsCredentials } from "./nats-options.ts";

/** What every command that listens can be told. */
export interface ListenOptions extends NatsCredentials {
  readonly framing?: string;
  readonly serverCert?: string;
  readonly serverKey?: string;
  readonly clientCa?: string;
  readonly anyOrigin?: boolean;
}

/**
 * Adds the options of {@link ListenOptions}, but for the framing, which other options have too.
 *
 * @param nats - how those of NATS begin
 */
export function addListenOptions(command: Command, nats = "--"): Command {
  command
    .option("--server-cert <file>", "the certificate to show on tls, wss and https (PEM)")
    .option("--server-key <file>", "its key (PEM)")
    .option("--client-ca <file>", "ask clients for a certificate that one of these authorities has signed (PEM)")
    .option("--any-origin", "let web pages of any site in, on ws and http");
  return addNatsOptions(command, nats);
}
