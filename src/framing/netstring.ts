import { type Buffer, constants } from "node:buffer";
import { Chunk } from "./chunk.ts";
import type { FrameDecoder, Framing } from "./framing.ts";
import { FramingError } from "./framing-error.ts";
import { Pieces } from "./pieces.ts";

/**
 * Netstrings: the length in bytes as decimal digits, a colon, the text, a comma (D. J. Bernstein, 1997).
 * `{"a":1}` is `7:{"a":1},`.
 */
export const netstring: Framing = {
  name: "netstring",
  frame: (text, bytes) => `${HEADS[bytes] ?? head(bytes)}${text},`,
  decoder: (messageBytes) => new NetstringDecoder(messageBytes),
};

/* How frames of up to so many bytes start: to write it anew for each costs 3% of a call. */
const HEADS = Array.from({ length: 1_024 }, (_, bytes) => head(bytes));

function head(bytes: number): string {
  return `${bytes}:`;
}

const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const COMMA = 0x2c;
const PLUS = 0x2b;
const MINUS = 0x2d;

/** What the next byte belongs to. */
type State = "length" | "text" | "comma";

class NetstringDecoder implements FrameDecoder {
  readonly #max: number;
  #state: State = "length";

  #chunk: Chunk | undefined;
  #at = 0;

  /** The length as far as it was read, and by how many digits. */
  #length = 0;
  #digits = 0;
  /** The text as far as it arrived, when it did not all come in one chunk. Made with the first of that kind. */
  #pieces: Pieces | undefined;

  constructor(messageBytes: number) {
    // Also without a limit: what no string can hold is refused when it is announced, and digits come to an end.
    this.#max = Math.min(messageBytes, constants.MAX_STRING_LENGTH);
  }

  feed(chunk: Buffer): void {
    this.#chunk = new Chunk(chunk);
    this.#at = 0;
  }

  next(): string | undefined {
    const chunk = this.#chunk;
    if (!chunk) return undefined;
    const { bytes } = chunk;
    if (this.#state === "length" && !this.#readLength(bytes)) return this.#exhausted();
    if (this.#state === "text") {
      const start = this.#at;
      const end = start + this.#length;
      // The usual case: the text and its comma are in this chunk.
      if (!this.#pieces?.length && end < bytes.length) {
        this.#readComma(bytes, end);
        return chunk.cut(start, end);
      }
      this.#pieces ??= new Pieces();
      this.#at = this.#pieces.addUpTo(this.#length, bytes, start);
      if (this.#pieces.length < this.#length) return this.#exhausted();
      this.#state = "comma";
    }
    if (this.#at === bytes.length) return this.#exhausted();
    this.#readComma(bytes, this.#at);
    return (this.#pieces as Pieces).take();
  }

  get begun(): boolean {
    return this.#state !== "length" || this.#digits > 0;
  }

  end(): Error | undefined {
    if (!this.begun) return undefined;
    return new FramingError("truncated", "the stream ended inside a netstring");
  }

  #exhausted(): undefined {
    this.#chunk = undefined;
    return undefined;
  }

  /** Reads digits up to the colon; false when the chunk ends before it. */
  #readLength(chunk: Buffer): boolean {
    let at = this.#at;
    let length = this.#length;
    let digits = this.#digits;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte >= ZERO && byte <= NINE) {
        if (digits === 1 && length === 0) throw new FramingError("leading-zero", "a netstring's length starts with 0");
        length = length * 10 + byte - ZERO;
        digits++;
        // With no leading zeros, this bounds the number of digits too.
        if (length > this.#max) {
          throw new FramingError("too-long", `a netstring is longer than the limit of ${this.#max} bytes`);
        }
      } else if (byte === COLON && digits > 0) {
        this.#at = at + 1;
        this.#length = length;
        this.#digits = 0;
        this.#state = "text";
        return true;
      } else {
        throw lengthViolation(byte);
      }
    }
    this.#at = at;
    this.#length = length;
    this.#digits = digits;
    return false;
  }

  #readComma(chunk: Buffer, at: number): void {
    if (chunk[at] !== COMMA) throw new FramingError("missing-comma", "a netstring does not end with a comma");
    this.#at = at + 1;
    this.#length = 0;
    this.#state = "length";
  }
}

function lengthViolation(byte: number): FramingError {
  if (byte === COLON) return new FramingError("missing-length", "a netstring starts without a length");
  if (byte === PLUS || byte === MINUS) return new FramingError("sign", "a netstring's length has a sign");
  if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) {
    return new FramingError("space", "white space where a netstring's length was due");
  }
  return new FramingError(
    "not-a-digit",
    `byte 0x${byte.toString(16).padStart(2, "0")} where a netstring's length was due`,
  );
}
