import type { Place } from "../document/place.ts";
import type { References } from "../document/references.ts";
import { type Atom, canonical } from "./atoms.ts";
import type { Comparison } from "./comparison.ts";
import type { SchemaView } from "./schema-view.ts";

const kinds: Readonly<Record<string, readonly Atom[]>> = {
  number: ["integer", "fraction"],
  string: ["string"],
  array: ["array"],
  object: ["object"],
};

/** What bounds values, by the kind of value: from below, and from above. */
const limits: readonly (readonly [kind: string, keyword: string, bound: "least" | "most"])[] = [
  ["number", "minimum", "least"],
  ["number", "exclusiveMinimum", "least"],
  ["number", "maximum", "most"],
  ["number", "exclusiveMaximum", "most"],
  ["string", "minLength", "least"],
  ["string", "maxLength", "most"],
  ["array", "minItems", "least"],
  ["array", "maxItems", "most"],
  ["object", "minProperties", "least"],
  ["object", "maxProperties", "most"],
];

/** What a value must be, more the more there are of them, by the kind of value; `format` need not be checked by anybody. */
const texts: readonly (readonly [kind: string, keyword: string])[] = [
  ["number", "multipleOf"],
  ["string", "pattern"],
  ["string", "format"],
  ["string", "contentEncoding"],
  ["string", "contentMediaType"],
  ["array", "uniqueItems"],
];

/** What can only be told to be the same or not. */
const opaque =
  "not if then else contains minContains maxContains patternProperties propertyNames dependencies dependentRequired dependentSchemas unevaluatedProperties unevaluatedItems $dynamicRef $recursiveRef".split(
    " ",
  );

export function compareLimits(
  comparison: Comparison,
  before: SchemaView,
  after: SchemaView,
  common: ReadonlySet<Atom>,
  path: readonly string[],
): void {
  for (const [kind, keyword, bound] of limits) {
    if (!kinds[kind]?.some((atom) => common.has(atom))) continue;
    const [was, is] = [before, after].map((view) => {
      const numbers = view.numbers(keyword);
      return bound === "least" ? Math.max(Number.NEGATIVE_INFINITY, ...numbers) : Math.min(Infinity, ...numbers);
    }) as [number, number];
    if (was === is) continue;
    const narrowed = bound === "least" ? is > was : is < was;
    const text = (limit: number) => (Number.isFinite(limit) ? String(limit) : "none");
    comparison.add(narrowed ? "narrowed" : "widened", path, `${keyword} was ${text(was)}, is ${text(is)}`);
  }
}

export function compareTexts(
  comparison: Comparison,
  before: SchemaView,
  after: SchemaView,
  common: ReadonlySet<Atom>,
  path: readonly string[],
): void {
  for (const [kind, keyword] of texts) {
    if (!kinds[kind]?.some((atom) => common.has(atom))) continue;
    const [was, is] = [before, after].map((view) => {
      const said = view.all(keyword).filter(({ value }) => value !== false);
      return new Set(said.map(({ value }) => canonical(value)));
    }) as [Set<string>, Set<string>];
    const gone = [...was].some((one) => !is.has(one));
    const fresh = [...is].some((one) => !was.has(one));
    if (!gone && !fresh) continue;
    const direction = (gone && fresh) || keyword === "format" ? "unclear" : gone ? "widened" : "narrowed";
    const text = (set: Set<string>) => clipped([...set].join(" and ")) || "none";
    comparison.add(direction, path, `${keyword} was ${text(was)}, is ${text(is)}`);
  }
}

export function compareOpaque(
  comparison: Comparison,
  before: SchemaView,
  after: SchemaView,
  path: readonly string[],
): void {
  for (const keyword of opaque) {
    const [was, is] = [before.all(keyword), after.all(keyword)];
    const same =
      was.length === is.length && was.every((place, index) => isSame(place, is[index], comparison.references));
    if (!same) comparison.add("unclear", path, `${keyword} is not the same`);
  }
}

/** Whether two schemas say the same to the letter, what they refer to included. */
export function areSameAsWritten(comparison: Comparison, before: SchemaView, after: SchemaView): boolean {
  const [places, others] = [before.places, after.places];
  return (
    places.length === others.length &&
    places.every((place, index) => isSame(place, others[index], comparison.references))
  );
}

/** Whether two places say the same to the letter, what they refer to included. */
function isSame(
  before: Place | undefined,
  after: Place | undefined,
  references: readonly [before: References, after: References],
  seen = new Set<string>(),
): boolean {
  if (before === undefined || after === undefined) return before === after;
  const pair = `${before.pointer}\n${after.pointer}`;
  if (seen.has(pair)) return true;
  seen.add(pair);
  const [one, other] = [before.value, after.value];
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => {
    if (key !== "$ref") return isSame(before.at(key), after.at(key), references, seen);
    if (!before.has(key) || !after.has(key)) return false;
    return isSame(references[0].target(before), references[1].target(after), references, seen);
  });
}

function clipped(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
