import type { Interface } from "node:readline";

/** The lines that are typed, from the start: those of a pipe may all be there, and its end too, before anybody asks. */
export class TypedLines {
  closed = false;
  readonly #lines: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;

  constructor(lines: Interface) {
    lines.on("line", (line) => {
      if (!this.#waiting) this.#lines.push(line);
      this.#tell(line);
    });
    lines.on("close", () => {
      this.closed = true;
      this.#tell(undefined);
    });
  }

  /** The next line; `undefined` when there will be none. */
  next(): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined || this.closed) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /**
   * Drops the lines that nobody has asked for yet.
   *
   * @returns whether there were any
   */
  drop(): boolean {
    return this.#lines.splice(0).length > 0;
  }

  #tell(line: string | undefined): void {
    this.#waiting?.(line);
    this.#waiting = undefined;
  }
}
