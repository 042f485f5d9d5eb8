const SMALLEST = 64;

/**
 * What waits to go out, in order. What was settled meanwhile (timed out, aborted) is dropped now and then, lest a long
 * outage hoards it.
 */
export class WaitingList<T> {
  readonly #isOver: (item: T) => boolean;
  #items: T[] = [];
  #sweepAt = SMALLEST;

  constructor(isOver: (item: T) => boolean) {
    this.#isOver = isOver;
  }

  get length(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (this.#items.length >= this.#sweepAt) {
      this.#items = this.#items.filter((other) => !this.#isOver(other));
      // Twice what is left, so that sweeping costs each item no more than a constant.
      this.#sweepAt = Math.max(SMALLEST, this.#items.length * 2);
    }
    this.#items.push(item);
  }

  /** All of it; the list is empty then. */
  takeAll(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    this.#sweepAt = SMALLEST;
    return items;
  }
}
