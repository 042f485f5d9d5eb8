import type { Logger } from "../service/logger.ts";

/* How many are logged one by one. */
const FIRST = 5;

/** Whom it is about. */
export interface Complained {
  /** The peer, as the log names it. */
  readonly who: string;
  /** There is one more: so many in all. */
  complained(count: number): void;
}

/**
 * Tells the log what makes no sense of what a peer sends: the first few one by one, and at the end how many more there were. A
 * peer must not be able to fill a disk with a few bytes each.
 */
export class Complaints {
  readonly #logger: Logger;
  readonly #link: Complained;
  #count = 0;

  constructor(logger: Logger, link: Complained) {
    this.#logger = logger;
    this.#link = link;
  }

  warn(message: string, ...details: unknown[]): void {
    this.#count++;
    if (this.#count <= FIRST) this.#logger.warn(message, ...details);
    this.#link.complained(this.#count);
  }

  /** Says how many were not told of. Once, last. */
  sumUp(): void {
    const more = this.#count - FIRST;
    if (more > 0) this.#logger.warn(`${this.#link.who} sent ${more} more messages that make no sense`);
  }
}
