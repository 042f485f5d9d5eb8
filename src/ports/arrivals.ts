import type { PortViolation } from "./violation.ts";

/** What came over a port: a text, something that is none and its length, or the end. */
export type Arrival =
  | string
  | { readonly violation: PortViolation; readonly length: number }
  | { readonly ended: Error | undefined };

/* What an entry costs that waits to be delivered, beside its text: empty ones are not free. */
const ENTRY = 64;

/** What came and has not been delivered, in order, and what it takes up. A port cannot be stopped, so this is where texts wait. */
export class Arrivals {
  #list: Arrival[] = [];
  /** Where in the list the next one to be delivered is. */
  #next = 0;
  #length = 0;

  /** What they take up, in characters. */
  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#next === this.#list.length;
  }

  add(arrival: Arrival): void {
    this.#list.push(arrival);
    this.#length += ENTRY + lengthOf(arrival);
  }

  /** The next one. There must be one. */
  take(): Arrival {
    const arrival = this.#list[this.#next++] as Arrival;
    this.#length -= ENTRY + lengthOf(arrival);
    if (this.isEmpty) {
      this.#list = [];
      this.#next = 0;
    }
    return arrival;
  }

  clear(): void {
    this.#list = [];
    this.#next = 0;
    this.#length = 0;
  }
}

/** How many characters came with it. */
export function lengthOf(arrival: Arrival): number {
  if (typeof arrival === "string") return arrival.length;
  return "violation" in arrival ? arrival.length : 0;
}
