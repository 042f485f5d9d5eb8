import type { Comparison } from "./comparison.ts";
import type { SchemaView } from "./schema-view.ts";

/** Compares the members: the named ones each, and what is said of any other. */
export function compareObjects(
  comparison: Comparison,
  before: SchemaView,
  after: SchemaView,
  path: readonly string[],
): void {
  const [names, namesAfter] = [before.propertyNames(), after.propertyNames()];
  for (const name of new Set([...names, ...namesAfter])) {
    const at = [...path, name];
    if (!namesAfter.has(name)) removed(comparison, after, at);
    else if (!names.has(name)) added(comparison, before, after, name, at);
    else kept(comparison, before, after, name, at);
  }
  compareOthers(comparison, before, after, path);
}

function kept(comparison: Comparison, before: SchemaView, after: SchemaView, name: string, path: string[]): void {
  const [was, is] = [before.required().has(name), after.required().has(name)];
  if (is && !was) {
    comparison.change({ kind: "property-required", direction: "narrowed", path, message: "must be there now" });
  } else if (was && !is) {
    comparison.change({ kind: "property-optional", direction: "widened", path, message: "may be missing now" });
  }
  comparison.compare(before.property(name), after.property(name), path);
}

/**
 * What callers give is refused where no other members are taken; elsewhere it is taken, and means nothing any more. What
 * they get is missing.
 */
function removed(comparison: Comparison, after: SchemaView, path: string[]): void {
  const message = "is no longer there";
  if (comparison.role === "result") {
    comparison.change({ kind: "property-removed", direction: "widened", path, message });
  } else {
    comparison.change({ kind: "property-removed", direction: "narrowed", lenient: !isClosed(after), path, message });
  }
}

/**
 * What callers need not give is no matter. What they get in addition is one only if they were promised that nothing else
 * comes, and look. Where something was said of all members without a name, it was said of this one too.
 */
function added(comparison: Comparison, before: SchemaView, after: SchemaView, name: string, path: string[]): void {
  const required = after.required().has(name);
  const message = required ? "is new, and must be there" : "is new";
  const kind = "property-added";
  if (comparison.role === "param") {
    comparison.change({ kind, direction: required ? "narrowed" : "widened", path, message });
  } else {
    const closed = isClosed(before);
    comparison.change({ kind, direction: closed ? "widened" : "narrowed", lenient: closed, path, message });
  }
  if (!isClosed(before) && before.additional().places.length > 0) {
    comparison.compare(before.property(name), after.property(name), path);
  }
}

function compareOthers(comparison: Comparison, before: SchemaView, after: SchemaView, path: readonly string[]): void {
  const [was, is] = [isClosed(before), isClosed(after)];
  if (was && is) return;
  if (!was && !is) {
    comparison.compare(before.additional(), after.additional(), [...path, "[key]"]);
  } else if (is) {
    const message = "takes no other members now";
    comparison.change({ kind: "properties-closed", direction: "narrowed", path, message });
  } else {
    const message = "may have other members now";
    comparison.change({ kind: "properties-opened", direction: "widened", lenient: true, path, message });
  }
}

function isClosed(view: SchemaView): boolean {
  return view.additional().atoms().size === 0;
}
