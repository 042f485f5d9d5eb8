import type { Place } from "../document/place.ts";
import { type TypeNode, unknownType } from "./type-node.ts";

const keywords = ["items", "prefixItems", "additionalItems"];

/** Whether a schema that names no type says something of arrays. */
export function isAboutArrays(schema: Place): boolean {
  return keywords.some((keyword) => schema.has(keyword));
}

/**
 * An array as its schema describes it. A tuple has all its elements unless `minItems` says that fewer do, and no more
 * unless something is said of them: that is how tuples are meant, though JSON Schema takes shorter and longer ones.
 */
export function arrayType(schema: Place, convert: (part: Place) => TypeNode): TypeNode {
  const { prefix, rest } = tupleParts(schema);
  if (prefix === undefined) return { kind: "array", element: rest ? convert(rest) : unknownType };
  if (isListOfOne(schema)) return { kind: "array", element: convert(prefix[0] as Place) };
  const elements = prefix.map(convert);
  const minItems = schema.at("minItems")?.value;
  const required = typeof minItems === "number" ? Math.min(minItems, elements.length) : elements.length;
  const open = rest !== undefined && rest.value !== false;
  return { kind: "tuple", elements, required, rest: open ? convert(rest) : undefined };
}

/** An array whose only element is described, and no length: generators of Go write every list so. */
function isListOfOne(schema: Place): boolean {
  const items = schema.at("items")?.value;
  const isBounded = ["minItems", "maxItems", "additionalItems", "prefixItems"].some((keyword) => schema.has(keyword));
  return Array.isArray(items) && items.length === 1 && !isBounded;
}

/** The schemas of the elements at the start, if it is a tuple, and the schema of those behind them. */
export function tupleParts(schema: Place): { prefix: Place[] | undefined; rest: Place | undefined } {
  const items = schema.at("items");
  if (schema.has("prefixItems")) return { prefix: schema.list("prefixItems"), rest: items };
  if (Array.isArray(items?.value)) return { prefix: items.elements(), rest: schema.at("additionalItems") };
  return { prefix: undefined, rest: items };
}
