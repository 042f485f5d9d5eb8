/** A kind of JSON value: as the types of JSON Schema, with the numbers that are no integers apart. */
export type Atom = "null" | "boolean" | "string" | "integer" | "fraction" | "array" | "object";

const all: readonly Atom[] = ["null", "boolean", "string", "integer", "fraction", "array", "object"];

/** Those of a `type`: all when there is none, none when it names no type. */
export function atomsOfType(type: unknown): ReadonlySet<Atom> {
  if (type === undefined || type === "any") return new Set(all);
  if (Array.isArray(type)) return new Set(type.flatMap((one) => [...atomsOfType(one ?? "")]));
  if (type === "number") return new Set(["integer", "fraction"]);
  return new Set(all.filter((atom) => atom === type && atom !== "fraction"));
}

export function atomOf(value: unknown): Atom {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "fraction";
  return typeof value as "boolean" | "string" | "object";
}

/** As types of JSON Schema. */
export function split(atoms: ReadonlySet<Atom>): string[] {
  const isNumber = atoms.has("integer") && atoms.has("fraction");
  return [...atoms].flatMap((atom) => {
    if (atom === "fraction") return isNumber ? [] : ["number"];
    return [atom === "integer" && isNumber ? "number" : atom];
  });
}

/** A value as JSON, the same for equal values. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}
