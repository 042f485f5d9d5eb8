import { type Buffer, constants } from "node:buffer";
import { Chunk } from "./chunk.ts";
import type { FrameDecoder, Framing } from "./framing.ts";
import { FramingError } from "./framing-error.ts";
import { Pieces } from "./pieces.ts";

/**
 * Newline-delimited JSON: one text a line, and no newline within one, as in the stdio transport of the Model Context
 * Protocol (revision 2025-06-18, "Transports"), in Electrum and in Snapcast. `{"a":1}` is `{"a":1}\n`.
 *
 * Lines that end in `\r\n` are read too, and blank ones are skipped: those of spaces, tabs and carriage returns only.
 * What follows the last newline is no message.
 *
 * A text with newlines in it goes out with spaces in their place, and in that of carriage returns. In JSON both are
 * white space between tokens and nothing else, so it means the same.
 *
 * A line over the limit is lost, and the lines behind it are read. A stream that starts with `POST ` is refused: any web
 * page can make a browser send lines of its choice to any port, as the body of such a request.
 */
export const newline: Framing = {
  name: "newline",
  frame: (text) => `${onOneLine(text)}\n`,
  decoder: (messageBytes) => new LineDecoder(messageBytes),
};

const TAB = 0x09;
const RETURN = 0x0d;
const SPACE = 0x20;
const POST = "POST ";

function onOneLine(text: string): string {
  // Two searches for a character are far quicker than one for either of two.
  return text.includes("\n") || text.includes("\r") ? text.replace(/[\r\n]/g, " ") : text;
}

class LineDecoder implements FrameDecoder {
  readonly #max: number;
  #chunk: Chunk | undefined;
  #at = 0;

  /** The line as far as it arrived, when it did not all come in one chunk. */
  readonly #pieces = new Pieces();
  /** Whether that ends in a carriage return, which is not part of the text if the newline is next. */
  #returned = false;
  /** Whether the rest of a line is thrown away. */
  #skipping = false;
  /** How many bytes of `POST ` the stream has started with; -1 once it is something else. */
  #posted = 0;

  constructor(messageBytes: number) {
    // Also without a limit: what no string can hold, with its carriage return, is refused before it is gathered.
    this.#max = Math.min(messageBytes, constants.MAX_STRING_LENGTH - 1);
  }

  feed(chunk: Buffer): void {
    this.#chunk = new Chunk(chunk);
    this.#at = 0;
  }

  next(): string | undefined {
    const chunk = this.#chunk;
    if (!chunk) return undefined;
    if (this.#posted >= 0) this.#refusePost(chunk.bytes);
    for (;;) {
      const start = this.#at;
      const end = chunk.newline(start);
      if (end < 0) {
        this.#chunk = undefined;
        this.#collect(chunk.bytes, start);
        return undefined;
      }
      this.#at = end + 1;
      if (this.#skipping) this.#skipping = false;
      else {
        const text = this.#pieces.length === 0 ? this.#cut(chunk, start, end) : this.#join(chunk.bytes, start, end);
        if (!isBlank(text)) return text;
      }
    }
  }

  get begun(): boolean {
    return this.#pieces.length > 0;
  }

  end(): Error | undefined {
    if (!this.begun) return undefined;
    return new FramingError("truncated", "the stream ended inside a line");
  }

  /** The usual case: the line is all in this chunk. */
  #cut(chunk: Chunk, start: number, newline: number): string {
    const end = newline > start && chunk.bytes[newline - 1] === RETURN ? newline - 1 : newline;
    if (end - start > this.#max) throw this.#tooLong();
    return chunk.cut(start, end);
  }

  /** The line whose end is in this chunk, and its start is not. */
  #join(bytes: Buffer, start: number, newline: number): string {
    if (!this.#add(bytes, start, newline)) throw this.#tooLong();
    const text = this.#pieces.take();
    return this.#returned ? text.slice(0, -1) : text;
  }

  /** Keeps what this chunk has of a line that goes on behind it. */
  #collect(bytes: Buffer, start: number): void {
    // Nothing is the usual case, and adding it would cost as much as a short line.
    if (this.#skipping || start === bytes.length || this.#add(bytes, start, bytes.length)) return;
    this.#skipping = true;
    throw this.#tooLong();
  }

  /** Keeps a part of a line; false when that makes it longer than the limit, and then nothing is kept of it. */
  #add(bytes: Buffer, start: number, end: number): boolean {
    if (end > start) this.#returned = bytes[end - 1] === RETURN;
    const length = this.#pieces.length + end - start;
    const fits = length - (this.#returned ? 1 : 0) <= this.#max;
    if (fits) this.#pieces.add(bytes.subarray(start, end));
    else this.#pieces.drop();
    return fits;
  }

  #tooLong(): FramingError {
    return new FramingError("too-long", `a line is longer than the limit of ${this.#max} bytes`, false);
  }

  /** Looks at the first bytes of the stream, which are also the first of the chunks they are in. */
  #refusePost(bytes: Buffer): void {
    for (const byte of bytes.subarray(0, POST.length - this.#posted)) {
      if (byte !== POST.charCodeAt(this.#posted)) {
        this.#posted = -1;
        return;
      }
      this.#posted++;
    }
    if (this.#posted === POST.length) throw new FramingError("http", "an HTTP request where a line of JSON was due");
  }
}

function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== TAB && code !== RETURN) return false;
  }
  return true;
}
