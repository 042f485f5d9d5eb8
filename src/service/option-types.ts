import type { SchemaMark } from "../protocol/schema.ts";
import type { Checked } from "./export-rpc.ts";
import type { MethodFunction, MethodOptions } from "./method.ts";

/*
 * Whether the options given to `method` are options. They could be demanded to be MethodOptions, and each schema of an Api would
 * be compared with StandardSchema, twice: once to infer what it is of where it stands, once for its members. So what is given
 * is taken as it is, and then asked what tells options from anything else.
 */

/** What may be given, by name. Nothing is said of the values: where a schema was said to stand, the compiler would infer from it. */
export type OptionHints = { readonly [Option in keyof MethodOptions]?: unknown };

/** Takes any options, at no cost: compared with what was inferred of them, all their members would be compared. */
export type AnyOptions = { readonly [option: string]: unknown };

type MarkedParams =
  | readonly string[]
  | readonly SchemaMark[]
  | readonly { readonly [name: string]: SchemaMark }[]
  | { readonly [name: string]: SchemaMark }
  | SchemaMark
  | "object";

/** `MethodOptions`, with a schema's mark for each schema. */
type MarkedOptions = {
  readonly [Option in keyof MethodOptions]: Option extends "params"
    ? MarkedParams
    : Option extends "result"
      ? SchemaMark
      : MethodOptions[Option];
};

type NoSuchOption = { "there is no such option": never };

/**
 * `unknown` where these are options, else what they are compared with, for the compiler to say what is wrong. Of what is no
 * options at all it has inferred `OptionHints`.
 */
export type FitOptions<O> = [keyof O] extends [keyof MethodOptions]
  ? O extends MarkedOptions
    ? unknown
    : O extends MethodFunction
      ? NoSuchOption
      : [OptionHints] extends [O]
        ? NoSuchOption
        : MethodOptions
  : NoSuchOption;

/** As {@link Checked}, which is not asked where there are schemas: they have been compared with all parameters. */
export type FitFunction<F extends MethodFunction, O> = O extends { readonly params: readonly string[] | "object" }
  ? Checked<F, O>
  : O extends { readonly params: unknown }
    ? unknown
    : Checked<F, O>;
