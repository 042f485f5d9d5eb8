import type { Below, IsUntyped } from "../connection/api.ts";
import type { AnyFunction, ArgumentsOf } from "../service/remote-method.ts";

/*
 * How an Api shapes what blocks; see `connection/api.ts`.
 */

/** A method that can be called only by name has no place among functions that call by position. */
type BlockingCall<F> = F extends AnyFunction
  ? [ArgumentsOf<F>] extends [never]
    ? never
    : (...args: ArgumentsOf<F>) => Awaited<ReturnType<F>>
  : never;

/** A namespace's methods as functions that block, with their arguments by position. */
export type SyncNamespace<Api, Namespace extends string, Separator extends string = "."> =
  IsUntyped<Api> extends true
    ? { readonly [method: string]: (...args: unknown[]) => unknown }
    : { [Name in keyof Api & string as Below<Name, Namespace, Separator>]: BlockingCall<Api[Name]> };

/** How a blocking call or notification is made. It has no signal: nobody could abort one while this thread waits. */
export interface SyncCallOptions {
  /** Milliseconds, dialling included, after which it fails with a `CallTimeoutError`; 0 for never. Default: the client's. */
  readonly timeout?: number | undefined;
}
