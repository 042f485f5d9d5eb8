import { withoutSecrets } from "../../transport/address.ts";
import { routeTo } from "../../transport/registry.ts";
import { UsageError } from "../usage-error.ts";
import { schemeOf, withFraming } from "./address.ts";
import type { ListenOptions } from "./listen-options.ts";
import { assertMeant, flag, ofListening } from "./meaning.ts";
import { natsOptionsOf } from "./nats-credentials.ts";
import { readBytes } from "./read-bytes.ts";

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
