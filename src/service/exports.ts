import type { CallContext } from "./context.ts";

type AnyFunction = (...args: never[]) => unknown;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** A method as its caller sees it: without the context that only the handler gets. */
export type RemoteMethod<F extends AnyFunction> =
  Parameters<F> extends [infer First, ...infer Rest]
    ? IsAny<First> extends true
      ? (...args: Parameters<F>) => ReturnType<F>
      : [First] extends [CallContext]
        ? (...args: Rest) => ReturnType<F>
        : (...args: Parameters<F>) => ReturnType<F>
    : (...args: Parameters<F>) => ReturnType<F>;

type ExportedName<Property, Names> = Property extends keyof Names ? Names[Property] & string : Property & string;

type Under<Namespace extends string, Name extends string> = Namespace extends "" ? Name : `${Namespace}.${Name}`;

/**
 * What a handler class exports, as an Api for `Client<Api>`. Types cannot see what a decorator does, so renamed and
 * unmarked methods are stated.
 *
 * ```ts
 * type Api = Exports<Example, "main", { echo2: "echo"; helper: never }>;
 * ```
 *
 * @typeParam Handler - the handler class
 * @typeParam Namespace - the namespace it is added under; `""` for none
 * @typeParam Names - by property: the exported name where it differs, `never` for a public method without a mark
 */
export type Exports<
  Handler extends object,
  Namespace extends string = "",
  Names extends { [Property in keyof Handler]?: string } = Record<never, never>,
> = {
  [Property in keyof Handler as Handler[Property] extends AnyFunction
    ? Under<Namespace, ExportedName<Property, Names>>
    : never]: Handler[Property] extends AnyFunction ? RemoteMethod<Handler[Property]> : never;
};
