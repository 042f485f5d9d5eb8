import type { Comparison } from "./comparison.ts";
import type { SchemaView } from "./schema-view.ts";
import { viewText } from "./view-text.ts";

/**
 * Compares what is taken in one of several ways. First the ways that are the same are put aside; then those that have
 * the same name are compared, and two that are left over; of the others it counts whether what one takes, some way of
 * the other side takes too.
 */
export function compareUnions(
  comparison: Comparison,
  before: SchemaView,
  after: SchemaView,
  path: readonly string[],
): void {
  const [old, fresh] = withoutPairs(before.alternatives(), after.alternatives(), (one, other) => {
    return comparison.probe(one, other).length === 0;
  });
  const named = withoutPairs(old, fresh, (one, other) => {
    const pair = one.name !== undefined && one.name === other.name;
    if (pair) comparison.compare(one, other, [...path, `|${one.name}`]);
    return pair;
  });
  const [gone, added] = named;
  const [one, other] = [gone[0], added[0]];
  if (one && other && gone.length === 1 && added.length === 1) {
    if (one.isUnion || other.isUnion) comparison.add("unclear", path, "there are too many alternatives to compare");
    else comparison.compare(one, other, path);
    return;
  }
  reportRest(comparison, gone, after.alternatives(), path, "narrowed");
  reportRest(comparison, added, before.alternatives(), path, "widened");
}

/** Those of a side that have no like on the other, unless all of what they take is taken there. */
function reportRest(
  comparison: Comparison,
  views: readonly SchemaView[],
  others: readonly SchemaView[],
  path: readonly string[],
  direction: "narrowed" | "widened",
): void {
  for (const view of views) {
    const probes = others.map((other) => {
      return direction === "narrowed" ? comparison.probe(view, other) : comparison.probe(other, view);
    });
    const covering = direction === "narrowed" ? "widened" : "narrowed";
    if (probes.some((changes) => changes.every((change) => change.direction === covering))) continue;
    const unclear = probes.some((changes) => {
      return changes.every((change) => change.direction === covering || change.direction === "unclear");
    });
    const message = direction === "narrowed" ? `no longer ${viewText(view)}` : `now also ${viewText(view)}`;
    comparison.add(unclear ? "unclear" : direction, path, message);
  }
}

/** What is left of two lists without the pairs of them, each one in a pair at most. */
function withoutPairs<T>(
  before: readonly T[],
  after: readonly T[],
  isPair: (one: T, other: T) => boolean,
): [before: T[], after: T[]] {
  const left = [...after];
  const rest = before.filter((one) => {
    const index = left.findIndex((other) => isPair(one, other));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return [rest, left];
}
