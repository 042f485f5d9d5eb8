import { InvalidDocumentError } from "../document/invalid-document-error.ts";
import type { Place } from "../document/place.ts";
import type { References } from "../document/references.ts";
import { typeName, type UniqueNames } from "./identifiers.ts";
import { type GenericNode, type NameNode, named, type TypeNode } from "./type-node.ts";

/** Members of documents and schemas that hold schemas: they name nothing. */
const holders = new Set(["schema", "items", "prefixItems", "additionalProperties", "data", "result", "anyOf", "oneOf"]);

/** A type that gets a name, since something refers to it. */
export interface NamedType {
  readonly name: string;
  readonly schema: Place;
}

/**
 * The schemas that are referred to, each with a name of its own, in the order in which they are first met; and what is used
 * of this package's types.
 */
export class NamedTypes {
  readonly #references: References;
  readonly #unique: UniqueNames;
  readonly #types = new Map<string, NamedType>();
  readonly #used = new Set<string>();

  constructor(references: References, unique: UniqueNames) {
    this.#references = references;
    this.#unique = unique;
  }

  /** Grows while it is iterated, when the types of what is in it refer to more. */
  get all(): Iterable<NamedType> {
    return this.#types.values();
  }

  /** The types of this package that were used, by name. */
  get used(): readonly string[] {
    return [...this.#used].sort();
  }

  /** A type of this package, with arguments. */
  use(name: string, args: readonly TypeNode[]): GenericNode {
    this.#used.add(name);
    return { kind: "generic", name, args };
  }

  add(schema: Place): NamedType {
    const known = this.#types.get(schema.pointer);
    if (known) return known;
    const type = { name: this.#unique.take(typeName(nameOf(schema))), schema };
    this.#types.set(schema.pointer, type);
    return type;
  }

  /** The name of what the `$ref` of a schema refers to. */
  nameOf(schema: Place): NameNode {
    return named(this.add(this.#references.target(schema)).name);
  }
}

function nameOf(schema: Place): string {
  if (/^(schemas|definitions|\$defs)$/.test(schema.parent?.key ?? "")) return schema.key;
  const path = [schema, ...schema.ancestors].map((place) => place.key);
  return path.find((key) => !holders.has(key) && !/^\d*$/.test(key)) ?? "";
}

/**
 * A type that is itself, or itself or something else, means nothing: a value could never be checked against its schema.
 * Behind a member or an element it may stand for itself again.
 *
 * @throws InvalidDocumentError when there is one
 */
export function refuseCircles(types: ReadonlyMap<string, { readonly schema: Place; readonly type: TypeNode }>): void {
  const done = new Set<string>();
  for (const start of types.keys()) {
    const open: { name: string; next: string[] }[] = [];
    const enter = (name: string): void => {
      const type = types.get(name);
      if (type === undefined || done.has(name)) return;
      if (open.some((entry) => entry.name === name)) {
        throw new InvalidDocumentError(type.schema.pointer, "the schema refers to itself without end");
      }
      open.push({ name, next: directNames(type.type) });
    };
    enter(start);
    for (let last = open.at(-1); last; last = open.at(-1)) {
      const next = last.next.pop();
      if (next !== undefined) enter(next);
      else done.add((open.pop() as { name: string }).name);
    }
  }
}

/** The names that a type is, or may be, at once. */
function directNames(type: TypeNode): string[] {
  if (type.kind === "name") return [type.text];
  return type.kind === "union" || type.kind === "intersection" ? type.members.flatMap(directNames) : [];
}
