import { Buffer } from "node:buffer";
import { Pieces as FramedPieces } from "../../framing/pieces.ts";
import { textOf } from "../../framing/text.ts";
import type { BodyPieces } from "./body.ts";

/** The pieces of a body on Node.js, whose buffers need no copies where they are large, and are text sooner where they are ASCII. */
export class NodePieces implements BodyPieces {
  readonly #limit: number;
  /** The first is most often the only one, and is neither copied nor put in a list. */
  #only: Buffer | undefined;
  #pieces: FramedPieces | undefined;

  /** @param limit - in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(piece: Uint8Array): boolean {
    if (this.#length + piece.length > this.#limit) return false;
    if (this.#length === 0) this.#only = bufferOf(piece);
    else this.#several.add(bufferOf(piece));
    return true;
  }

  fill(piece: Uint8Array): void {
    this.add(piece.subarray(0, this.#limit - this.#length));
  }

  text(): string {
    return this.#only ? textOf(this.#only) : this.#several.take();
  }

  excerpt(): string {
    return (this.#only ?? this.#several.takeBytes()).toString();
  }

  get #length(): number {
    return this.#only?.length ?? this.#pieces?.length ?? 0;
  }

  get #several(): FramedPieces {
    this.#pieces ??= new FramedPieces();
    if (this.#only) this.#pieces.add(this.#only);
    this.#only = undefined;
    return this.#pieces;
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
