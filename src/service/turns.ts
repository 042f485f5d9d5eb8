/** Lets so many run at once; the others wait for their turn, in the order in which they came. */
export class Turns {
  readonly #places: number;
  #running = 0;
  #waiting: (() => void)[] = [];
  /** How many of them were taken. */
  #taken = 0;
  #starting = false;

  constructor(places: number) {
    this.#places = places;
  }

  /** Starts something, now or when it is its turn. Whoever starts says `done` once, when it is. */
  take(start: () => void): void {
    this.#waiting.push(start);
    this.#startWaiting();
  }

  done(): void {
    this.#running--;
    this.#startWaiting();
  }

  #startWaiting(): void {
    // What is done as soon as it has started comes back here.
    if (this.#starting) return;
    this.#starting = true;
    while (this.#running < this.#places && this.#taken < this.#waiting.length) {
      this.#running++;
      (this.#waiting[this.#taken++] as () => void)();
    }
    this.#starting = false;
    if (this.#taken < 64 || this.#taken * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#taken);
    this.#taken = 0;
  }
}
