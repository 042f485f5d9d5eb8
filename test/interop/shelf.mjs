/**
 * What one call puts down and another takes up, in order, whichever comes first. Plain JavaScript, so that peers which
 * are programs of their own start quickly.
 *
 * @template T
 */
export class Shelf {
  /** @type {T[]} */
  #values = [];
  /** @type {((value: T) => void)[]} */
  #takers = [];

  /** @param {T} value */
  put(value) {
    const taker = this.#takers.shift();
    if (taker) taker(value);
    else this.#values.push(value);
    return true;
  }

  /** @returns {Promise<T>} */
  take() {
    if (this.#values.length > 0) return Promise.resolve(/** @type {T} */ (this.#values.shift()));
    return new Promise((resolve) => this.#takers.push(resolve));
  }
}
