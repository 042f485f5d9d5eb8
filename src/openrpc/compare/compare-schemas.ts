import type { References } from "../document/references.ts";
import { atomOf } from "./atoms.ts";
import type { Change, Direction, Role } from "./change.ts";
import { compareArrays } from "./compare-arrays.ts";
import { compareLimits, compareOpaque, compareTexts } from "./compare-keywords.ts";
import { compareObjects } from "./compare-objects.ts";
import { compareUnions } from "./compare-unions.ts";
import type { Comparison } from "./comparison.ts";
import type { SchemaView } from "./schema-view.ts";
import { atomsText, listText, valuesText } from "./view-text.ts";

/** How many pairs of schemas are looked at for a pair of documents. It ends what would take for ever. */
const maxSteps = 200_000;

/** Counts the steps of a whole comparison of documents. */
export class Steps {
  #left = maxSteps;

  take(): boolean {
    return this.#left-- > 0;
  }
}

/**
 * The differences between two schemas, each where it is. Two places that were compared once are not again: what is
 * reached by several ways is reported by the first.
 */
export class SchemaComparison implements Comparison {
  readonly role: Role;
  readonly references: readonly [before: References, after: References];
  readonly changes: Change[] = [];
  readonly #steps: Steps;
  readonly #seen = new Set<string>();

  constructor(role: Role, references: readonly [before: References, after: References], steps: Steps) {
    this.role = role;
    this.references = references;
    this.#steps = steps;
  }

  compare(before: SchemaView, after: SchemaView, path: readonly string[]): void {
    const pair = `${before.key}\n${after.key}`;
    if (this.#seen.has(pair)) return;
    this.#seen.add(pair);
    if (!this.#steps.take()) {
      this.add("unclear", path, "there is too much to compare");
    } else if (before.isUnion || after.isUnion) {
      compareUnions(this, before, after, path);
    } else {
      this.#compareFlat(before, after, path);
    }
  }

  probe(before: SchemaView, after: SchemaView): readonly Change[] {
    const probe = new SchemaComparison(this.role, this.references, this.#steps);
    probe.compare(before, after, []);
    return probe.changes;
  }

  change(change: Change): void {
    this.changes.push(change);
  }

  add(direction: Direction, path: readonly string[], message: string): void {
    this.change({ kind: `schema-${direction}`, direction, path, message });
  }

  #compareFlat(before: SchemaView, after: SchemaView, path: readonly string[]): void {
    if (before.values() || after.values()) {
      this.#compareValues(before, after, path);
    } else {
      this.#compareTypes(before, after, path);
    }
  }

  #compareTypes(before: SchemaView, after: SchemaView, path: readonly string[]): void {
    const [atoms, atomsAfter] = [before.atoms(), after.atoms()];
    this.#compareSets(atoms, atomsAfter, path, atomsText);
    const common = new Set([...atoms].filter((atom) => atomsAfter.has(atom)));
    compareLimits(this, before, after, common, path);
    compareTexts(this, before, after, common, path);
    if (common.has("array")) compareArrays(this, before, after, path);
    if (common.has("object")) compareObjects(this, before, after, path);
    compareOpaque(this, before, after, path);
  }

  #compareValues(before: SchemaView, after: SchemaView, path: readonly string[]): void {
    const [values, valuesAfter] = [before.values(), after.values()];
    if (values && valuesAfter) {
      this.#compareSets(values, valuesAfter, path, listText);
      return;
    }
    const [few, many] = values ? [values, after.atoms()] : [valuesAfter ?? new Set<string>(), before.atoms()];
    const fits = [...few].every((value) => many.has(atomOf(JSON.parse(value))));
    const direction = fits ? (values ? "widened" : "narrowed") : "changed";
    this.add(direction, path, was(valuesText(before), valuesText(after)));
  }

  #compareSets<T>(
    before: ReadonlySet<T>,
    after: ReadonlySet<T>,
    path: readonly string[],
    text: (set: ReadonlySet<T>) => string,
  ): void {
    const gone = new Set([...before].filter((one) => !after.has(one)));
    const fresh = new Set([...after].filter((one) => !before.has(one)));
    if (gone.size > 0 && fresh.size > 0) this.add("changed", path, was(text(before), text(after)));
    else if (gone.size > 0) this.add("narrowed", path, `no longer ${text(gone)}`);
    else if (fresh.size > 0) this.add("widened", path, `now also ${text(fresh)}`);
  }
}

function was(before: string, after: string): string {
  return `was ${before}, is ${after}`;
}
