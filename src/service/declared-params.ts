import { isSchema, type StandardSchema } from "../protocol/schema.ts";

/** One parameter and its schema: `{ minuend: z.number() }`. */
export type NamedSchema = { readonly [name: string]: StandardSchema };

/** What a method can say of its params; see `MethodOptions.params`. */
export type ParamsDeclaration =
  | readonly string[]
  | readonly StandardSchema[]
  | readonly NamedSchema[]
  | { readonly [name: string]: StandardSchema }
  | StandardSchema
  | "object";

/** The same, told apart. */
export type DeclaredParams =
  | { readonly kind: "names"; readonly names: readonly string[] }
  /** One schema a parameter, and names where they have any. With `asObject` the function gets them as one object. */
  | {
      readonly kind: "schemas";
      readonly names: readonly string[] | undefined;
      readonly schemas: readonly StandardSchema[];
      readonly asObject: boolean;
    }
  | { readonly kind: "whole"; readonly schema: StandardSchema }
  | { readonly kind: "object" };

/** @throws TypeError when it is no declaration of params */
export function readParams(params: ParamsDeclaration): DeclaredParams {
  if (isSchema(params)) return { kind: "whole", schema: params };
  if (params === "object") return { kind: "object" };
  const given: unknown = params;
  if (Array.isArray(given)) return readList(given);
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`params: expected a list, an object of schemas, a schema or "object", got ${kindOf(given)}`);
  }
  return { ...readNamed(Object.entries(given)), asObject: true };
}

function readList(list: readonly unknown[]): DeclaredParams {
  if (list.every((one) => typeof one === "string")) return { kind: "names", names: list };
  if (list.every(isSchema)) return { kind: "schemas", names: undefined, schemas: list, asObject: false };
  const entries = list.map((one) => {
    const members = typeof one === "object" && one !== null && !isSchema(one) ? Object.entries(one) : [];
    const [member] = members;
    if (members.length === 1 && member) return member;
    throw new TypeError(`params: expected names, schemas, or objects of a name and its schema, got ${kindOf(one)}`);
  });
  return { ...readNamed(entries), asObject: false };
}

function readNamed(entries: readonly (readonly [name: string, schema: unknown])[]) {
  const names = new Set<string>();
  for (const [name, schema] of entries) {
    if (!isSchema(schema)) throw new TypeError(`params: expected a schema as ${name}, got ${kindOf(schema)}`);
    // JavaScript moves such members of an object to its front, which would change the order of the parameters.
    if (/^\d+$/.test(name) || name === "" || name === "__proto__") {
      throw new TypeError(`params: ${JSON.stringify(name)} cannot be a parameter's name`);
    }
    if (names.has(name)) throw new TypeError(`params: ${name} is there twice`);
    names.add(name);
  }
  const schemas = entries.map(([, schema]) => schema as StandardSchema);
  return { kind: "schemas", names: [...names], schemas } as const;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (isSchema(value)) return "a schema";
  return Array.isArray(value) ? "an array" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
