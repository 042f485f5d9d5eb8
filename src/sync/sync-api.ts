import type { RemoteNamespace } from "../connection/api.ts";
import type { CallOptions } from "../connection/pending-call.ts";

/*
 * How an Api shapes what blocks; see `connection/api.ts`.
 */

type Blocking<F> = F extends (...args: infer Args) => Promise<infer Result> ? (...args: Args) => Result : never;

type BlockingCalls<Namespace> = { readonly [Name in keyof Namespace]: Blocking<Namespace[Name]> };

/** A namespace's methods as functions that block, with their arguments by position. */
export type SyncNamespace<Api, Namespace extends string, Separator extends string = "."> = BlockingCalls<
  RemoteNamespace<Api, Namespace, Separator>
>;

/** How a blocking call or notification is made. It has no signal: nobody could abort one while this thread waits. */
export interface SyncCallOptions extends Pick<CallOptions, "retry" | "idempotent" | "attemptTimeout"> {
  /** Milliseconds, dialling included, after which it fails with a `CallTimeoutError`; 0 for never. Default: the client's. */
  readonly timeout?: number | undefined;
}
