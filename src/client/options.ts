import type { DialectOptions } from "../connection/dialect.ts";
import type { WhenFull } from "../connection/pending-call.ts";
import type { LimitOptions } from "../protocol/limits.ts";
import type { Logger } from "../service/logger.ts";
import type { Service } from "../service/service.ts";
import type { Clock } from "../time/clock.ts";
import type { HttpDialOptions } from "../transport/http/options.ts";
import type { NatsDialOptions } from "../transport/nats/options.ts";
import type { Interpose } from "../transport/registry.ts";
import type { TlsDialOptions } from "../transport/secure.ts";
import type { StdioDialOptions } from "../transport/stdio/stdio.ts";
import type { WebSocketDialOptions } from "../transport/websocket/options.ts";
import type { RedialOptions } from "./backoff.ts";
import type { RetryDefaults } from "./retry.ts";

/** How a client is made. */
export interface ClientOptions extends DialectOptions, RetryDefaults {
  /** Milliseconds a call waits for its answer, dialling included; 0 for ever, but not over NATS. Default: 5,000. */
  readonly timeout?: number;
  /**
   * What calls do while the server reads too slowly, unless they say otherwise: `"wait"`, or `"fail"` at once with a
   * `QueueFullError`. Default: `"wait"`.
   */
  readonly whenFull?: WhenFull;
  /**
   * Milliseconds one attempt to dial an address may take, 0 for no end. Over HTTP it has no effect. Default: 10,000, and
   * 2,000 where there are several addresses, so that the next one is tried while a call still waits.
   */
  readonly dialTimeout?: number;
  /**
   * Whether a failed dial is tried again, within the timeouts of the calls that wait for it, after a random wait that
   * grows. Where there are several addresses, each has failed by then. Default: `false`, a failed dial rejects them at
   * once.
   */
  readonly redial?: boolean | RedialOptions;
  /** Who answers the calls the server makes on this client's connection. Over HTTP and NATS it makes none. Default: nobody. */
  readonly service?: Service;
  /** How many of these may run at once; the others wait for their turn, in order. Default: Infinity, all of them. */
  readonly concurrency?: number;
  /** Default: the `untrusted` profile for tcp, tls, ws, wss, http, https and nats, `trusted` for unix and stdio. */
  readonly limits?: LimitOptions;
  /** For `tls:` and `wss:` addresses: authorities, the client's own certificate, … */
  readonly tls?: TlsDialOptions;
  /** For `stdio:`: the program to run, its arguments, how it is ended, … */
  readonly stdio?: StdioDialOptions;
  /** For `ws:` and `wss:` addresses: headers, subprotocols, … */
  readonly ws?: WebSocketDialOptions;
  /** For `http:` and `https:` addresses: headers, how many requests at once, another `fetch`. */
  readonly http?: HttpDialOptions;
  /** For `nats:` addresses: servers, credentials, TLS, …, or a connection to share. */
  readonly nats?: NatsDialOptions;
  /** Options for registered transports, each under its scheme. */
  readonly transport?: Readonly<Record<string, unknown>>;
  /** Where disconnections and stray answers are reported. Default: warnings and errors go to the console. */
  readonly logger?: Logger;
  /** Default: the system's. Tests give their own. */
  readonly clock?: Clock;
  /** @internal Puts something between the client and its transport: the command line shows what passes. */
  readonly interpose?: Interpose | undefined;
}
