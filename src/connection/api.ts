import type { Params } from "../protocol/message.ts";
import type { AnyFunction, ArgumentsOf, FactsOf, NamedParams } from "../service/remote-method.ts";

/*
 * How an Api, an interface of functions by method name, shapes the calls of a client. Without one, any method can be
 * called, with any params, and results are `unknown`.
 */

/** The Api of a client nobody gave one: any method. */
export type AnyApi = Record<never, never>;

type IsUntyped<Api> = [keyof Api] extends [never] ? true : false;

/** The methods of an Api. */
export type MethodName<Api> =
  IsUntyped<Api> extends true
    ? string
    : { [Name in keyof Api & string]: Api[Name] extends AnyFunction ? Name : never }[keyof Api & string];

/** What a call of the method resolves with. */
export type ResultOf<Api, Name> = Name extends keyof Api
  ? Api[Name] extends AnyFunction
    ? Awaited<ReturnType<Api[Name]>>
    : never
  : unknown;

type PlainArguments<F extends AnyFunction, Options> =
  [] extends Parameters<F>
    ? [params?: Readonly<Parameters<F>> | NamedParams | undefined, options?: Options]
    : [params: Readonly<Parameters<F>> | NamedParams, options?: Options];

type StatedArguments<Args extends readonly unknown[], Named, Options> = [] extends Args
  ? [params?: Readonly<Args> | Named | undefined, options?: Options]
  : Record<never, never> extends Named
    ? [params?: Readonly<Args> | Named | undefined, options?: Options]
    : [params: Readonly<Args> | Named, options?: Options];

/** The arguments behind the method's name: its params, left out where it takes none, and the options. */
export type CallArguments<Api, Name, Options> = Name extends keyof Api
  ? Api[Name] extends AnyFunction
    ? [FactsOf<Api[Name]>] extends [never]
      ? PlainArguments<Api[Name], Options>
      : StatedArguments<FactsOf<Api[Name]>["args"], FactsOf<Api[Name]>["named"], Options>
    : never
  : [params?: Params | undefined, options?: Options];

/** The methods under a namespace, by what is left of their names; under `""` all of them. */
type Under<Api, Namespace extends string, Separator extends string> = {
  [Name in keyof Api & string as Namespace extends ""
    ? Name
    : Name extends `${Namespace}${Separator}${infer Rest}`
      ? Rest
      : never]: Api[Name];
};

/** A method that can be called only by name has no place among functions that call by position. */
type PositionalCalls<Api> = {
  [Name in keyof Api]: Api[Name] extends AnyFunction
    ? [ArgumentsOf<Api[Name]>] extends [never]
      ? never
      : (...args: ArgumentsOf<Api[Name]>) => Promise<Awaited<ReturnType<Api[Name]>>>
    : never;
};

/** A namespace's methods as functions, with their arguments by position. */
export type RemoteNamespace<Api, Namespace extends string, Separator extends string = "."> =
  IsUntyped<Api> extends true
    ? { readonly [method: string]: (...args: unknown[]) => Promise<unknown> }
    : PositionalCalls<Under<Api, Namespace, Separator>>;
