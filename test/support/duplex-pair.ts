import { Duplex, type DuplexOptions } from "node:stream";

/**
 * Two streams in memory, each the other's peer, as two ends of a socket are: what is written to one is read from the
 * other, a write is done when the other end has room for more, `end` on one is the other's end, and destroying one
 * breaks the other with an `ECONNRESET`, unless both had ended.
 *
 * What is written may be read before `write` returns, as in Node.js' own `duplexPair`.
 *
 * @param options - default: `{ allowHalfOpen: true }`
 */
export function duplexPair(options: DuplexOptions = {}): [DuplexEnd, DuplexEnd] {
  const here = new DuplexEnd(options);
  const there = new DuplexEnd(options);
  here.other = there;
  there.other = here;
  return [here, there];
}

/** One end of a {@link duplexPair}. */
export class DuplexEnd extends Duplex {
  /** The other end. */
  other: DuplexEnd | undefined;
  #written: ((error?: Error | null) => void) | undefined;

  override _read(): void {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.other) this.other.#take(chunk, callback);
  }

  override _final(callback: () => void): void {
    this.other?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { other } = this;
    const inGoodOrder = this.writableFinished && other?.writableEnded;
    if (other && !inGoodOrder && !other.destroyed) {
      process.nextTick(() => other.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })));
    }
    callback(error);
  }

  #take(chunk: Buffer, callback: (error?: Error | null) => void): void {
    if (this.destroyed) return;
    this.#written = callback;
    this.push(chunk);
  }
}
