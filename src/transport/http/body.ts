/*
 * Bodies of requests and answers, which come in pieces.
 */

/* What is no UTF-8 is no text. A byte order mark is part of the text, and so no JSON (RFC 8259, section 8.1). */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The text that UTF-8 bytes hold.
 *
 * @throws TypeError when they are not UTF-8
 */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Gathers pieces, of which it never keeps more than its limit. */
export class Pieces {
  readonly #limit: number;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** @param limit - in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a piece; false when it is too much, and was not taken. */
  add(piece: Uint8Array): boolean {
    if (this.#length + piece.length > this.#limit) return false;
    this.#pieces.push(piece);
    this.#length += piece.length;
    return true;
  }

  /** Takes as much of a piece as there is room for. */
  fill(piece: Uint8Array): void {
    this.add(piece.subarray(0, this.#limit - this.#length));
  }

  /** All of them in one. */
  joined(): Uint8Array {
    if (this.#pieces.length === 1) return this.#pieces[0] as Uint8Array;
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

/**
 * Reads a body of the Fetch API into pieces.
 *
 * @returns whether that was all; if not, the rest is not read, and the pieces are full
 * @throws what the platform says when the body breaks off
 */
export async function readInto(pieces: Pieces, body: ReadableStream<Uint8Array> | null): Promise<boolean> {
  const reader = body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    if (pieces.add(next.value)) continue;
    pieces.fill(next.value);
    // Nobody waits for it: what is left is the platform's to throw away.
    reader?.cancel().catch(() => {});
    return false;
  }
  return true;
}

/**
 * Reads a body of the Fetch API.
 *
 * @param limit - in bytes
 * @returns `undefined` when there is more than that; the rest is not read
 * @throws what the platform says when the body breaks off
 */
export async function readStream(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array | undefined> {
  const pieces = new Pieces(limit);
  return (await readInto(pieces, body)) ? pieces.joined() : undefined;
}
