import type { Place } from "../document/place.ts";
import { arrayType, isAboutArrays } from "./array-type.ts";
import { literalType } from "./literal-type.ts";
import type { NamedTypes } from "./named-types.ts";
import { isAboutObjects, objectType } from "./object-type.ts";
import { intersection, named, never, nullType, type TypeNode, union, unknownType } from "./type-node.ts";

/**
 * The TypeScript type of the values that a JSON Schema takes, drafts 4 to 2020-12. What TypeScript cannot say (`not`,
 * `if`, lengths, patterns, formats) is left out, so the type is as narrow as the schema or wider.
 *
 * @throws InvalidDocumentError when it is no schema, or a reference in it leads nowhere
 */
export function schemaType(schema: Place, names: NamedTypes): TypeNode {
  if (schema.value === true) return unknownType;
  if (schema.value === false) return never;
  if (!schema.isObject) return schema.fail("a schema, which is an object, true or false");
  const convert = (part: Place) => schemaType(part, names);
  const all = schema.list("allOf").map(convert);
  const any = ["anyOf", "oneOf"].filter((key) => schema.has(key)).map((key) => union(schema.list(key).map(convert)));
  const reference = schema.has("$ref") ? [names.nameOf(schema)] : [];
  const type = intersection([...reference, ownType(schema, convert), ...all, ...any]);
  return schema.at("nullable")?.value === true ? union([type, nullType]) : type;
}

/** What the keywords of the schema itself say, without its parts. */
function ownType(schema: Place, convert: (part: Place) => TypeNode): TypeNode {
  if (schema.has("const")) return literalType(schema.at("const")?.value);
  if (schema.has("enum")) return union(schema.list("enum").map((value) => literalType(value.value)));
  const types = typesOf(schema);
  return types ? union(types.map((type) => typeOf(type, schema, convert))) : unknownType;
}

/** The JSON types that a schema names or, where it names none, those that its other keywords are about. */
function typesOf(schema: Place): string[] | undefined {
  const type = schema.at("type");
  if (type === undefined) {
    const about = [...(isAboutObjects(schema) ? ["object"] : []), ...(isAboutArrays(schema) ? ["array"] : [])];
    return about.length > 0 ? about : undefined;
  }
  const names = Array.isArray(type.value) ? type.elements() : [type];
  return names.map((name) => (typeof name.value === "string" ? name.value : name.fail("the name of a type")));
}

function typeOf(type: string, schema: Place, convert: (part: Place) => TypeNode): TypeNode {
  switch (type) {
    case "object":
      return objectType(schema, convert);
    case "array":
      return arrayType(schema, convert);
    case "null":
      return nullType;
    case "integer":
    case "number":
      return named("number");
    case "string":
    case "boolean":
      return named(type);
    case "any": // draft 3, still met
      return unknownType;
    default:
      return (schema.at("type") as Place).fail("a type of JSON");
  }
}
