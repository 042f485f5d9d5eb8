import type { NatsConnection } from "./official.ts";

/**
 * How to reach the brokers: any option of `connect` of `@nats-io/transport-node`, of which the usual ones stand here, or a
 * connection that is there.
 *
 * `reconnect` and what belongs to it work as there, but that it goes on for ever unless `maxReconnectAttempts` says otherwise,
 * and that what is to be sent meanwhile waits.
 */
export interface NatsConnectionOptions {
  /**
   * A connection of `@nats-io/transport-node` to share. Then nothing else is said of how to connect, the address needs no
   * host (`nats:///shop.orders`), and closing the client or server leaves the connection open.
   */
  readonly connection?: NatsConnection;
  /** More brokers of the same cluster than the address names: `"host:4222"`. */
  readonly servers?: string | readonly string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** What stands in a credentials file: a JWT, and the seed of its nkey (https://docs.nats.io/using-nats/developer/connecting/creds). */
  readonly credentials?: string | Uint8Array;
  /** What stands in the file of an nkey's seed: `SU…`, by itself or between lines that say what it is. */
  readonly nkeySeed?: string | Uint8Array;
  /** What the package makes of other ways to say who one is (`jwtAuthenticator`, for example); one, or several. */
  readonly authenticator?: unknown;
  /** Files or texts of certificates, as the package takes them; `{}` for TLS without any. */
  readonly tls?: object | null;
  /** What the broker's monitoring calls this connection. */
  readonly name?: string;
  /** How subjects for replies begin, where the user may not subscribe to just any. Default: `_INBOX`. */
  readonly inboxPrefix?: string;
  /** Default: `true`. */
  readonly reconnect?: boolean;
  /** How often each broker is tried again; -1 for ever. Default here: -1. */
  readonly maxReconnectAttempts?: number;
  /** Milliseconds between attempts to reach the same broker. Default: 2,000. */
  readonly reconnectTimeWait?: number;
  readonly [option: string]: unknown;
}

/** What a client says of NATS, under `nats`. */
export interface NatsDialOptions extends NatsConnectionOptions {
  /** How many calls may be under way at once; more wait for their turn, within their timeouts. Default: 4,096. */
  readonly concurrency?: number;
}

/** What a server says of NATS, under `nats`. */
export interface NatsListenOptions extends NatsConnectionOptions {
  /** What `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS` tell of this copy. */
  readonly service?: NatsServiceOptions;
  /** The queue group in which copies share the calls: each call goes to one of a group. Default: `"q"`. */
  readonly queue?: string;
}

/** A service as NATS' services framework shows it (https://docs.nats.io/nats-concepts/service_infrastructure). */
export interface NatsServiceOptions {
  /** Letters, digits, `-` and `_`. Default: the subject prefix, with `-` for its other characters. */
  readonly name?: string;
  /** A semantic version. Default: `"0.0.0"`. */
  readonly version?: string;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}
