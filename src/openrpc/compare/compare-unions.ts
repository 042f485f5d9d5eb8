import type { Direction } from "./change.ts";
import { areSameAsWritten } from "./compare-keywords.ts";
import type { Comparison } from "./comparison.ts";
import type { SchemaView } from "./schema-view.ts";
import { viewText } from "./view-text.ts";

/**
 * Compares what is taken in one of several ways. First the ways that are the same are put aside; then those that have
 * the same name or members of the same names are compared, and two that are left over; of the others it counts whether
 * what one takes, some way of the other side takes too.
 */
export function compareUnions(
  comparison: Comparison,
  before: SchemaView,
  after: SchemaView,
  path: readonly string[],
): void {
  const [ways, waysAfter] = [before.alternatives(), after.alternatives()];
  if (ways === undefined || waysAfter === undefined) {
    if (!areSameAsWritten(comparison, before, after))
      comparison.add("unclear", path, "there are too many alternatives");
    return;
  }
  const [old, fresh] = withoutPairs(ways, waysAfter, (one, other) => {
    return comparison.differOnlyBy([], one, other);
  });
  const compareIf = (isPair: boolean, one: SchemaView, other: SchemaView) => {
    if (isPair) comparison.compare(one, other, one.name === undefined ? path : [...path, `|${one.name}`]);
    return isPair;
  };
  const unnamed = withoutPairs(old, fresh, (one, other) => {
    return compareIf(one.name !== undefined && one.name === other.name, one, other);
  });
  const [gone, added] = withoutPairs(...unnamed, (one, other) => {
    return compareIf(shapeOf(one) !== undefined && shapeOf(one) === shapeOf(other), one, other);
  });
  const [one, other] = [gone[0], added[0]];
  if (one && other && gone.length === 1 && added.length === 1) {
    comparison.compare(one, other, path);
    return;
  }
  reportRest(comparison, gone, waysAfter, path, "narrowed");
  reportRest(comparison, added, ways, path, "widened");
}

/** What an object looks like from outside: the names of its members, and the values of those that have but one. */
function shapeOf(view: SchemaView): string | undefined {
  if (!view.atoms().has("object")) return undefined;
  const names = [...view.propertyNames()].sort();
  return JSON.stringify(names.map((name) => [name, [...(view.property(name).values() ?? [])]]));
}

/** Those of a side that have no like on the other, unless all of what they take is taken there. */
function reportRest(
  comparison: Comparison,
  views: readonly SchemaView[],
  others: readonly SchemaView[],
  path: readonly string[],
  direction: "narrowed" | "widened",
): void {
  const covering = direction === "narrowed" ? "widened" : "narrowed";
  const isCovered = (view: SchemaView, directions: readonly Direction[]) => {
    return others.some((other) => {
      return direction === "narrowed"
        ? comparison.differOnlyBy(directions, view, other)
        : comparison.differOnlyBy(directions, other, view);
    });
  };
  for (const view of views) {
    if (isCovered(view, [covering])) continue;
    const unclear = isCovered(view, [covering, "unclear"]);
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
