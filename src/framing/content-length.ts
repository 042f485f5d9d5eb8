import { Buffer, constants } from "node:buffer";
import { Chunk } from "./chunk.ts";
import type { FrameDecoder, Framing } from "./framing.ts";
import { FramingError } from "./framing-error.ts";
import { HeaderSection } from "./header-section.ts";
import { Pieces } from "./pieces.ts";

/**
 * The base protocol of the Language Server Protocol (version 3.17, "Base Protocol"): a header section as HTTP has it,
 * with the length in bytes, and the text. `{"a":1}` is `Content-Length: 7\r\n\r\n{"a":1}`.
 *
 * Fields are read in any order, and their names in any letter case. `Content-Length` must be there, once, as decimal
 * digits. `Content-Type` may be; a charset it names must be `utf-8`, or `utf8` as in the protocol's first versions. All
 * other fields are skipped. Lines must end in `\r\n`, as the protocol says; a header section has at most 4,096 bytes.
 * Only `Content-Length` is sent.
 */
export const contentLength: Framing = {
  name: "content-length",
  frame: (text, bytes) => `Content-Length: ${bytes}\r\n\r\n${text}`,
  decoder: (messageBytes) => new ContentLengthDecoder(messageBytes),
};

const ZERO = 0x30;
const NINE = 0x39;
const CR = 0x0d;
const LF = 0x0a;
/** How nearly every header starts. */
const USUAL_START = Buffer.from("Content-Length: ");

class ContentLengthDecoder implements FrameDecoder {
  readonly #max: number;
  #chunk: Chunk | undefined;
  #at = 0;

  readonly #header: HeaderSection;
  /** The length that the header gave; -1 while it is not whole. */
  #length = -1;
  /** The text as far as it arrived, when it did not all come in one chunk. */
  readonly #pieces = new Pieces();

  constructor(messageBytes: number) {
    // Also without a limit: what no string can hold is refused when it is announced.
    this.#max = Math.min(messageBytes, constants.MAX_STRING_LENGTH);
    this.#header = new HeaderSection(this.#max);
  }

  feed(chunk: Buffer): void {
    this.#chunk = new Chunk(chunk);
    this.#at = 0;
  }

  next(): string | undefined {
    const chunk = this.#chunk;
    if (!chunk) return undefined;
    const { bytes } = chunk;
    if (this.#length < 0 && !this.#readUsualHeader(bytes) && !this.#readHeader(bytes)) return this.#exhausted();
    const start = this.#at;
    const end = start + this.#length;
    // The usual case: the text is all in this chunk.
    if (this.#pieces.length === 0 && end <= bytes.length) {
      this.#at = end;
      this.#length = -1;
      return chunk.cut(start, end);
    }
    this.#at = this.#pieces.addUpTo(this.#length, bytes, start);
    if (this.#pieces.length < this.#length) return this.#exhausted();
    this.#length = -1;
    return this.#pieces.take();
  }

  get begun(): boolean {
    return this.#length >= 0 || this.#header.begun;
  }

  end(): Error | undefined {
    if (!this.begun) return undefined;
    return new FramingError("truncated", "the stream ended inside a header or its content");
  }

  #exhausted(): undefined {
    this.#chunk = undefined;
    return undefined;
  }

  /** Reads a header as nearly everyone writes it, if that is what comes next, and all of it. */
  #readUsualHeader(bytes: Buffer): boolean {
    let at = this.#at;
    const last = bytes.length - 4;
    if (this.#header.begun || at + USUAL_START.length > last) return false;
    for (let i = 0; i < USUAL_START.length; i++) if (bytes[at++] !== USUAL_START[i]) return false;
    const digits = at;
    let length = 0;
    for (; at < last; at++) {
      const byte = bytes[at] as number;
      if (byte < ZERO || byte > NINE) break;
      length = length * 10 + byte - ZERO;
      if (length > this.#max) return false;
    }
    if (at === digits || bytes[at++] !== CR || bytes[at++] !== LF || bytes[at++] !== CR || bytes[at++] !== LF)
      return false;
    this.#at = at;
    this.#length = length;
    return true;
  }

  /** Reads on in any header; false when the chunk ends before it. */
  #readHeader(bytes: Buffer): boolean {
    const end = this.#header.read(bytes, this.#at);
    if (end < 0) return false;
    this.#at = end;
    this.#length = this.#header.takeLength();
    return true;
  }
}
