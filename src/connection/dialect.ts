import { type CancelDialect, type Cancellation, cancellationIn } from "../protocol/cancellation.ts";
import { versionNamed } from "../protocol/legacy.ts";
import type { Version } from "../protocol/version.ts";

/** How a client or a connection speaks to its peer. By default JSON-RPC 2.0, and nothing beyond. */
export interface DialectOptions {
  /**
   * Tells the peer of calls that were sent and then given up, by their signal or timeout, and ends the peer's calls when it
   * says so: `"lsp"` with `$/cancelRequest`, `"mcp"` with `notifications/cancelled`. Over HTTP, where the end of a request
   * says as much, it does nothing. Default: neither.
   */
  readonly cancel?: CancelDialect | undefined;
  /**
   * The version of JSON-RPC this side calls in. `"1.0"` has no batches, no params by name and no `cancel`; requests of 1.0
   * and 1.1 that arrive are answered then, as with `legacy` of a service. Default: `"2.0"`.
   */
  readonly version?: "1.0" | "2.0" | undefined;
}

/** What the options come to. */
export interface Dialect {
  readonly version: Version;
  readonly cancellation: Cancellation | undefined;
}

const ownVersions = new WeakSet<object>();

/** For other rooms: a version of their own making, to be given in the place of a version's name. */
export function ownVersion(version: Version): NonNullable<DialectOptions["version"]> {
  ownVersions.add(version);
  return version as unknown as "2.0";
}

/** @throws RangeError when an option's value makes no sense, or one goes not with the other */
export function dialectOf({ version: given = "2.0", cancel }: DialectOptions): Dialect {
  const own: unknown = given;
  const version = ownVersions.has(own as object) ? (own as Version) : versionNamed(given);
  if (cancel !== undefined && !version.hasBatches) {
    throw new RangeError("cancel needs JSON-RPC 2.0, and version is 1.0");
  }
  return { version, cancellation: cancellationIn(cancel) };
}
