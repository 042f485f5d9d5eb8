import type { Command } from "commander";
import { withoutSecrets } from "../../transport/address.ts";
import { routeTo } from "../../transport/registry.ts";
import { UsageError } from "../usage-error.ts";
import { schemeOf, withFraming } from "./address.ts";
import { assertMeant, flag, ofListening } from "./meaning.ts";
import { addNatsOptions, type NatsCredentials, natsOptionsOf } from "./nats-options.ts";
import { readBytes } from "./read-bytes.ts";

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

/**
 * The addresses that a command is to listen on, with the framing that was asked for where they can have one.
 *
 * @param flagOf - how an option is written on the command line
 * @throws InvalidAddressError when one is none
 * @throws UsageError when an option makes no sense for any of them, or one needs another option
 */
export function placesOf(addresses: readonly string[], options: ListenOptions, flagOf = flag): string[] {
  for (const address of addresses) routeTo(address);
  assertMeant(options, addresses, ofListening, flagOf);
  const secure = addresses.find((address) => ["tls", "wss", "https"].includes(schemeOf(address)));
  const { serverCert, serverKey, clientCa } = options;
  if ((serverCert === undefined) !== (serverKey === undefined)) {
    throw new UsageError("expected --server-cert and --server-key together, got one of them");
  }
  if (secure !== undefined && serverCert === undefined) {
    const got = clientCa === undefined ? "none" : "only --client-ca";
    throw new UsageError(`expected --server-cert and --server-key for ${withoutSecrets(secure)}, got ${got}`);
  }
  return addresses.map((address) => withFraming(address, options.framing));
}

/** What the transports of some addresses are to be told. */
export function listenTransport(addresses: readonly string[], options: ListenOptions) {
  const { serverCert, serverKey, clientCa, anyOrigin } = options;
  const broker = addresses.find((address) => schemeOf(address) === "nats");
  return {
    ...(broker !== undefined && { nats: natsOptionsOf(broker, options) }),
    ...(serverCert !== undefined &&
      serverKey !== undefined && {
        tls: {
          cert: readBytes(serverCert),
          key: readBytes(serverKey),
          ...(clientCa !== undefined && { ca: readBytes(clientCa), requestCert: true }),
        },
      }),
    ...(anyOrigin && { ws: { origins: ["*"] }, http: { origins: ["*"], cors: { origins: ["*"] } } }),
  };
}
