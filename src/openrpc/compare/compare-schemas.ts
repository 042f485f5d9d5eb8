import type { References } from "../document/references.ts";
import { atomOf } from "./atoms.ts";
import type { Change, Direction, Role } from "./change.ts";
import { compareArrays } from "./compare-arrays.ts";
import { compareLimits, compareOpaque, compareTexts } from "./compare-keywords.ts";
import { compareObjects } from "./compare-objects.ts";
import { compareUnions } from "./compare-unions.ts";
import type { Comparison } from "./comparison.ts";
import type { SchemaView } from "./schema-view.ts";
import type { SharedWork } from "./shared-work.ts";
import { atomsText, listText, valuesText } from "./view-text.ts";

/**
 * The differences between two schemas, each where it is. Two places that were compared once are not again: what is
 * reached by several ways is reported by the first. A pair that is met again while it is being compared is taken for the
 * same, as it is unless there is a difference elsewhere in it.
 */
export class SchemaComparison implements Comparison {
  readonly role: Role;
  readonly references: readonly [before: References, after: References];
  readonly changes: Change[] = [];
  readonly #work: SharedWork;
  readonly #seen = new Set<string>();
  /** Changes of other directions end it. */
  readonly #allowed: readonly Direction[] | undefined;
  #ended = false;
  /** The depth of the outermost pair that was met again. */
  #outermost = Number.POSITIVE_INFINITY;

  constructor(
    role: Role,
    references: readonly [before: References, after: References],
    work: SharedWork,
    allowed?: readonly Direction[],
  ) {
    this.role = role;
    this.references = references;
    this.#work = work;
    this.#allowed = allowed;
  }

  compare(before: SchemaView, after: SchemaView, path: readonly string[]): void {
    const pair = `${this.role}\n${before.key}\n${after.key}`;
    const depth = this.#work.depthOf(pair);
    if (depth !== undefined) this.#outermost = Math.min(this.#outermost, depth);
    if (this.#ended || depth !== undefined || this.#seen.has(pair)) return;
    this.#seen.add(pair);
    if (!this.#work.step()) {
      this.add("unclear", path, "there is too much to compare");
      return;
    }
    this.#work.during(pair, () => {
      if (before.isUnion || after.isUnion) compareUnions(this, before, after, path);
      else if (!before.values() === !after.values()) this.#compareAll(before, after, path);
      else this.#compareListed(before, after, path);
    });
  }

  differOnlyBy(directions: readonly Direction[], before: SchemaView, after: SchemaView): boolean {
    const question = [this.role, directions.join(), before.key, after.key].join("\n");
    const known = this.#work.known.get(question);
    if (known !== undefined) return known;
    const probe = new SchemaComparison(this.role, this.references, this.#work, directions);
    probe.compare(before, after, []);
    this.#outermost = Math.min(this.#outermost, probe.#outermost);
    // A "yes" that rests on a pair that is still being compared may turn out to be wrong.
    if (probe.#ended || probe.#outermost >= this.#work.depth) this.#work.known.set(question, !probe.#ended);
    return !probe.#ended;
  }

  change(change: Change): void {
    this.changes.push(change);
    if (this.#allowed && !this.#allowed.includes(change.direction)) this.#ended = true;
  }

  add(direction: Direction, path: readonly string[], message: string): void {
    this.change({ kind: `schema-${direction}`, direction, path, message });
  }

  #compareAll(before: SchemaView, after: SchemaView, path: readonly string[]): void {
    const [atoms, atomsAfter] = [before.atoms(), after.atoms()];
    const [values, valuesAfter] = [before.values(), after.values()];
    if (values && valuesAfter) this.#compareSets(values, valuesAfter, path, listText);
    else this.#compareSets(atoms, atomsAfter, path, atomsText);
    const common = new Set([...atoms].filter((atom) => atomsAfter.has(atom)));
    compareLimits(this, before, after, common, path);
    compareTexts(this, before, after, common, path);
    if (common.has("array")) compareArrays(this, before, after, path);
    if (common.has("object")) compareObjects(this, before, after, path);
    compareOpaque(this, before, after, path);
  }

  /** One of them lists its values. Whether the other takes them can be told if it says nothing but their types. */
  #compareListed(before: SchemaView, after: SchemaView, path: readonly string[]): void {
    const [values, valuesAfter] = [before.values(), after.values()];
    const [few, many] = values ? [values, after] : [valuesAfter ?? new Set<string>(), before];
    const fits = [...few].every((value) => many.atoms().has(atomOf(JSON.parse(value))));
    const direction = values ? "widened" : "narrowed";
    const said = many.isOnlyTypes ? direction : "unclear";
    this.add(fits ? said : "changed", path, was(valuesText(before), valuesText(after)));
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
