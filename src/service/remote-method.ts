import type { ErrorKind, RpcError } from "../protocol/errors/rpc-error.ts";
import type { NamedParams } from "../protocol/message.ts";
import type { CallContext } from "./context.ts";

/*
 * Methods as their callers see them: the entries of an Api. An entry is a function by position; what a function cannot say,
 * its params by name and its errors, it carries as facts, for types alone.
 */

export type AnyFunction = (...args: never[]) => unknown;

declare const facts: unique symbol;

/**
 * What an entry of an Api says beside its function.
 *
 * @typeParam Args - its params by position; `never` where it cannot be called so
 * @typeParam Named - its params by name; `never` where it cannot be called so
 * @typeParam Errors - the errors it declares
 */
export interface MethodFacts<Args extends readonly unknown[], Named, Errors> {
  readonly [facts]?: { readonly args: Args; readonly named: Named; readonly errors: Errors };
}

type AnyFacts = { readonly args: readonly unknown[]; readonly named: unknown; readonly errors: unknown };

/** The facts of an entry; `never` where it carries none. */
export type FactsOf<F> = typeof facts extends keyof F ? Extract<F[typeof facts], AnyFacts> : never;

/** The params of an entry by position, `never` where there are none. */
export type ArgumentsOf<F extends AnyFunction> = typeof facts extends keyof F ? FactsOf<F>["args"] : Parameters<F>;

/** The errors that a caller gets to see of those declared. */
export type ErrorOf<Declared> =
  Declared extends ErrorKind<infer Code, infer Data>
    ? RpcError<Data> & { readonly code: Code; readonly data: Data }
    : never;

/** The errors that a method of an Api declares; `never` where it declares none. It can answer with others. */
export type ErrorsOf<Api, Name extends keyof Api> = FactsOf<Api[Name]>["errors"];

/** What an Api can say of a method beside its function. */
export interface Described {
  /** The names of its parameters, as `MethodOptions.params` has them. */
  readonly params?: readonly string[];
  /** Its declared errors: `[typeof NotFound]`. */
  readonly errors?: readonly ErrorKind[];
}

/**
 * An entry of an Api whose parameters have names, or which declares errors.
 *
 * ```ts
 * interface Api {
 *   "users.get": Describe<(id: number) => User, { params: ["id"]; errors: [typeof NotFound] }>;
 * }
 * ```
 */
export type Describe<F extends AnyFunction, D extends Described> = F &
  MethodFacts<Parameters<F>, NamedOf<D, Parameters<F>>, ErrorOf<ErrorsIn<D>>>;

/**
 * An entry of an Api that takes its params by name only: `ByNameOnly<{ id: number }, User, typeof NotFound>`.
 *
 * @typeParam Declared - the errors it declares
 */
export type ByNameOnly<Named, Result, Declared extends ErrorKind = never> = (() => Result) &
  MethodFacts<never, Named, ErrorOf<Declared>>;

/**
 * An entry of an Api that takes its params by position only.
 *
 * @typeParam Declared - the errors it declares
 */
export type ByPositionOnly<F extends AnyFunction, Declared extends ErrorKind = never> = F &
  MethodFacts<Parameters<F>, never, ErrorOf<Declared>>;

/** The declared errors among a method's options. */
export type ErrorsIn<O> = O extends { readonly errors: readonly (infer Declared)[] } ? Declared : never;

type NamedOf<D, Args extends readonly unknown[]> = D extends { readonly params: infer Names extends readonly string[] }
  ? NamedBy<Names, Args>
  : NamedParams;

/** Params by name, of the names and the types of the arguments. */
export type NamedBy<Names extends readonly string[], Args extends readonly unknown[]> = Simplify<ByName<Names, Args>>;

type ByName<Names extends readonly string[], Args extends readonly unknown[]> = Names extends readonly [
  infer Name extends string,
  ...infer Others extends readonly string[],
]
  ? Name extends `...${infer Rest}`
    ? { readonly [Key in Rest]?: Args }
    : Args extends readonly [(infer First)?, ...infer More]
      ? (Name extends `${infer Optional}?`
          ? { readonly [Key in Optional]?: First }
          : { readonly [Key in Name]: First }) &
          ByName<Others, More>
      : NamedParams
  : unknown;

/** The members of a type, written as one. */
export type Simplify<T> = { [Key in keyof T]: T[Key] };

type IsAny<T> = 0 extends 1 & T ? true : false;

/** A method's parameters without the context that only the handler gets. */
export type RemoteParameters<F extends AnyFunction> =
  Parameters<F> extends [infer First, ...infer Rest]
    ? IsAny<First> extends true
      ? Parameters<F>
      : [First] extends [CallContext]
        ? Rest
        : Parameters<F>
    : Parameters<F>;

/** A method as its caller sees it: without the context that only the handler gets. */
export type RemoteMethod<F extends AnyFunction> =
  Parameters<F> extends [infer First, ...infer Rest]
    ? IsAny<First> extends true
      ? (...args: Parameters<F>) => ReturnType<F>
      : [First] extends [CallContext]
        ? (...args: Rest) => ReturnType<F>
        : (...args: Parameters<F>) => ReturnType<F>
    : (...args: Parameters<F>) => ReturnType<F>;

/** What names under a namespace begin with; under `""` nothing. */
export type Prefix<Namespace extends string, Separator extends string> = Namespace extends ""
  ? ""
  : `${Namespace}${Separator}`;
