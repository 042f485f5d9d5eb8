import type { Buffer } from "node:buffer";
import type { ResponseHead } from "./response-head.ts";

/* The longest line between chunks: a length and what may stand behind it. */
const LONGEST_LINE = 1_024;
/* And of all trailer fields. */
const LONGEST_TRAILER = 16 * 1_024;
const LF = 0x0a;

/** Reads a body piece by piece, and knows where it ends (RFC 9112, sections 6 and 7.1). */
export class BodyReader {
  readonly #isChunked: boolean;
  /** Bytes that are left of the body, or of its chunk. */
  #left: number;
  /** What the next byte belongs to. */
  #state: "data" | "data end" | "length" | "trailer" | "over";
  /** The line as far as it arrived. */
  #line = "";
  #trailer = 0;

  constructor(length: ResponseHead["length"]) {
    this.#isChunked = length === "chunked";
    this.#left = typeof length === "number" ? length : Number.POSITIVE_INFINITY;
    this.#state = this.#isChunked ? "length" : this.#left === 0 ? "over" : "data";
  }

  get isOver(): boolean {
    return this.#state === "over";
  }

  /**
   * Takes what arrived.
   *
   * @param take - given each piece of the body; stops the reading with `false`
   * @returns up to where it was read: before its end when the body ended there, or `take` said so
   * @throws Error when it is malformed
   */
  read(bytes: Buffer, take: (piece: Buffer) => boolean): number {
    let at = 0;
    while (at < bytes.length && this.#state !== "over") {
      if (this.#state === "data") {
        const end = Math.min(at + this.#left, bytes.length);
        this.#left -= end - at;
        if (this.#left === 0) this.#state = this.#isChunked ? "data end" : "over";
        const piece = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end);
        at = end;
        if (!take(piece)) break;
      } else at = this.#readLine(bytes, at);
    }
    return at;
  }

  #readLine(bytes: Buffer, start: number): number {
    const end = bytes.indexOf(LF, start);
    this.#line += bytes.toString("latin1", start, end < 0 ? bytes.length : end + 1);
    if (this.#line.length > LONGEST_LINE) throw new Error("a line between the answer's chunks is too long");
    if (end < 0) return bytes.length;
    if (!this.#line.endsWith("\r\n")) throw new Error("a line between the answer's chunks is malformed");
    const line = this.#line.slice(0, -2);
    this.#line = "";
    this.#take(line);
    return end + 1;
  }

  #take(line: string): void {
    if (this.#state === "data end") {
      if (line !== "") throw new Error("a chunk of the answer is longer than it says");
      this.#state = "length";
    } else if (this.#state === "length") {
      const digits = /^([0-9a-f]{1,13})[ \t]*(?:;|$)/i.exec(line)?.[1];
      if (digits === undefined) throw new Error("the length of a chunk of the answer is malformed");
      this.#left = Number.parseInt(digits, 16);
      this.#state = this.#left === 0 ? "trailer" : "data";
    } else if (line === "") this.#state = "over";
    else {
      this.#trailer += line.length;
      if (this.#trailer > LONGEST_TRAILER) throw new Error("the answer's trailer is too long");
    }
  }
}
