import { type Atom, split } from "./atoms.ts";
import type { SchemaView } from "./schema-view.ts";

/** What a schema takes, in short: its name, its values or its types. */
export function viewText(view: SchemaView): string {
  return view.name ?? valuesText(view);
}

/** The values or the types that a schema takes. */
export function valuesText(view: SchemaView): string {
  const values = view.values();
  return values ? listText(values) : atomsText(view.atoms());
}

export function atomsText(atoms: ReadonlySet<Atom>): string {
  const types = split(atoms);
  return types.length === 6 ? "anything" : listText(types);
}

export function listText(values: Iterable<string>): string {
  const text = [...values].join(" | ") || "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
