import { Buffer } from "node:buffer";
import { textOf } from "./text.ts";

/* Chunks this small are copied together: a list entry for each would cost more than the bytes. */
const SMALL = 1_024;
/* Blocks to copy into grow with what arrived, from one to the other: a peer that sends one byte gets no more than
 * the smallest. */
const SMALLEST_BLOCK = 64;
const LARGEST_BLOCK = 8 * 1_024;

/* Where texts are joined, to be decoded at once: memory that was used before costs a fraction of what new memory does. */
const ROOM = 2 * 1_024 * 1_024;
let scratch: Buffer | undefined;

/**
 * A text that arrives in several chunks. Large chunks are kept as they are and joined once; small ones are copied
 * into blocks, so that a text fed byte by byte costs little more than its bytes.
 */
export class Pieces {
  #pieces: Buffer[] = [];
  /** The block being filled, always behind the last of the pieces, and how much of it is. */
  #block: Buffer | undefined;
  #filled = 0;
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  add(chunk: Buffer): void {
    // A block is filled to its end also from a large chunk: chunks that are small and large by turns leave no holes.
    let from = this.#fill(chunk, 0);
    if (chunk.length - from >= SMALL) {
      this.#pieces.push(from === 0 ? chunk : chunk.subarray(from));
      from = chunk.length;
    }
    this.#length += chunk.length;
    while (from < chunk.length) {
      const size = Math.min(Math.max(this.#length, SMALLEST_BLOCK), LARGEST_BLOCK);
      this.#block = Buffer.allocUnsafeSlow(size);
      from = this.#fill(chunk, from);
    }
  }

  /**
   * Adds what a chunk has, from a byte on, of a text of a known length.
   *
   * @returns the byte of the chunk up to which that was
   */
  addUpTo(length: number, chunk: Buffer, from: number): number {
    const end = Math.min(from + length - this.#length, chunk.length);
    this.add(chunk.subarray(from, end));
    return end;
  }

  /** Forgets it; starts anew. */
  drop(): void {
    this.#pieces = [];
    this.#block = undefined;
    this.#filled = 0;
    this.#length = 0;
  }

  /**
   * All of it as text; starts anew.
   *
   * @throws FramingError `not-utf8`
   */
  take(): string {
    this.#sealBlock();
    if (this.#pieces.length <= 1 || this.#length > ROOM) return textOf(this.takeBytes());
    scratch ??= Buffer.allocUnsafeSlow(ROOM);
    let length = 0;
    for (const piece of this.#pieces) length += piece.copy(scratch, length);
    this.drop();
    return textOf(scratch.subarray(0, length));
  }

  /** All of it; starts anew. */
  takeBytes(): Buffer {
    this.#sealBlock();
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces, this.#length);
    this.#pieces = [];
    this.#length = 0;
    return bytes;
  }

  /** Copies what the block has room for; returns up to where that is. */
  #fill(chunk: Buffer, from: number): number {
    if (!this.#block) return from;
    const copied = chunk.copy(this.#block, this.#filled, from);
    this.#filled += copied;
    if (this.#filled === this.#block.length) this.#sealBlock();
    return from + copied;
  }

  #sealBlock(): void {
    if (this.#block) this.#pieces.push(this.#block.subarray(0, this.#filled));
    this.#block = undefined;
    this.#filled = 0;
  }
}
