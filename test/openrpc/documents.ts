/** Small OpenRPC documents, for tests. */

type Json = { readonly [name: string]: unknown };

/** A document of some methods, and schemas to refer to. */
export function documentOf(methods: readonly Json[], schemas?: Json, more: Json = {}): Json {
  const components = schemas && { components: { schemas } };
  return { openrpc: "1.3.2", info: { title: "Test", version: "1.0.0" }, methods, ...components, ...more };
}

/** A method that takes params by name, `"limit?"` for one that may be left out, and gives what fits a schema. */
export function methodOf(name: string, params: Json = {}, result: unknown = true, more: Json = {}): Json {
  const descriptors = Object.entries(params).map(([param, schema]) => {
    return { name: param.replace(/\?$/, ""), required: !param.endsWith("?"), schema };
  });
  return { name, params: descriptors, result: { name: "result", schema: result }, ...more };
}

/** A document of one method, `get`, whose result fits a schema. */
export function resultDocument(schema: unknown, schemas?: Json): Json {
  return documentOf([methodOf("get", {}, schema)], schemas);
}

/** A document of one method, `set`, whose only parameter fits a schema. */
export function paramDocument(schema: unknown, schemas?: Json): Json {
  return documentOf([methodOf("set", { value: schema })], schemas);
}

export const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
