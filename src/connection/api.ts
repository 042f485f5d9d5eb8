import type { Params } from "../protocol/message.ts";

/*
 * How an Api, an interface of functions by method name, shapes the calls of a client. Without one, any method can be
 * called, with any params, and results are `unknown`.
 */

export type AnyFunction = (...args: never[]) => unknown;

/** The Api of a client nobody gave one: any method. */
export type AnyApi = Record<never, never>;

export type IsUntyped<Api> = [keyof Api] extends [never] ? true : false;

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

/** Params by name. */
export type NamedParams = { readonly [name: string]: unknown };

type ParamsOf<F extends AnyFunction> = Readonly<Parameters<F>> | NamedParams;

/** The arguments behind the method's name: its params, left out where it takes none, and the options. */
export type CallArguments<Api, Name, Options> = Name extends keyof Api
  ? Api[Name] extends AnyFunction
    ? [] extends Parameters<Api[Name]>
      ? [params?: ParamsOf<Api[Name]> | undefined, options?: Options]
      : [params: ParamsOf<Api[Name]>, options?: Options]
    : never
  : [params?: Params | undefined, options?: Options];

/** The methods under a namespace, by what is left of their names; under `""` all of them. */
export type Under<Api, Namespace extends string> = {
  [Name in keyof Api & string as Namespace extends ""
    ? Name
    : Name extends `${Namespace}.${infer Rest}`
      ? Rest
      : never]: Api[Name];
};

type PositionalCalls<Api> = {
  [Name in keyof Api]: Api[Name] extends AnyFunction
    ? (...args: Parameters<Api[Name]>) => Promise<Awaited<ReturnType<Api[Name]>>>
    : never;
};

/** A namespace's methods as functions, with their arguments by position. */
export type RemoteNamespace<Api, Namespace extends string> =
  IsUntyped<Api> extends true
    ? { readonly [method: string]: (...args: unknown[]) => Promise<unknown> }
    : PositionalCalls<Under<Api, Namespace>>;
