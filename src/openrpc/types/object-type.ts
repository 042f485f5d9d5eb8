import type { Place } from "../document/place.ts";
import { schemaDoc } from "./schema-doc.ts";
import { hasIntersection, type Member, never, objectOf, type TypeNode, union, unknownType } from "./type-node.ts";

const keywords = ["properties", "required", "patternProperties"];

/**
 * Whether a schema that names no type says something of objects. To let through any other members says nothing: generators of
 * Go write it where a type has a JSON of its own, which may be a string.
 */
export function isAboutObjects(schema: Place): boolean {
  return keywords.some((keyword) => schema.has(keyword)) || !letsAnyThrough(schema.at("additionalProperties")?.value);
}

function letsAnyThrough(additional: unknown): boolean {
  if (additional === undefined || additional === true) return true;
  return typeof additional === "object" && additional !== null && Object.keys(additional).length === 0;
}

/**
 * An object as its schema describes it. Where nothing is said of other members the type has none: JSON Schema takes
 * them, but a type with them would say nothing of a misspelled one.
 */
export function objectType(schema: Place, convert: (part: Place) => TypeNode): TypeNode {
  const required = requiredNames(schema);
  const properties = schema.members("properties");
  const declared = properties.map((property): Member => {
    const optional = !required.has(property.key);
    return { name: property.key, type: convert(property), optional, doc: schemaDoc(property, property.key) };
  });
  const names = new Set(properties.map(({ key }) => key));
  const others = [...required].filter((name) => !names.has(name));
  const index = indexType(schema, convert);
  const members = [...declared, ...others.map((name) => undeclared(name, index ?? unknownType))];
  if (members.length === 0) return objectOf([], index ?? unknownType);
  return objectOf(members, index && indexBeside(members, index));
}

/** An index has to take what the declared members are, too. The compiler does not see that of every intersection. */
function indexBeside(members: readonly Member[], index: TypeNode): TypeNode {
  const types = [index, ...members.map(({ type }) => type), ...lacking(members)];
  return types.some(hasIntersection) ? unknownType : union(types);
}

function undeclared(name: string, type: TypeNode): Member {
  return { name, type, optional: false, doc: [] };
}

/** An index that stands beside optional members has to take what a missing one reads as. */
function lacking(members: readonly Member[]): TypeNode[] {
  return members.some((member) => member.optional) ? [{ kind: "name", text: "undefined" }] : [];
}

/** The type of members that are not declared; `undefined` where nothing is said of them, or that there are none. */
function indexType(schema: Place, convert: (part: Place) => TypeNode): TypeNode | undefined {
  const patterns = schema.members("patternProperties").map(convert);
  const additional = schema.at("additionalProperties");
  const closed = additional === undefined || additional.value === false;
  const types = closed ? patterns : [...patterns, convert(additional)];
  if (types.length > 0) return union(types);
  return additional?.value === false && !schema.has("properties") ? never : undefined;
}

/** In draft 3 `required` was a flag of the property; that is not an error, it is just no list. */
function requiredNames(schema: Place): ReadonlySet<string> {
  if (typeof schema.at("required")?.value === "boolean") return new Set();
  return new Set(
    schema.list("required").map((name) => (typeof name.value === "string" ? name.value : name.fail("a name"))),
  );
}
