import { Place } from "../document/place.ts";
import type { References } from "../document/references.ts";
import { tupleParts } from "../types/array-type.ts";
import { type Atom, atomOf, atomsOfType, canonical, split } from "./atoms.ts";

/** How many ways a value may be taken, before they are no longer told apart. */
const maxAlternatives = 256;

/** Keywords that say nothing of which values are taken. */
const silent = new Set(
  (
    "$ref $id $schema $comment $defs $anchor definitions allOf anyOf oneOf title description default examples example " +
    "deprecated readOnly writeOnly externalDocs discriminator"
  ).split(" "),
);

/**
 * What a schema says, with its references followed and its `allOf`s taken apart: a value is taken when all parts take it,
 * and one member of each of the unions.
 */
export class SchemaView {
  readonly #references: References;
  readonly #parts: readonly Place[];
  readonly #unions: readonly Place[];
  /** The same for views that say the same of the same places. */
  readonly key: string;

  private constructor(references: References, parts: readonly Place[], unions: readonly Place[]) {
    this.#references = references;
    this.#parts = parts;
    this.#unions = unions;
    this.key = [...new Set([...parts, ...unions].map((place) => place.pointer))].sort().join(" ");
  }

  /** The view of some schemas that all hold at once; of none, it takes anything. */
  static of(references: References, schemas: readonly Place[]): SchemaView {
    const seen = new Set<string>();
    const parts: Place[] = [];
    const unions: Place[] = [];
    const open = [...schemas];
    for (let schema = open.shift(); schema; schema = open.shift()) {
      if (seen.has(schema.pointer) || schema.value === true) continue;
      seen.add(schema.pointer);
      if (schema.value !== false && !schema.isObject) schema.fail("a schema, which is an object, true or false");
      if (schema.has("$ref")) open.push(references.target(schema));
      open.push(...schema.list("allOf"));
      for (const keyword of ["anyOf", "oneOf"]) {
        const union = schema.at(keyword);
        if (union && union.elements().length > 0) unions.push(union);
      }
      if (schema.value === false || Object.keys(schema.value as object).some((keyword) => !silent.has(keyword))) {
        parts.push(schema);
      }
    }
    return new SchemaView(references, parts, unions);
  }

  get isUnion(): boolean {
    return this.#unions.length > 0;
  }

