import type { Buffer } from "node:buffer";
import { StringDecoder } from "node:string_decoder";

/* A line without end must not fill the memory. */
const LONGEST_LINE = 8 * 1_024;
/* What is kept for an error's message: enough for what Node.js writes of an uncaught error, which takes 17 lines. */
const KEPT_LINES = 20;
const KEPT_CHARACTERS = 1_000;

/** Cuts bytes into lines, and remembers the last of them. A line of more than 8,192 characters is cut into several. */
export class Lines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  readonly #last: string[] = [];
  #begun = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** The last twenty lines, each cut off behind its first 1,000 characters. */
  get last(): readonly string[] {
    return [...this.#last];
  }

  feed(chunk: Buffer): void {
    const lines = (this.#begun + this.#decoder.write(chunk)).split("\n");
    this.#begun = lines.pop() as string;
    for (const line of lines) this.#take(this.#cut(line.endsWith("\r") ? line.slice(0, -1) : line));
    this.#begun = this.#cut(this.#begun);
  }

  /** There are no more bytes: what has begun is a line too. */
  end(): void {
    const rest = this.#cut(this.#begun + this.#decoder.end());
    this.#begun = "";
    if (rest !== "") this.#take(rest);
  }

  /** Takes the front of a line that is too long, and gives back the rest. */
  #cut(line: string): string {
    let at = 0;
    for (; line.length - at > LONGEST_LINE; at += LONGEST_LINE) this.#take(line.slice(at, at + LONGEST_LINE));
    return line.slice(at);
  }

  #take(line: string): void {
    this.#last.push(line.slice(0, KEPT_CHARACTERS));
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    this.#onLine(line);
  }
}
