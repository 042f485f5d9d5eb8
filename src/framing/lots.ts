import { Buffer } from "node:buffer";

/** How many bytes are written at once, so that a slow reader is seen to take them. */
export const LOT = 256 * 1_024;

/** Bytes that are written one lot after another. Each has its own memory, which is free when it is written. */
export class Lots {
  readonly #lots: Buffer[] = [];
  #length: number;

  constructor(bytes: Buffer) {
    this.#length = bytes.length;
    for (let end = bytes.length; end > 0; end -= LOT) {
      this.#lots.push(Buffer.from(bytes.subarray(Math.max(0, end - LOT), end)));
    }
  }

  /** Bytes that are left. */
  get length(): number {
    return this.#length;
  }

  /** The next lot; there has to be one. */
  take(): Buffer {
    // They lie backwards: taking from the front would move the rest each time.
    const lot = this.#lots.pop() as Buffer;
    this.#length -= lot.length;
    return lot;
  }
}
