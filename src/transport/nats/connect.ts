import { type Address, InvalidAddressError } from "../address.ts";
import { withAuthenticator } from "./authenticator.ts";
import { loadTransport } from "./load.ts";
import type { NatsConnection } from "./official.ts";
import type { NatsConnectionOptions } from "./options.ts";
import type { Target } from "./target.ts";

/** A connection to a broker. */
export interface Joined {
  readonly nc: NatsConnection;
  /** Whether it was made here, and is to be closed here. */
  readonly own: boolean;
}

/**
 * Connects to the brokers that the address and the options name, or takes the connection that is there.
 *
 * @param overruled - what the user has no say in
 * @throws InvalidAddressError, TypeError when they make no sense together
 * @throws what the official client says, as it is
 */
export async function join(
  address: Address,
  { server, credentials }: Target,
  { connection, ...options }: NatsConnectionOptions,
  overruled: object = {},
): Promise<Joined> {
  if (connection !== undefined) return { nc: shared(connection, options), own: false };
  const official = await loadTransport();
  const servers = [server ?? [], options.servers ?? []].flat();
  if (servers.length === 0) throw new InvalidAddressError(address.text, "expected a host, or the option nats.servers");
  return {
    nc: await official.connect({
      maxReconnectAttempts: -1,
      ...credentials,
      ...withAuthenticator(options, official),
      ...overruled,
      servers,
    }),
    own: true,
  };
}

/**
 * Closes a connection that was made here, and leaves any other to be closed: in a turn of its own, for what was written in
 * the one in which the official client lets go of a socket that its broker has ended would be an uncaught error of the
 * process.
 */
export async function part({ nc, own }: Joined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (!own) return;
  // That it is closed already is well.
  await nc.close().catch(() => {});
}

function shared(nc: NatsConnection, options: object): NatsConnection {
  const [name] = Object.keys(options);
  if (name !== undefined) throw new TypeError(`expected nats.connection or nats.${name}, got both`);
  if (typeof nc?.publish !== "function") {
    throw new TypeError(`expected a NatsConnection as the option nats.connection, got ${typeof nc}`);
  }
  if (nc.isClosed()) throw new Error("the option nats.connection is a connection that is closed");
  return nc;
}

/**
 * What stands under `nats` among the options.
 *
 * @throws TypeError when it is no object
 */
export function natsOptions<Options extends object>({ nats: given = {} }: Readonly<Record<string, unknown>>): Options {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`expected an object as the option nats, got ${given === null ? "null" : typeof given}`);
  }
  // What is undefined was not said: it must not stand in for a default.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Options;
}