  /** The name by which the schemas call it, if they do. */
  get name(): string | undefined {
    if (this.#parts.some((part) => part.parent === nowhere)) return undefined;
    const places = [...this.#parts, ...this.#unions.map((union) => union.parent as Place)];
    return places.find((place) => /^(schemas|definitions|\$defs)$/.test(place.parent?.key ?? ""))?.key;
  }

  /** All that it says, as it stands in the document. */
  get places(): readonly Place[] {
    return [...this.#parts, ...this.#unions];
  }

  /** The ways in which a value may be taken; `undefined` when there are too many to look at. */
  alternatives(): SchemaView[] | undefined {
    if (this.isUnion) return this.#spread();
    const values = this.values();
    const types = split(this.atoms());
    const parts = values ? [...values].map((value) => ({ const: JSON.parse(value) })) : types.map((type) => ({ type }));
    if (parts.length < 2 || parts.length > maxAlternatives) return [this];
    return parts.map((part) => this.#with([made(part)], this.#unions));
  }

  /** Every choice of a member from each union, also from those that only a member brings. */
  #spread(): SchemaView[] | undefined {
    const spread: SchemaView[] = [];
    const open = [{ view: this as SchemaView, done: new Set<Place["pointer"]>() }];
    for (let next = open.shift(); next; next = open.shift()) {
      const { view, done } = next;
      const [union, ...others] = view.#unions.filter(({ pointer }) => !done.has(pointer));
      const members = union?.elements() ?? [];
      if (open.length + spread.length + members.length > maxAlternatives) return undefined;
      if (union === undefined) spread.push(view.#with([], []));
      for (const member of members) {
        open.push({ view: view.#with([member], others), done: new Set([...done, union?.pointer ?? ""]) });
      }
    }
    return spread;
  }

  #with(schemas: readonly Place[], unions: readonly Place[]): SchemaView {
    const more = SchemaView.of(this.#references, schemas);
    const parts = [...this.#parts, ...more.#parts];
    return new SchemaView(this.#references, parts, [...unions, ...more.#unions]);
  }

  /** Whether nothing is said but of which types the values are. */
  get isOnlyTypes(): boolean {
    const keywords = this.#parts.flatMap((part) => Object.keys(Object(part.value)));
    return keywords.every((keyword) => silent.has(keyword) || keyword === "type" || keyword === "nullable");
  }

  /** The kinds of values that are taken. */
  atoms(): ReadonlySet<Atom> {
    const sets = this.#parts.map((part) => atomsOfPart(part));
    return new Set([...atomsOfType(undefined)].filter((atom) => sets.every((set) => set.has(atom))));
  }

  /** The values that are taken, as JSON, where they are listed. */
  values(): ReadonlySet<string> | undefined {
    const atoms = this.atoms();
    const lists = this.#parts.flatMap((part) => {
      const list = part.has("const") ? [part.at("const") as Place] : part.has("enum") ? part.list("enum") : undefined;
      return list ? [list.filter(({ value }) => atoms.has(atomOf(value))).map(({ value }) => canonical(value))] : [];
    });
    if (lists.length > 0) return new Set(lists.reduce((all, list) => all.filter((one) => list.includes(one))));
    // Of these kinds there are only so many values.
    if (atoms.size === 0 || [...atoms].some((atom) => atom !== "null" && atom !== "boolean")) return undefined;
    return new Set([...(atoms.has("boolean") ? ["true", "false"] : []), ...(atoms.has("null") ? ["null"] : [])]);
  }

  /** What the parts say by a keyword. */
  all(keyword: string): Place[] {
    return this.#parts.flatMap((part) => part.at(keyword) ?? []);
  }

  numbers(keyword: string): number[] {
    return this.all(keyword).flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  }

  /** The names of members of which something is said. */
  propertyNames(): ReadonlySet<string> {
    const declared = this.#parts.flatMap((part) => part.members("properties").map(({ key }) => key));
    return new Set([...declared, ...this.required()]);
  }

  required(): ReadonlySet<string> {
    const lists = this.all("required").filter(({ value }) => Array.isArray(value));
    return new Set(lists.flatMap((list) => list.elements().map(({ value }) => String(value))));
  }

  /** What is said of a member's value. */
  property(name: string): SchemaView {
    return this.#each((part) => {
      // Whether one of the patterns is meant is not looked at: running a pattern of others can take for ever.
      const other = part.has("patternProperties") ? undefined : part.at("additionalProperties");
      return part.at("properties")?.at(name) ?? other;
    });
  }

  /** What is said of members without a name. */
  additional(): SchemaView {
    return this.#each((part) => part.at("additionalProperties"));
  }

  /** How many elements have a schema of their own. */
  prefixLength(): number {
    return Math.max(0, ...this.#parts.map((part) => tupleParts(part).prefix?.length ?? 0));
  }

  /** What is said of an element; with no index, of those behind the ones that have a schema of their own. */
  element(index = Number.POSITIVE_INFINITY): SchemaView {
    return this.#each((part) => {
      const { prefix, rest } = tupleParts(part);
      return prefix?.[index] ?? rest;
    });
  }

  #each(schemaOf: (part: Place) => Place | undefined): SchemaView {
    const schemas = this.#parts.filter((part) => part.isObject).map(schemaOf);
    return SchemaView.of(
      this.#references,
      schemas.filter((schema) => schema !== undefined),
    );
  }
}

function atomsOfPart(part: Place): ReadonlySet<Atom> {
  if (part.value === false) return new Set();
  const type = part.at("type");
  const atoms = atomsOfType(type?.value);
  if (atoms.size === 0 && type) type.fail("a type of JSON, or an array of some");
  return type && part.at("nullable")?.value === true ? new Set([...atoms, "null"]) : atoms;
}

/** A part that no document has. */
function made(part: { readonly [keyword: string]: unknown }): Place {
  return new Place(part, nowhere, `split ${JSON.stringify(part)}`);
}

const nowhere = new Place({});
