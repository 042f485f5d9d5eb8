/** An address cannot be listened on. Its `cause` is what the platform said, for example an `EADDRINUSE`. */
export class ListenError extends Error {
  override name = "ListenError";

  constructor(address: string, cause: unknown) {
    super(`${address} cannot be listened on: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
