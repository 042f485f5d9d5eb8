import { LimitError } from "../protocol/errors/limit-error.ts";
import type { LimitCounters } from "../protocol/limit-counters.ts";
import type { Logger } from "../service/logger.ts";
import { TokenBucket } from "../service/token-bucket.ts";
import type { Clock } from "../time/clock.ts";

/* More lines a second say nothing that fewer do not. */
const LINES_PER_SECOND = 10;

/** Reports the connections that a server refused, and counts the limits among the reasons. */
export class Refusals {
  readonly #logger: Logger;
  readonly #counters: LimitCounters;
  readonly #lines: TokenBucket;
  #unsaid = 0;

  constructor(logger: Logger, counters: LimitCounters, clock: Clock) {
    this.#logger = logger;
    this.#counters = counters;
    this.#lines = new TokenBucket(clock, LINES_PER_SECOND);
  }

  report(address: string, error: Error): void {
    const met = limitErrorIn(error);
    if (met) this.#counters[met.limit]++;
    if (!this.#lines.take()) {
      this.#unsaid++;
      return;
    }
    const more = this.#unsaid > 0 ? `${this.#unsaid} more were refused, and ` : "";
    this.#unsaid = 0;
    this.#logger.warn(`${more}a connection to ${address} was refused:`, error);
  }
}

/** The limit that something failed for, if it did. */
function limitErrorIn(error: unknown): LimitError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof LimitError) return at;
  return undefined;
}
