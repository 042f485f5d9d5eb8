import { Buffer } from "node:buffer";

/** How many bytes are written at once, so that a slow reader is seen to take them. */
export const LOT = 256 * 1_024;

/** What is too long for one write, and is written one lot after another. */
export class Lots {
  /* Only referred to: a copy of its own for each lot costs more than all else that is done to a long text. */
  readonly #whole: string | Buffer;
  #at = 0;

  /**
   * @param text - what is to be written
   * @param ascii - whether it is ASCII, which can be written as the string it is
   */
  constructor(text: string, ascii: boolean) {
    this.#whole = ascii ? text : Buffer.from(text, "utf8");
  }

  /** Bytes that are left. */
  get length(): number {
    return this.#whole.length - this.#at;
  }

  /** The next lot, a string only of ASCII; there has to be one. */
  take(): string | Buffer {
    const [whole, start] = [this.#whole, this.#at];
    this.#at = Math.min(start + LOT, whole.length);
    return typeof whole === "string" ? whole.substring(start, this.#at) : whole.subarray(start, this.#at);
  }
}
