import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import type { FrameWriter } from "./frame-writer.ts";
import type { FrameDecoder } from "./framing.ts";
import { FramingError } from "./framing-error.ts";

/** What a reader needs beside the bytes. */
export interface FrameReaderOptions {
  readonly decoder: FrameDecoder;
  /** Nothing is handed on while it writes. */
  readonly writer: Pick<FrameWriter, "writing">;
  /** Is closed when what arrived cannot be read any further. */
  readonly channel: Pick<Channel, "close">;
  /** Asked when the peer's end is told. */
  readonly whyEnded: (() => Error | undefined) | undefined;
}

/**
 * What comes in to a channel over a stream: hands on the texts in it, one at a time, until it is told to stop, and the
 * peer's end behind them.
 */
export class FrameReader {
  readonly #stream: Duplex;
  readonly #decoder: FrameDecoder;
  readonly #writer: Pick<FrameWriter, "writing">;
  readonly #channel: Pick<Channel, "close">;
  readonly #whyEnded: (() => Error | undefined) | undefined;
  #receiver: ChannelReceiver | undefined;
  /** flowing ⇄ paused; from either → stopped (what arrives is thrown away). */
  #flow: "flowing" | "paused" | "stopped" = "flowing";

  /** Whether the decoder has what it may not have used up. */
  #isFed = false;
  /** What arrived and could not be read at once. Made when that happens: on an idle channel it would be large. */
  #waitingChunks: Buffer[] | undefined;
  #reading = false;
  #received = 0;
  /** The peer's end: it arrives, and is told behind all that had arrived before it. */
  #end: "to come" | "arrived" | "told" = "to come";

  constructor(stream: Duplex, { decoder, writer, channel, whyEnded }: FrameReaderOptions) {
    this.#stream = stream;
    this.#decoder = decoder;
    this.#writer = writer;
    this.#channel = channel;
    this.#whyEnded = whyEnded;
    if (stream.readableEnded) this.#end = "arrived";
  }

  /** Which text it is, counted from 1, of which a part has arrived; 0 when there is none, and while it is paused. */
  get arriving(): number {
    return this.#decoder.begun && this.#flow !== "paused" ? this.#received + 1 : 0;
  }

  /** Whether the peer's end has arrived. */
  get ended(): boolean {
    return this.#end !== "to come";
  }

  /** Whether the receiver was told of it. */
  get toldEnd(): boolean {
    return this.#end === "told";
  }

  /** Hands on to the receiver from now on. */
  open(receiver: ChannelReceiver): void {
    this.#receiver = receiver;
    if (this.#end === "arrived") queueMicrotask(() => this.#read());
  }

  take(chunk: Buffer): void {
    if (this.#flow === "stopped") return;
    if (this.#isFed) {
      this.#waitingChunks ??= [];
      this.#waitingChunks.push(chunk);
    } else this.#feed(chunk);
    this.#read();
  }

  /** The stream has ended: no bytes follow. */
  end(): void {
    if (!this.ended) this.#end = "arrived";
    this.#read();
  }

  pause(): void {
    if (this.#flow === "stopped") return;
    this.#flow = "paused";
    this.#stream.pause();
  }

  resume(): void {
    if (this.#flow !== "paused") return;
    this.#flow = "flowing";
    this.#read();
    this.flow();
  }

  /** Lets bytes arrive, unless it is paused or there is nobody to read them to: then they would be lost. */
  flow(): void {
    if (this.#receiver && this.#flow === "flowing") this.#stream.resume();
  }

  /** From now on nothing is handed on. */
  stop(): void {
    this.#flow = "stopped";
    this.#waitingChunks = undefined;
  }

  /** As `stop`, where the stream goes on: bytes are read only to be thrown away. */
  discard(): void {
    this.stop();
    this.#stream.resume();
  }

  /** Hands on what arrived, until it is used up or somebody says stop. */
  #read(): void {
    const receiver = this.#receiver;
    // What a write brings must not pass through `send`.
    if (this.#writer.writing) process.nextTick(() => this.#read());
    if (this.#writer.writing || this.#reading || !receiver) return;
    this.#reading = true;
    while (this.#flow === "flowing") {
      let text: string | undefined;
      try {
        text = this.#decoder.next();
      } catch (error) {
        this.#reportViolation(error);
        continue;
      }
      if (text !== undefined) {
        this.#received++;
        receiver.message(text);
      } else if (!this.#feedNext()) break;
    }
    this.#reading = false;
    if (this.#end === "arrived" && this.#flow === "flowing") this.#tellEnd();
  }

  #feed(chunk: Buffer): void {
    this.#isFed = true;
    this.#decoder.feed(chunk);
  }

  /** The decoder has used up what it had; false when there is nothing more for it. */
  #feedNext(): boolean {
    this.#isFed = false;
    const chunk = this.#waitingChunks?.shift();
    if (chunk) this.#feed(chunk);
    else this.#waitingChunks = undefined;
    return this.#isFed;
  }

  #reportViolation(error: unknown): void {
    // Anything else is a fault of a framing; it must not pass for a message either.
    const violation = error instanceof FramingError ? error : new FramingError("not-a-frame", String(error));
    this.#receiver?.malformed(violation);
    if (violation.fatal) this.#channel.close();
  }

  #tellEnd(): void {
    this.#end = "told";
    const truncated = this.#decoder.end();
    if (truncated) this.#reportViolation(truncated);
    if (this.#flow !== "stopped") this.#receiver?.ended(this.#whyEnded?.());
  }
}
