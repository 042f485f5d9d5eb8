/*
 * A TypeScript type, before it is printed.
 */

export type TypeNode =
  | NameNode
  | UnionNode
  | IntersectionNode
  | ArrayNode
  | TupleNode
  | ObjectNode
  | FunctionNode
  | GenericNode;

/** A keyword, a literal or the name of a type. */
export interface NameNode {
  readonly kind: "name";
  readonly text: string;
}

export interface UnionNode {
  readonly kind: "union";
  readonly members: readonly TypeNode[];
}

export interface IntersectionNode {
  readonly kind: "intersection";
  readonly members: readonly TypeNode[];
}

export interface ArrayNode {
  readonly kind: "array";
  readonly element: TypeNode;
}

export interface TupleNode {
  readonly kind: "tuple";
  readonly elements: readonly TypeNode[];
  /** How many must be there. */
  readonly required: number;
  /** What may follow. */
  readonly rest: TypeNode | undefined;
}

export interface ObjectNode {
  readonly kind: "object";
  readonly members: readonly Member[];
  /** The type of any other member. */
  readonly index: TypeNode | undefined;
}

export interface FunctionNode {
  readonly kind: "function";
  readonly parameters: readonly Parameter[];
  readonly result: TypeNode;
}

export interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  readonly type: TypeNode;
}

/** A type with arguments: `Describe<A, B>`. */
export interface GenericNode {
  readonly kind: "generic";
  readonly name: string;
  readonly args: readonly TypeNode[];
}

export interface Member {
  readonly name: string;
  readonly type: TypeNode;
  readonly optional: boolean;
  /** Lines of a comment. */
  readonly doc: readonly string[];
}

export const named = (text: string): NameNode => ({ kind: "name", text });

export const unknownType = named("unknown");
export const never = named("never");
export const nullType = named("null");

export const objectOf = (members: readonly Member[], index?: TypeNode): ObjectNode => ({
  kind: "object",
  members,
  index,
});

/** What any of them is; without those that add nothing. */
export function union(types: readonly TypeNode[]): TypeNode {
  const members = withoutTwins(types.flatMap((type) => (type.kind === "union" ? type.members : [type])));
  if (members.some((member) => isNamed(member, "unknown"))) return unknownType;
  const some = members.filter((member) => !isNamed(member, "never"));
  const both = ["true", "false"].every((text) => some.some((member) => isNamed(member, text)));
  const rest = both
    ? withoutTwins(some.map((member) => (/^(true|false)$/.test(textOf(member)) ? named("boolean") : member)))
    : some;
  if (rest.length === 0) return never;
  return rest.length === 1 ? (rest[0] as TypeNode) : { kind: "union", members: rest };
}

/** What all of them are; without those that add nothing. */
export function intersection(types: readonly TypeNode[]): TypeNode {
  const members = withoutTwins(types.flatMap((type) => (type.kind === "intersection" ? type.members : [type])));
  if (members.some((member) => isNamed(member, "never"))) return never;
  const some = members.filter((member) => !isNamed(member, "unknown"));
  const rest = some.filter((member) => !some.some((other) => other !== member && saysMore(other, member)));
  if (rest.length === 0) return unknownType;
  return rest.length === 1 ? (rest[0] as TypeNode) : { kind: "intersection", members: rest };
}

/** Whether `type` says at least what `wide` says, as far as it shows. */
function saysMore(type: TypeNode, wide: TypeNode): boolean {
  if (type.kind === "union") return type.members.every((member) => saysMore(member, wide));
  if (wide.kind === "object" && wide.members.length === 0 && isNamed(wide.index, "unknown")) {
    return type.kind === "object" || (type.kind === "name" && /^[A-Z]/.test(type.text));
  }
  if (type.kind !== "name" || wide.kind !== "name") return false;
  if (wide.text === "string") return type.text.startsWith('"');
  if (wide.text === "number") return /^-?\d/.test(type.text);
  return wide.text === "boolean" && /^(true|false)$/.test(type.text);
}

/** The same without the comments of members, whatever holds them. */
export function withoutComments<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutComments) as T;
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, key === "doc" ? [] : withoutComments(member)]);
  return Object.fromEntries(members) as T;
}

export function hasIntersection(type: TypeNode): boolean {
  switch (type.kind) {
    case "name":
    case "function":
    case "generic":
      return false;
    case "intersection":
      return true;
    case "union":
      return type.members.some(hasIntersection);
    case "array":
      return hasIntersection(type.element);
    case "tuple":
      return [...type.elements, ...(type.rest ? [type.rest] : [])].some(hasIntersection);
    case "object":
      return [...type.members.map((member) => member.type), ...(type.index ? [type.index] : [])].some(hasIntersection);
  }
}

export function isNamed(type: TypeNode | undefined, text: string): boolean {
  return type?.kind === "name" && type.text === text;
}

function textOf(type: TypeNode): string {
  return type.kind === "name" ? type.text : "";
}

function withoutTwins(types: readonly TypeNode[]): TypeNode[] {
  const seen = new Map<string, TypeNode>();
  for (const type of types) {
    const key = JSON.stringify(type, (name, value) => (name === "doc" ? undefined : value));
    if (!seen.has(key)) seen.set(key, type);
  }
  return [...seen.values()];
}
