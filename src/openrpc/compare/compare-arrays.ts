import type { Comparison } from "./comparison.ts";
import type { SchemaView } from "./schema-view.ts";

/** Compares the elements: those with a schema of their own each, and the others together. */
export function compareArrays(
  comparison: Comparison,
  before: SchemaView,
  after: SchemaView,
  path: readonly string[],
): void {
  const length = Math.max(before.prefixLength(), after.prefixLength());
  for (let index = 0; index < length; index++) {
    comparison.compare(before.element(index), after.element(index), [...path, `[${index}]`]);
  }
  comparison.compare(before.element(), after.element(), [...path, "[]"]);
}
