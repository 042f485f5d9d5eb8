import { LimitError } from "../protocol/errors/limit-error.ts";
import type { Limits } from "../protocol/limits.ts";
import { systemClock } from "../time/clock.ts";
import type { Authorize, RequestHead } from "./authorize.ts";
import { HttpStatusError } from "./status-error.ts";

/** Asks a hook who may come in, for only so many at once and not for ever. */
export class Authorizing {
  readonly #authorize: Authorize;
  readonly #max: number;
  readonly #time: number;
  #waiting = 0;

  /** @param time - milliseconds the hook has; Infinity for no end */
  constructor(authorize: Authorize, { authorizing }: Pick<Limits, "authorizing">, time: number) {
    this.#authorize = authorize;
    this.#max = authorizing;
    this.#time = time;
  }

  /**
   * @returns what the hook says
   * @throws as a rejection, what the hook does; an HttpStatusError 503, with a `LimitError` as its cause, when too many ask or
   * it takes too long
   */
  async decide(head: RequestHead): Promise<unknown> {
    if (this.#waiting >= this.#max) throw busy("authorizing", this.#max, "too many requests wait to be let in");
    this.#waiting++;
    try {
      const decided = this.#authorize(head);
      return decided instanceof Promise ? await this.#inTime(decided) : await decided;
    } finally {
      this.#waiting--;
    }
  }

  #inTime<T>(decision: Promise<T>): Promise<T> {
    if (this.#time === Number.POSITIVE_INFINITY) return decision;
    return new Promise((resolve, reject) => {
      const late = () => reject(busy("handshakeTime", this.#time, "the option authorize did not answer in time"));
      const cancel = systemClock.after(this.#time, late);
      decision.then(resolve, reject).finally(cancel);
    });
  }
}

function busy(limit: keyof Limits, max: number, message: string): HttpStatusError {
  return new HttpStatusError(503, message, { cause: new LimitError(limit, max, message) });
}
