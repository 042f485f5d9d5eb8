import type { Described, DescribedError, DescribedMethod } from "../document/described.ts";
import type { Place } from "../document/place.ts";
import { parameterName, quoted, UniqueNames } from "./identifiers.ts";
import { methodDoc } from "./method-doc.ts";
import type { NamedTypes } from "./named-types.ts";
import { schemaType } from "./schema-type.ts";
import {
  type FunctionNode,
  type Member,
  named,
  objectOf,
  type Parameter,
  type TypeNode,
  union,
  unknownType,
} from "./type-node.ts";

/**
 * A method as a member of the Api: a function, and, by the types that this package has for it, how its params are given
 * and which errors it declares.
 */
export function apiMember(method: DescribedMethod, names: NamedTypes): Member {
  const parameters = parametersOf(method, names);
  const type = entryType(method, parameters, names);
  return { name: method.name, type, optional: false, doc: methodDoc(method, parameters) };
}

/** By position nothing can be left out in front of what is required, whatever the document says of it. */
function parametersOf({ params }: DescribedMethod, names: NamedTypes): Parameter[] {
  const unique = new UniqueNames();
  const lastRequired = params.findLastIndex((param) => param.required);
  return params.map((param, index) => ({
    name: unique.take(parameterName(param.name)),
    optional: index > lastRequired,
    type: valueType(param.schema, names),
  }));
}

/** No value fits `false`, and who writes it of a parameter or a result has no schema to give: else nobody could call it. */
function valueType(schema: Place, names: NamedTypes): TypeNode {
  return schema.value === false ? unknownType : schemaType(schema, names);
}

function entryType(method: DescribedMethod, parameters: readonly Parameter[], names: NamedTypes): TypeNode {
  const { params, structure } = method;
  const result = method.result ? valueType(method.result.schema, names) : named("void");
  const fn: FunctionNode = { kind: "function", parameters, result };
  const errors = method.errors.map((error) => errorType(error, names));
  const declared = errors.length > 0 ? [union(errors)] : [];
  if (params.length > 0 && structure === "by-name") {
    return names.use("ByNameOnly", [namedParams(params, parameters), result, ...declared]);
  }
  if (params.length > 0 && structure === "by-position") return names.use("ByPositionOnly", [fn, ...declared]);
  const facts = [
    ...(params.length > 0 ? [member("params", tupleOf(params.map(paramName)))] : []),
    ...(errors.length > 0 ? [member("errors", tupleOf(errors))] : []),
  ];
  return facts.length === 0 ? fn : names.use("Describe", [fn, objectOf(facts)]);
}

/** As `Describe` takes it: with a question mark where it may be left out. */
function paramName({ name, required }: Described): TypeNode {
  return named(quoted(name + (required ? "" : "?")));
}

function namedParams(params: readonly Described[], parameters: readonly Parameter[]): TypeNode {
  const members = params.map(({ name, required }, index) => {
    return { ...member(name, (parameters[index] as Parameter).type), optional: !required };
  });
  return objectOf(members);
}

/** One that the document says nothing more of has only its code. */
function errorType({ code, data }: DescribedError, names: NamedTypes): TypeNode {
  return names.use("ErrorKind", [named(String(code)), ...(data ? [schemaType(data, names)] : [])]);
}

function member(name: string, type: TypeNode): Member {
  return { name, type, optional: false, doc: [] };
}

function tupleOf(elements: readonly TypeNode[]): TypeNode {
  return { kind: "tuple", elements, required: elements.length, rest: undefined };
}
