/* How an answer starts, and goes on behind its id if it is an error: see `errorText`. */
const START = '{"jsonrpc":"2.0","id":';
const ERROR = ',"error":';

/** Whether a text is one answer, and an error. The id is the caller's, and may be long. */
export function isErrorAnswer(text: string): boolean {
  return text.startsWith(START) && text.startsWith(ERROR, endOfId(text, START.length));
}

function endOfId(text: string, at: number): number {
  if (text[at] !== '"') return text.indexOf(",", at);
  let end = at;
  do end = text.indexOf('"', end + 1);
  while (isEscaped(text, end));
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === "\\") first--;
  return (at - first) % 2 === 1;
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
