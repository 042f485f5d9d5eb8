import type { Described, DescribedMethod } from "../document/described.ts";
import type { FindingKind, Severity } from "./finding.ts";

/** What a method's params come to, for what finds differences. */
export interface ParamsReport {
  add(kind: FindingKind, severity: Severity, path: readonly string[], message: string): void;
  /** Compares two params' schemas. */
  compare(before: Described, after: Described, path: readonly string[]): void;
}

/**
 * Compares params: by their names, by their positions, or by both, as the older document lets callers give them. A name that
 * is new where one is missing is a renamed parameter, unless it has another one's place.
 */
export function compareParams(before: DescribedMethod, after: DescribedMethod, report: ParamsReport): void {
  const [byName, byPosition] = [before.structure !== "by-position", before.structure !== "by-name"];
  const named = (params: readonly Described[], name: string) => params.findIndex((param) => param.name === name);
  const matched = new Set<Described>();
  for (const [index, param] of before.params.entries()) {
    const path = ["params", param.name];
    const there = after.params[index];
    const same = after.params[named(after.params, param.name)];
    const renamed = byPosition && there !== undefined && named(before.params, there.name) < 0;
    const other = same ?? (renamed ? there : undefined);
    if (other === undefined) {
      report.add("param-removed", "breaking", path, "is no longer taken");
      continue;
    }
    matched.add(other);
    if (same === undefined) {
      const severity = byName ? "breaking" : "compatible";
      report.add("param-renamed", severity, path, `is called ${other.name} now`);
    } else if (other !== there) {
      const place = `is number ${after.params.indexOf(other) + 1} now, was number ${index + 1}`;
      report.add("param-moved", byPosition ? "breaking" : "compatible", path, place);
    }
    compareRequired(param, other, path, report);
    report.compare(param, other, path);
  }
  for (const param of after.params.filter((param) => !matched.has(param))) {
    const message = param.required ? "is new, and must be given" : "is new";
    report.add("param-added", param.required ? "breaking" : "compatible", ["params", param.name], message);
  }
}

function compareRequired(before: Described, after: Described, path: readonly string[], report: ParamsReport): void {
  if (after.required && !before.required) report.add("param-required", "breaking", path, "must be given now");
  if (before.required && !after.required) report.add("param-optional", "compatible", path, "may be left out now");
}
