/* How an answer with an error starts, whose id is the first member: see `errorText`. */
const ERROR = /^\{"jsonrpc":"2\.0","id":(?:"(?:[^"\\]|\\.)*"|[^",]*),"error":/;

/** Whether a text is one answer, and an error. */
export function isErrorAnswer(text: string): boolean {
  return ERROR.test(text);
}

const NANOS_PER_MS = 1e6;

/** What was done on one subject. */
export class Tally {
  #requests = 0;
  #errors = 0;
  #ms = 0;

  /** @param ms - from the message to its answer, in milliseconds */
  add(ms: number, isError: boolean): void {
    this.#requests++;
    this.#ms += ms;
    if (isError) this.#errors++;
  }

  /** As the services framework tells them; times are nanoseconds. */
  get figures() {
    const nanos = this.#ms * NANOS_PER_MS;
    return {
      num_errors: this.#errors,
      processing_time: Math.round(nanos),
      average_processing_time: this.#requests === 0 ? 0 : Math.round(nanos / this.#requests),
    };
  }
}
