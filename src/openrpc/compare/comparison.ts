import type { References } from "../document/references.ts";
import type { Change, Direction, Role } from "./change.ts";
import type { SchemaView } from "./schema-view.ts";

/** A comparison of two schemas that is under way, for the parts of it. */
export interface Comparison {
  readonly role: Role;
  readonly references: readonly [before: References, after: References];
  /** Compares two schemas, and adds what differs. */
  compare(before: SchemaView, after: SchemaView, path: readonly string[]): void;
  /** Whether two schemas differ by nothing but changes of these directions. Adds nothing. */
  differOnlyBy(directions: readonly Direction[], before: SchemaView, after: SchemaView): boolean;
  change(change: Change): void;
  /** Adds a change of the values that are taken. */
  add(direction: Direction, path: readonly string[], message: string): void;
}
