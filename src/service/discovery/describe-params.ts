import type { ContentDescriptor, JsonSchema, MethodObject } from "../../openrpc/document/document.ts";
import type { MethodDeclaration } from "../declaration.ts";
import type { SchemaStore } from "./schema-store.ts";

type Json = { readonly [member: string]: unknown };

/** A method's params as OpenRPC says them. */
export interface DescribedParams extends Pick<MethodObject, "params" | "paramStructure"> {
  readonly params: readonly ContentDescriptor[];
  /** A schema of all params, where they cannot be listed: an extension, as OpenRPC allows them. */
  readonly "x-params"?: JsonSchema;
}

/**
 * The params of a method. Where their names are not known they go by position. A rest parameter is described by name,
 * where it is an array: OpenRPC has no word for any number of arguments.
 */
export function describeParams(name: string, declaration: MethodDeclaration, store: SchemaStore): DescribedParams {
  const { params, paramsSchema, object } = declaration;
  if (object) return { params: [], paramStructure: "by-name", "x-params": { type: "object" } };
  if (paramsSchema) return describeWhole(store.take(paramsSchema, "input", `${name}.params`), store);
  const descriptors = params.map((param, index): ContentDescriptor => {
    const named = param.name ?? `param${index + 1}`;
    const schema = store.take(param.schema, "input", `${name}.${named}`);
    return descriptor(named, param.required, param.rest ? { type: "array", items: schema } : schema);
  });
  const isNamed = params.every((param) => param.name !== undefined);
  const structure = params.some(({ rest }) => rest) ? "by-name" : isNamed ? "either" : "by-position";
  return { params: descriptors, ...(params.length > 0 && { paramStructure: structure }) };
}

/** Params that one schema is for: the members of an object, the elements of a tuple, or what cannot be listed. */
function describeWhole(schema: JsonSchema, store: SchemaStore): DescribedParams {
  const { type, properties, required, items, prefixItems, minItems } = inside(schema, store);
  const tuple = Array.isArray(items) ? items : prefixItems;
  if (type === "array" && Array.isArray(tuple)) {
    const least = typeof minItems === "number" ? minItems : tuple.length;
    const params = tuple.map((element, index) => {
      return descriptor(`param${index + 1}`, index < least, element as JsonSchema);
    });
    return { params, paramStructure: "by-position" };
  }
  if (type === "object" && typeof properties === "object" && properties !== null) {
    const names = Array.isArray(required) ? required : [];
    const params = Object.entries(properties).map(([name, member]) => {
      return descriptor(name, names.includes(name), member as JsonSchema);
    });
    return { params, paramStructure: "by-name" };
  }
  return { params: [], ...(schema !== true && { "x-params": schema }) };
}

function descriptor(name: string, required: boolean, schema: JsonSchema): ContentDescriptor {
  const { description } = Object(schema);
  return { name, ...(typeof description === "string" && { description }), required, schema };
}

/** The schema itself, also where it has become a component. */
function inside(schema: JsonSchema, store: SchemaStore): Json {
  if (typeof schema === "boolean") return {};
  const [, name] = /^#\/components\/schemas\/([\w.-]+)$/.exec(String(schema.$ref)) ?? [];
  const component = name === undefined ? schema : store.components[name];
  return typeof component === "object" ? component : {};
}
