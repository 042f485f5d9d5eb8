import type { LimitOptions } from "../protocol/limits.ts";
import type { Clock } from "../time/clock.ts";
import type { DiscoverOptions } from "./discovery/discovery.ts";
import type { Logger } from "./logger.ts";

/** How a service is made. */
export interface ServiceOptions {
  /** Milliseconds every method has for its answer, unless its own `timeout` says otherwise. Default: 0, no end. */
  readonly timeout?: number;
  /**
   * Told what a method threw that is not an `RpcError`, and of results that JSON cannot hold: what the caller does
   * not get to see; also what a middleware threw. `method` is empty where there is no such method: its name is made up.
   * Default: it is logged as an error.
   */
  readonly onError?: (error: unknown, call: { readonly method: string }) => void;
  /** Default: warnings and errors go to the console. */
  readonly logger?: Logger;
  /**
   * What `handle` lets in: of the limits, `messageBytes`, `batchLength`, `depth`, `inFlight` and `callsPerSecond`.
   * Connections have limits of their own. Default: the `untrusted` profile.
   */
  readonly limits?: LimitOptions;
  /**
   * How many calls of `handle` may run at once; the others wait for their turn, in order. Connections have an option of
   * their own. Default: Infinity, all of them.
   */
  readonly concurrency?: number;
  /**
   * Whether requests of JSON-RPC 1.0 and of the working draft of 1.1 are understood too, on every address, and answered
   * each in its own version's shape. Default: `false`, they are -32600.
   */
  readonly legacy?: boolean;
  /**
   * Whether `rpc.discover` is a method, which answers with the OpenRPC document of all others; `info` and `servers` go into
   * it. It tells every caller what there is. Default: `false`.
   */
  readonly discover?: boolean | DiscoverOptions;
  /**
   * Whether `CallContext.trace` shows the W3C trace context that a call came with, in the members `traceparent` and
   * `tracestate` of its request. Default: `false`, they are ignored.
   */
  readonly trace?: boolean;
  /** Default: the system's. Tests give their own. */
  readonly clock?: Clock;
}
