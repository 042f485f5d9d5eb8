import { Duplex, type Readable, type Writable } from "node:stream";

/** Told that a write is done, or why it failed. */
type Written = (error?: Error | null) => void;

/**
 * A duplex out of a stream to read from and one to write to, which are its own from here on.
 *
 * Node.js' `Duplex.from` counts a chunk as written once the stream underneath has queued it. Here it is written when
 * it has left the process, which is what a channel's high-water mark and its `handOver` are about.
 */
export class StreamPair extends Duplex {
  protected readonly input: Readable;
  protected readonly output: Writable;
  /** The output's own way to write, whatever its `write` becomes. */
  readonly #writeOut: (chunk: string | Uint8Array, encoding: BufferEncoding, written: Written) => unknown;
  #inputEnded = false;

  constructor(input: Readable, output: Writable) {
    super({ decodeStrings: false });
    this.input = input;
    this.output = output;
    this.#writeOut = output.write.bind(output);
    // It flows when this is read.
    input.pause();
    input.on("data", (chunk) => {
      if (!this.destroyed && !this.push(chunk)) input.pause();
    });
    const onEnd = () => {
      if (this.#inputEnded) return;
      this.#inputEnded = true;
      this.inputEnded();
    };
    // A stream that is destroyed closes without an end.
    input.on("end", onEnd).on("close", onEnd);
    input.on("error", (error) => this.failed(error));
    output.on("error", (error) => this.failed(error));
  }

  override _read(): void {
    this.input.resume();
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, written: Written): void {
    // A write that failed is never done: `failed` decides what comes of it.
    this.#writeOut(chunk, encoding, (error) => (error ? this.failed(error) : written()));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.output.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.input.destroy();
    this.output.destroy();
    done(error);
  }

  /** There is no more to read. Called once. */
  protected inputEnded(): void {
    this.push(null);
  }

  /** One of the two is broken. May be called several times. */
  protected failed(error: Error): void {
    this.destroy(error);
  }
}
