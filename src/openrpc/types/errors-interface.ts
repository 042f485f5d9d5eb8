import type { DescribedError, DescribedMethod } from "../document/described.ts";
import type { NamedTypes } from "./named-types.ts";
import { schemaType } from "./schema-type.ts";
import { type Member, named, type ObjectNode, objectOf, union, unknownType } from "./type-node.ts";

/**
 * The errors that methods declare, by method: `{ code: 404; message: string; data: … }`. Data of which nothing is said
 * may be there or not; `undefined` when no method declares any.
 */
export function errorsInterface(methods: readonly DescribedMethod[], names: NamedTypes): ObjectNode | undefined {
  const declaring = methods.filter(({ errors }) => errors.length > 0);
  const members = declaring.map(({ name, errors }): Member => {
    return { name, type: union(errors.map((error) => errorType(error, names))), optional: false, doc: [] };
  });
  return members.length === 0 ? undefined : objectOf(members);
}

function errorType({ code, data }: DescribedError, names: NamedTypes): ObjectNode {
  const member = (name: string, type: Member["type"], optional = false): Member => ({ name, type, optional, doc: [] });
  return objectOf([
    member("code", named(String(code))),
    member("message", named("string")),
    data ? member("data", schemaType(data, names)) : member("data", unknownType, true),
  ]);
}
