/**
 * A schema of any library that follows Standard Schema 1 (standardschema.dev): zod, valibot, arktype and others. Only
 * what is used of it is stated.
 *
 * @typeParam Input - what it takes: what a caller sends, what a method returns
 * @typeParam Output - what it makes of that: what a method gets, what a caller receives
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema makes of a value: with `issues` it does not fit. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value, as a schema says it. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/*
 * Two looks at a schema that cost the compiler less than a comparison with all of StandardSchema, which it would make for each
 * schema of an Api, member by member.
 */

/** What tells a schema from other values. Nothing of it is looked at. */
export type SchemaMark = { readonly "~standard": unknown };

/** What says which types a schema is for. */
export type TypedSchema = {
  readonly "~standard": {
    readonly version: unknown;
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined;
  };
};

/** What a schema takes. */
export type InputOf<S extends TypedSchema> = NonNullable<S["~standard"]["types"]>["input"];

/** What a schema gives. */
export type OutputOf<S extends TypedSchema> = NonNullable<S["~standard"]["types"]>["output"];

/** Whether a value is a schema. Some libraries' are functions. */
export function isSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard = (value as Partial<StandardSchema>)["~standard"];
  return typeof standard === "object" && standard !== null && typeof standard.validate === "function";
}

/** Whether the schema needs time for its answer. */
export function isLater<Output>(
  result: SchemaResult<Output> | Promise<SchemaResult<Output>>,
): result is Promise<SchemaResult<Output>> {
  return typeof (result as { then?: unknown }).then === "function";
}
