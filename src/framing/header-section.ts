import type { Buffer } from "node:buffer";
import { FramingError } from "./framing-error.ts";

/** The longest header section, in bytes, with the blank line that ends it. */
const MAX_HEADER_BYTES = 4_096;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const TILDE = 0x7e;

/** The bytes a field's name may have: a token of RFC 7230, section 3.2.6. */
const isNameByte = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
  isNameByte[character.charCodeAt(0)] = 1;
  isNameByte[character.toUpperCase().charCodeAt(0)] = 1;
}

/** What the next byte belongs to; `end` is that of the section. */
type State = "name" | "value" | "line-end" | "end";

/**
 * Reads the header sections of the Language Server Protocol, one after the other: lines of a name, a colon and a value,
 * each ended by `\r\n`, and a blank one. Each byte is looked at when it arrives, so that a peer that speaks something
 * else is refused at its first words.
 */
export class HeaderSection {
  readonly #maxLength: number;
  #state: State = "name";
  /** Bytes of the section so far. */
  #count = 0;
  /** The line so far, without what of it is in the chunk at hand, and the length of its name. */
  #line = "";
  #nameLength = 0;
  #length: number | undefined;
  #hasType = false;

  /** @param maxLength - the longest content to let in, in bytes */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Whether a section has begun and is not whole. */
  get begun(): boolean {
    return this.#count > 0;
  }

  /**
   * Reads on in a chunk, from a byte on.
   *
   * @returns the byte behind the section, -1 when the chunk ends before it
   * @throws FramingError
   */
  read(chunk: Buffer, from: number): number {
    let lineStart = from;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (++this.#count > MAX_HEADER_BYTES) {
        throw new FramingError("header-too-long", `a header is longer than ${MAX_HEADER_BYTES} bytes`);
      }
      switch (this.#state) {
        case "name":
          if (isNameByte[byte] === 1) this.#nameLength++;
          else if (byte === COLON && this.#nameLength > 0) this.#state = "value";
          else if (byte === CR && this.#nameLength === 0) this.#state = "end";
          else throw badByte(byte, "name");
          break;
        case "value":
          if (byte === CR) {
            this.#line += chunk.toString("latin1", lineStart, at);
            this.#state = "line-end";
          } else if ((byte < SPACE && byte !== TAB) || byte > TILDE) throw badByte(byte, "value");
          break;
        case "line-end":
          if (byte !== LF) throw noLineEnd();
          this.#endLine();
          lineStart = at + 1;
          break;
        case "end":
          if (byte !== LF) throw noLineEnd();
          return at + 1;
      }
    }
    const unfinished = this.#state === "name" || this.#state === "value";
    if (unfinished && lineStart < chunk.length) this.#line += chunk.toString("latin1", lineStart);
    return -1;
  }

  /**
   * The `Content-Length` of the section that was read; starts anew.
   *
   * @throws FramingError `missing-length`
   */
  takeLength(): number {
    const length = this.#length;
    if (length === undefined) throw new FramingError("missing-length", "a header has no Content-Length");
    this.#state = "name";
    this.#count = 0;
    this.#length = undefined;
    this.#hasType = false;
    return length;
  }

  #endLine(): void {
    const name = this.#line.slice(0, this.#nameLength).toLowerCase();
    const value = this.#line.slice(this.#nameLength + 1).trim();
    this.#state = "name";
    this.#line = "";
    this.#nameLength = 0;
    if (name === "content-length") {
      if (this.#length !== undefined) throw duplicate("Content-Length");
      this.#length = lengthOf(value, this.#maxLength);
    } else if (name === "content-type") {
      if (this.#hasType) throw duplicate("Content-Type");
      this.#hasType = true;
      assertUtf8(value);
    }
  }
}

function lengthOf(value: string, max: number): number {
  if (!/^[0-9]+$/.test(value)) throw lengthViolation(value);
  const length = Number(value);
  if (length > max) {
    throw new FramingError("too-long", `a Content-Length is over the limit of ${max} bytes`);
  }
  return length;
}

function lengthViolation(value: string): FramingError {
  if (value === "") return new FramingError("missing-length", "a Content-Length is empty");
  if (/^[+-]/.test(value)) return new FramingError("sign", "a Content-Length has a sign");
  if (/[ \t]/.test(value)) return new FramingError("space", "a Content-Length has white space in it");
  return new FramingError("not-a-digit", "a Content-Length is no decimal number");
}

/** @throws FramingError `charset`; `utf8` is what the protocol's first versions said */
function assertUtf8(contentType: string): void {
  for (const parameter of contentType.toLowerCase().split(";").slice(1)) {
    const [name = "", value = ""] = parameter.split("=", 2);
    if (name.trim() !== "charset" || /^(utf-?8|"utf-?8")$/.test(value.trim())) continue;
    throw new FramingError("charset", "a Content-Type names a charset that is not UTF-8");
  }
}

function badByte(byte: number, where: "name" | "value"): FramingError {
  if (byte === LF) return noLineEnd();
  const hex = byte.toString(16).padStart(2, "0");
  return new FramingError("bad-header", `byte 0x${hex} in the ${where} of a header field`);
}

function noLineEnd(): FramingError {
  return new FramingError("line-end", "a line of a header does not end in CR and LF");
}

function duplicate(name: string): FramingError {
  return new FramingError("duplicate-header", `a header has two ${name} fields`);
}
