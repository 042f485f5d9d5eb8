/*
 * Bodies of requests and answers, which come in pieces.
 */

/* What is no UTF-8 is no text. A byte order mark is part of the text, and so no JSON (RFC 8259, section 8.1). */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Gathers the pieces of a body, and never keeps more of them than its limit. */
export interface BodyPieces {
  /** Takes a piece; false when it is too much, and was not taken. */
  add(piece: Uint8Array): boolean;
  /** Takes as much of a piece as there is room for. */
  fill(piece: Uint8Array): void;
  /**
   * What they are as text. To be asked once.
   *
   * @throws Error when that is not UTF-8
   */
  text(): string;
  /** The same, of whatever bytes. */
  excerpt(): string;
}

/** Pieces on any platform. They are copied together: kept one by one, a body sent byte by byte would take a hundred times its size. */
export class Pieces implements BodyPieces {
  readonly #limit: number;
  /** Of these, the first `#length` are taken. */
  #bytes = new Uint8Array();
  #length = 0;

  /** @param limit - in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(piece: Uint8Array): boolean {
    const length = this.#length + piece.length;
    if (length > this.#limit) return false;
    // The first is most often the only one, and is not copied.
    if (this.#length === 0) this.#bytes = piece as Uint8Array<ArrayBuffer>;
    else {
      if (length > this.#bytes.length) this.#grow(length);
      this.#bytes.set(piece, this.#length);
    }
    this.#length = length;
    return true;
  }

  fill(piece: Uint8Array): void {
    this.add(piece.subarray(0, this.#limit - this.#length));
  }

  text(): string {
    return decoder.decode(this.joined());
  }

  excerpt(): string {
    return new TextDecoder().decode(this.joined());
  }

  /** All of them in one. */
  joined(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Twice the room each time, so that a byte is copied no more than twice. */
  #grow(length: number): void {
    const bytes = new Uint8Array(Math.max(length, Math.min(this.#limit, 2 * this.#length)));
    bytes.set(this.joined());
    this.#bytes = bytes;
  }
}

/**
 * Reads a body of the Fetch API into pieces.
 *
 * @param signal - gives it up; needed where the platform goes on reading for somebody who has left
 * @returns whether that was all; if not, the rest is not read, and the pieces are full
 * @throws what the platform says when the body breaks off; the signal's reason
 */
export async function readInto(
  pieces: BodyPieces,
  body: ReadableStream<Uint8Array> | null,
  signal?: AbortSignal,
): Promise<boolean> {
  signal?.throwIfAborted();
  const reader = body?.getReader();
  const giveUp = () => void reader?.cancel().catch(() => {});
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await readAll(pieces, reader);
  } finally {
    signal?.removeEventListener("abort", giveUp);
    // A reader that was cancelled says that this is the end.
    signal?.throwIfAborted();
  }
}

async function readAll(
  pieces: BodyPieces,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Promise<boolean> {
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
  signal?: AbortSignal,
): Promise<BodyPieces | undefined> {
  const pieces = new Pieces(limit);
  return (await readInto(pieces, body, signal)) ? pieces : undefined;
}
