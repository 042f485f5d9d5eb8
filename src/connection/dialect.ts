import { type CancelDialect, type Cancellation, cancellationIn } from "../protocol/cancellation.ts";

/** How a client or a connection speaks to its peer. By default JSON-RPC 2.0, and nothing beyond. */
export interface DialectOptions {
  /**
   * Tells the peer of calls that were sent and then given up, by their signal or timeout, and ends the peer's calls when it
   * says so: `"lsp"` with `$/cancelRequest`, `"mcp"` with `notifications/cancelled`. Over HTTP, where the end of a request
   * says as much, it does nothing. Default: neither.
   */
  readonly cancel?: CancelDialect | undefined;
}

/** What the options come to. */
export interface Dialect {
  readonly cancellation: Cancellation | undefined;
}

/** @throws RangeError when an option's value makes no sense */
export function dialectOf({ cancel }: DialectOptions): Dialect {
  return { cancellation: cancellationIn(cancel) };
}
