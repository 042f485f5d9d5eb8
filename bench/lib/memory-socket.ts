import { Duplex } from "node:stream";

/* What one read of a socket gives at most. */
const CHUNK = 64 * 1024;

/**
 * One end of a pair of sockets without a kernel between them: what is written arrives at the other end in the next
 * turn of the event loop, in chunks as a socket's. A write is done at once, as a socket's is while its buffer has room.
 */
export class MemorySocket extends Duplex {
  #other: MemorySocket | undefined;
  #written: Buffer[] = [];

  static pair(): [MemorySocket, MemorySocket] {
    const here = new MemorySocket({ decodeStrings: false });
    const there = new MemorySocket({ decodeStrings: false });
    here.#other = there;
    there.#other = here;
    return [here, there];
  }

  override _read(): void {}

  override _write(chunk: string | Buffer, encoding: BufferEncoding, done: () => void): void {
    if (this.#written.length === 0) setImmediate(this.#deliver);
    this.#written.push(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    done();
  }

  override _final(done: () => void): void {
    setImmediate(() => this.#other?.push(null));
    done();
  }

  setNoDelay(): this {
    return this;
  }

  readonly #deliver = (): void => {
    const [first] = this.#written;
    const bytes = this.#written.length === 1 && first ? first : Buffer.concat(this.#written);
    this.#written = [];
    for (let at = 0; at < bytes.length; at += CHUNK) this.#other?.push(bytes.subarray(at, at + CHUNK));
  };
}
