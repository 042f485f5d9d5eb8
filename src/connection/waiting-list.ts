const SMALLEST = 64;

/**
 * What waits to go out, in order. What was settled meanwhile (timed out, aborted) is dropped now and then, lest a long
 * outage hoards it.
 */
export class WaitingList<T> {
  readonly #isOver: (item: T) => boolean;
  #items: T[] = [];
  /** How many of them were taken one by one. */
  #taken = 0;
  #sweepAt = SMALLEST;

  constructor(isOver: (item: T) => boolean) {
    this.#isOver = isOver;
  }

  get length(): number {
    return this.#items.length - this.#taken;
  }

  add(item: T): void {
    if (this.#items.length >= this.#sweepAt) {
      this.#items = this.#items.slice(this.#taken).filter((other) => !this.#isOver(other));
      this.#taken = 0;
      // Twice what is left, so that sweeping costs each item no more than a constant.
      this.#sweepAt = Math.max(SMALLEST, this.#items.length * 2);
    }
    this.#items.push(item);
  }

  /** The first that is not over. */
  take(): T | undefined {
    while (this.#taken < this.#items.length) {
      const item = this.#items[this.#taken++] as T;
      if (!this.#isOver(item)) return item;
    }
    this.takeAll();
    return undefined;
  }

  /** All of it; the list is empty then. */
  takeAll(): readonly T[] {
    const items = this.#taken === 0 ? this.#items : this.#items.slice(this.#taken);
    this.#items = [];
    this.#taken = 0;
    this.#sweepAt = SMALLEST;
    return items;
  }
}
