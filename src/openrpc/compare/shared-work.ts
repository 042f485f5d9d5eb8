/** How many pairs of schemas are looked at for a pair of documents. It ends what would take for ever. */
const maxSteps = 100_000;

/**
 * What all comparisons for a pair of documents share: the pairs of schemas that are being compared, the outermost first;
 * what was found out about others; and how much may still be done.
 */
export class SharedWork {
  readonly #open = new Map<string, number>();
  readonly known = new Map<string, boolean>();
  #left = maxSteps;

  /** Counts a step; `false` when there have been too many. */
  step(): boolean {
    return this.#left-- > 0;
  }

  get depth(): number {
    return this.#open.size;
  }

  /** At which depth the pair is being compared; `undefined` when it is not. */
  depthOf(pair: string): number | undefined {
    return this.#open.get(pair);
  }

  /** Does something while the pair is being compared. */
  during(pair: string, action: () => void): void {
    this.#open.set(pair, this.#open.size);
    action();
    this.#open.delete(pair);
  }
}
