import { Buffer } from "node:buffer";
import { type Framing, frameAll } from "./framing.ts";
import { isAsciiText } from "./text.ts";

/** How many bytes are written at once, so that a slow reader is seen to take them. */
export const LOT = 256 * 1_024;

/**
 * Texts that are too long for one write, written one lot after another. A lot is cut from its text and not copied, which
 * would cost more than all else that is done to a long text, so no more texts are joined than make a lot: what is
 * written is not kept because of what is not.
 */
export class Lots {
  readonly #framing: Framing;
  /** Last first: taking from the front would move the rest each time. */
  readonly #texts: string[];
  /** The frames that lots are being cut from, and how far. A string when they are ASCII. */
  #frames: string | Buffer = "";
  #at = 0;
  #length: number;

  /** @param length - of the texts' frames, in characters */
  constructor(framing: Framing, texts: readonly string[], length: number) {
    this.#framing = framing;
    this.#texts = texts.toReversed();
    this.#length = length;
  }

  /** What is left: bytes of ASCII, else somewhat fewer. */
  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0 && this.#at === this.#frames.length;
  }

  /** The next lot, a string only of ASCII; empty when there is none. */
  take(): string | Buffer {
    if (this.#at === this.#frames.length) this.#next();
    const [frames, start] = [this.#frames, this.#at];
    const end = Math.min(start + LOT, frames.length);
    this.#at = end;
    if (end === frames.length) this.#drop();
    this.#length = Math.max(0, this.#length - (end - start));
    return typeof frames === "string" ? frames.substring(start, end) : frames.subarray(start, end);
  }

  #next(): void {
    const texts: string[] = [];
    let frames = "";
    while (frames.length < LOT && this.#texts.length > 0) {
      const text = this.#texts.pop() as string;
      texts.push(text);
      frames += this.#framing.frame(text, text.length);
    }
    this.#frames = isAsciiText(frames) ? frames : Buffer.from(frameAll(this.#framing, texts), "utf8");
  }

  #drop(): void {
    this.#frames = "";
    this.#at = 0;
  }
}
