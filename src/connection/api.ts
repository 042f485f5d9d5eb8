import type { GivenParams, NamedParams } from "../protocol/message.ts";
import type { AnyFunction, ArgumentsOf, FactsOf, Prefix } from "../service/remote-method.ts";

/*
 * How an Api, an interface of functions by method name, shapes the calls of a client. Without one, any method can be
 * called, with any params, and results are `unknown`.
 */

/** The Api of a client nobody gave one: any method. */
export type AnyApi = Record<never, never>;

export type IsUntyped<Api> = [keyof Api] extends [never] ? true : false;

/** The methods of an Api: its members, without asking each whether it is a function, which a call does of the one it calls. */
export type MethodName<Api> = IsUntyped<Api> extends true ? string : keyof Api & string;

/*
 * `Api[Name]` is handed on whole, and what follows from it is written so that the compiler need not know its bounds before it
 * knows `Name`: as elements of tuples, and with no type variable used again under a condition on itself. Else it works out all
 * methods at once for each Api, which takes it seconds where there are a thousand.
 */

/** Not `Api[Name & keyof Api]`: for each call the compiler would intersect the name with each name of the Api. */
type EntryAt<Api, Name> = (Api & { readonly [name: string]: unknown })[Name & string];

/** What a call of the method resolves with. */
export type ResultOf<Api, Name> = IsUntyped<Api> extends true ? unknown : ResultOfEntry<EntryAt<Api, Name>>;

type ResultOfEntry<F> = F extends AnyFunction ? Awaited<ReturnType<F>> : never;

type PlainArguments<Args, Options> = [] extends Args
  ? [params?: Readonly<Args> | NamedParams | undefined, options?: Options]
  : [params: Readonly<Args> | NamedParams, options?: Options];

type StatedArguments<Args, Named, Options> = [] extends Args
  ? [params?: Readonly<Args> | Named | undefined, options?: Options]
  : Record<never, never> extends Named
    ? [params?: Readonly<Args> | Named | undefined, options?: Options]
    : [params: Readonly<Args> | Named, options?: Options];

/** The arguments behind the method's name: its params, left out where it takes none, and the options. */
export type CallArguments<Api, Name, Options> =
  IsUntyped<Api> extends true
    ? [params?: GivenParams | undefined, options?: Options]
    : ArgumentsOfEntry<EntryAt<Api, Name>, Options>;

type ArgumentsOfEntry<F, Options> = [FactsOf<F>] extends [never]
  ? [F] extends [(...args: infer Args) => unknown]
    ? PlainArguments<Args, Options>
    : never
  : [FactsOf<F>] extends [{ readonly args: infer Args; readonly named: infer Named }]
    ? StatedArguments<Args, Named, Options>
    : never;

/** A method that can be called only by name has no place among functions that call by position. */
type PositionalCall<F> = F extends AnyFunction
  ? [ArgumentsOf<F>] extends [never]
    ? never
    : (...args: ArgumentsOf<F>) => Promise<Awaited<ReturnType<F>>>
  : never;

/** A namespace's methods as functions, with their arguments by position. */
export type RemoteNamespace<Api, Namespace extends string, Separator extends string = "."> =
  IsUntyped<Api> extends true
    ? { readonly [method: string]: (...args: unknown[]) => Promise<unknown> }
    : RemoteFunctions<Api, Prefix<Namespace, Separator>>;

/** Of the names that start so. The start is made once, and not for each name. */
type RemoteFunctions<Api, Start extends string> = {
  [Name in keyof Api & string as Name extends `${Start}${infer Rest}` ? Rest : never]: PositionalCall<Api[Name]>;
};
