import type { Described, DescribedError, DescribedMethod } from "../document/described.ts";
import type { Place } from "../document/place.ts";
import type { References } from "../document/references.ts";
import { type Role, severityOf } from "./change.ts";
import { compareParams } from "./compare-params.ts";
import { SchemaComparison } from "./compare-schemas.ts";
import type { Finding, FindingKind, Severity } from "./finding.ts";
import { SchemaView } from "./schema-view.ts";
import type { SharedWork } from "./shared-work.ts";

/** The differences between two versions of a method. */
export class MethodComparison {
  readonly findings: Finding[] = [];
  readonly #before: DescribedMethod;
  readonly #after: DescribedMethod;
  readonly #references: readonly [before: References, after: References];
  readonly #work: SharedWork;

  constructor(
    before: DescribedMethod,
    after: DescribedMethod,
    references: readonly [before: References, after: References],
    work: SharedWork,
  ) {
    this.#before = before;
    this.#after = after;
    this.#references = references;
    this.#work = work;
    this.#compareStructure();
    compareParams(before, after, {
      add: (...finding) => this.#add(...finding),
      compare: (param, other, path) => this.#compareSchemas("param", param.schema, other.schema, path),
    });
    this.#compareResults(before.result, after.result);
    this.#compareErrors();
    if (after.deprecated && !before.deprecated) this.#add("method-deprecated", "compatible", [], "is deprecated now");
  }

  #compareStructure(): void {
    const [before, after] = [this.#before.structure, this.#after.structure];
    if (before === after) return;
    // Without params there is no difference to the callers.
    const severity = after === "either" || this.#before.params.length === 0 ? "compatible" : "breaking";
    this.#add("structure-changed", severity, ["params"], `were taken ${given(before)}, are taken ${given(after)}`);
  }

  #compareResults(before: Described | undefined, after: Described | undefined): void {
    if (before && after) this.#compareSchemas("result", before.schema, after.schema, ["result"]);
    else if (before)
      this.#add("result-removed", "breaking", ["result"], "is no longer there: the method is only notified");
    else if (after) this.#add("result-added", "compatible", ["result"], "is new");
  }

  #compareErrors(): void {
    const [before, after] = [byCode(this.#before.errors), byCode(this.#after.errors)];
    for (const [code, [error, ...others]] of before) {
      const [other, ...more] = after.get(code) ?? [];
      const path = ["errors", String(code)];
      if (other === undefined) {
        this.#add("error-removed", "unclear", path, "is no longer declared");
      } else if (error?.data && other.data && others.length === 0 && more.length === 0) {
        this.#compareSchemas("result", error.data, other.data, [...path, "data"]);
      }
    }
    for (const code of after.keys()) {
      if (!before.has(code)) this.#add("error-added", "compatible", ["errors", String(code)], "is new");
    }
  }

  #compareSchemas(role: Role, before: Place, after: Place, path: readonly string[]): void {
    const comparison = new SchemaComparison(role, this.#references, this.#work);
    const [view, viewAfter] = [
      SchemaView.of(this.#references[0], [before]),
      SchemaView.of(this.#references[1], [after]),
    ];
    comparison.compare(view, viewAfter, path);
    for (const change of comparison.changes) {
      this.#add(change.kind, severityOf(change, role), change.path, change.message);
    }
  }

  #add(kind: FindingKind, severity: Severity, path: readonly string[], message: string): void {
    this.findings.push({ kind, severity, method: this.#after.name, path, message });
  }
}

function given(structure: DescribedMethod["structure"]): string {
  return structure === "either" ? "by name or by position" : `${structure.replace("-", " ")} only`;
}

function byCode(errors: readonly DescribedError[]): Map<number, DescribedError[]> {
  const codes = new Map<number, DescribedError[]>();
  for (const error of errors) codes.set(error.code, [...(codes.get(error.code) ?? []), error]);
  return codes;
}
