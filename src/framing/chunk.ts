import { type Buffer, isAscii } from "node:buffer";
import { textWithin } from "./text.ts";

const NEWLINE = 0x0a;

/** A chunk of the stream, and texts cut out of it. */
export class Chunk {
  readonly bytes: Buffer;
  /**
   * The whole chunk as text, made when first needed: cutting a string beats decoding each frame. `undefined` until then,
   * `null` where it is not ASCII.
   */
  #text: string | null | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /**
   * The text from a byte on up to another.
   *
   * @throws FramingError `not-utf8`
   */
  cut(start: number, end: number): string {
    const text = this.#text === undefined ? this.#decode() : this.#text;
    return text === null ? textWithin(this.bytes, start, end) : text.substring(start, end);
  }

  /** Where the next newline is, from a byte on; -1 when there is none. */
  newline(from: number): number {
    const { bytes } = this;
    // What ends in a newline will be cut, so it can be searched as text too, which is quicker. Else it may be large.
    const isText = this.#text === undefined && bytes[bytes.length - 1] === NEWLINE ? this.#decode() : this.#text;
    return typeof isText === "string" ? isText.indexOf("\n", from) : bytes.indexOf(NEWLINE, from);
  }

  #decode(): string | null {
    this.#text = isAscii(this.bytes) ? this.bytes.toString("latin1") : null;
    return this.#text;
  }
}
