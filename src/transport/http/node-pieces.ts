import { Buffer } from "node:buffer";
import { Pieces as FramedPieces } from "../../framing/pieces.ts";
import type { BodyPieces } from "./body.ts";

/** The pieces of a body on Node.js, whose buffers need no copies where they are large, and are text sooner where they are ASCII. */
export class NodePieces implements BodyPieces {
  readonly #pieces = new FramedPieces();
  readonly #limit: number;

  /** @param limit - in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(piece: Uint8Array): boolean {
    if (this.#pieces.length + piece.length > this.#limit) return false;
    this.#pieces.add(bufferOf(piece));
    return true;
  }

  fill(piece: Uint8Array): void {
    this.add(piece.subarray(0, this.#limit - this.#pieces.length));
  }

  text(): string {
    return this.#pieces.take();
  }

  excerpt(): string {
    return this.#pieces.takeBytes().toString();
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
