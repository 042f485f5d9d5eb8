import type { DialectOptions } from "../connection/dialect.ts";
import type { LimitOptions } from "../protocol/limits.ts";
import type { Logger } from "../service/logger.ts";
import type { Clock } from "../time/clock.ts";
import type { HttpListenOptions } from "../transport/http/options.ts";
import type { NatsListenOptions } from "../transport/nats/options.ts";
import type { TlsListenOptions } from "../transport/secure.ts";
import type { UnixListenOptions } from "../transport/unix/unix.ts";
import type { WebSocketListenOptions } from "../transport/websocket/options.ts";

/** How a server is made. */
export interface ServerOptions extends Pick<DialectOptions, "cancel"> {
  /** Milliseconds a call this side makes to a client waits for its answer, 0 for ever. Default: 5,000. */
  readonly timeout?: number;
  /** Default: the `untrusted` profile for tcp, tls, ws, wss, http, https and nats, `trusted` for unix and stdio. */
  readonly limits?: LimitOptions;
  /**
   * How many calls of one connection may run at once; the others wait for their turn, in the order in which they came. 1 runs
   * them one at a time. Where there is no connection, as over HTTP, all calls of an address count together. See "Order" in
   * docs/limits.md. Default: Infinity, all of them.
   */
  readonly concurrency?: number;
  /** For `tls:`, `wss:` and `https:` addresses: certificate, key, whether clients must show a certificate, … */
  readonly tls?: TlsListenOptions;
  /** For `unix:` addresses: the socket file's mode. */
  readonly unix?: UnixListenOptions;
  /** For `ws:` and `wss:` addresses: which web pages may connect, who else may, … */
  readonly ws?: WebSocketListenOptions;
  /** For `http:` and `https:` addresses: who may come in, hosts, origins, CORS, times. */
  readonly http?: HttpListenOptions;
  /** For `nats:` addresses: servers, credentials, TLS, …, or a connection to share; name, version, queue group. */
  readonly nats?: NatsListenOptions;
  /** Options for registered transports, each under its scheme. */
  readonly transport?: Readonly<Record<string, unknown>>;
  /** Default: warnings and errors go to the console. */
  readonly logger?: Logger;
  /** Default: the system's. Tests give their own. */
  readonly clock?: Clock;
}
