import { Buffer } from "node:buffer";

/**
 * A SEAM: how texts are told apart in a stream of bytes. Every framing passes `test/conformance/framing.ts`.
 */
export interface Framing {
  /** As addresses name it: `?framing=netstring`. */
  readonly name: string;
  /**
   * A text with what goes around it. No text may come out as more or less than one frame: a framing that cannot carry
   * a character puts another in its place, of as many bytes, that means the same in JSON.
   *
   * @param bytes - the length of the text in UTF-8, which the caller may have a cheap way to know
   */
  frame(text: string, bytes: number): string;
  /**
   * A decoder for one stream.
   *
   * @param messageBytes - the longest text to let in, in bytes
   */
  decoder(messageBytes: number): FrameDecoder;
}

/**
 * Takes texts out of a stream of bytes, one at a time, so that whoever asks can stop between any two.
 *
 * It never allocates more than arrived, whatever a peer announces, and its time is linear in the bytes that arrived,
 * however they were cut.
 */
export interface FrameDecoder {
  /** Gives it the next bytes, which it may keep. Only when `next` has returned `undefined`. */
  feed(chunk: Buffer): void;
  /**
   * The next whole text, `undefined` when more bytes are needed.
   *
   * @throws FramingError for what is no frame. When it is not fatal, `next` may be called again and goes on behind
   * it; when it is, it must not be.
   */
  next(): string | undefined;
  /** Whether a frame has begun that is not whole. Without it nobody watches how long it takes. */
  readonly begun?: boolean;
  /**
   * Says that no bytes will follow.
   *
   * @returns what is wrong with that: a frame has begun and is not whole; `undefined` when nothing is
   */
  end(): Error | undefined;
}

/** Several texts with what goes around each. */
export function frameAll(framing: Framing, texts: readonly string[]): string {
  let framed = "";
  for (const text of texts) framed += framing.frame(text, Buffer.byteLength(text));
  return framed;
}
