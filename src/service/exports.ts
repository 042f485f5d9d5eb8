import type { AnyFunction, Describe, Described, Prefix, RemoteMethod } from "./remote-method.ts";

/** What the types of a handler class do not show of a method. */
export interface ExportedAs extends Described {
  /** The exported name, where it differs. */
  readonly name?: string;
}

type ExportedName<Property extends string, Names> = Property extends keyof Names
  ? [Names[Property]] extends [string]
    ? Names[Property]
    : Names[Property] extends { readonly name: infer Name extends string }
      ? Name
      : Property
  : Property;

type Exported<F extends AnyFunction, Property, Names> = Property extends keyof Names
  ? [Names[Property]] extends [string]
    ? RemoteMethod<F>
    : Names[Property] extends Described
      ? Describe<RemoteMethod<F>, Names[Property]>
      : never
  : RemoteMethod<F>;

/**
 * What a handler class exports, as an Api for `Client<Api>`. Types cannot see what a decorator does, so renamed and
 * unmarked methods are stated, and, for those who want them in types, names of parameters and declared errors.
 *
 * ```ts
 * type Api = Exports<Example, "main", { echo2: "echo"; helper: never; get: { params: ["id"]; errors: [typeof NotFound] } }>;
 * ```
 *
 * @typeParam Handler - the handler class
 * @typeParam Namespace - the namespace it is added under; `""` for none
 * @typeParam Names - by property: the exported name where it differs, `never` for a public method without a mark, or an
 * {@link ExportedAs}
 * @typeParam Separator - what stands between the namespace and the name
 */
export type Exports<
  Handler extends object,
  Namespace extends string = "",
  Names extends { [Property in keyof Handler]?: string | ExportedAs } = Record<never, never>,
  Separator extends string = ".",
> = {
  // Of each property all this is asked, so it is asked in the order that costs least: where nothing is stated, no name is
  // looked up.
  [Property in keyof Handler & string as Handler[Property] extends AnyFunction
    ? [keyof Names] extends [never]
      ? `${Prefix<Namespace, Separator>}${Property}`
      : `${Prefix<Namespace, Separator>}${ExportedName<Property, Names>}`
    : never]: Handler[Property] extends AnyFunction ? Exported<Handler[Property], Property, Names> : never;
};
