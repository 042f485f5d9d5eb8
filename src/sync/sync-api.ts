import type { AnyFunction, IsUntyped, Under } from "../connection/api.ts";

/*
 * How an Api shapes what blocks; see `connection/api.ts`.
 */

type BlockingCalls<Api> = {
  [Name in keyof Api]: Api[Name] extends AnyFunction
    ? (...args: Parameters<Api[Name]>) => Awaited<ReturnType<Api[Name]>>
    : never;
};

/** A namespace's methods as functions that block, with their arguments by position. */
export type SyncNamespace<Api, Namespace extends string> =
  IsUntyped<Api> extends true
    ? { readonly [method: string]: (...args: unknown[]) => unknown }
    : BlockingCalls<Under<Api, Namespace>>;

/** How a blocking call or notification is made. It has no signal: nobody could abort one while this thread waits. */
export interface SyncCallOptions {
  /** Milliseconds, dialling included, after which it fails with a `CallTimeoutError`; 0 for never. Default: the client's. */
  readonly timeout?: number | undefined;
}
