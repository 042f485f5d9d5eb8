import { quoted } from "./identifiers.ts";
import { named, never, nullType, objectOf, type TypeNode } from "./type-node.ts";

/** The type of one JSON value: `const` and the members of `enum`. */
export function literalType(value: unknown): TypeNode {
  if (value === null) return nullType;
  if (typeof value === "string") return named(quoted(value));
  if (typeof value === "boolean") return named(String(value));
  // A number that JSON has and a number cannot hold (1e400) has no literal.
  if (typeof value === "number") return named(Number.isFinite(value) ? String(value) : "number");
  if (Array.isArray(value)) {
    return { kind: "tuple", elements: value.map(literalType), required: value.length, rest: undefined };
  }
  const members = Object.entries(value as object).map(([name, member]) => {
    return { name, type: literalType(member), optional: false, doc: [] };
  });
  return members.length === 0 ? objectOf([], never) : objectOf(members);
}
