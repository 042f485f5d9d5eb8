import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import type { Limits } from "../protocol/limits.ts";
import { type Framing, frameAll } from "./framing.ts";
import { HandOvers } from "./hand-overs.ts";
import { LOT, Lots } from "./lots.ts";
import { Pressure } from "./pressure.ts";
import { isAsciiText } from "./text.ts";
import { FIRST_WRITE, LARGEST_WRITE } from "./write-sizes.ts";

/**
 * What goes out of a channel over a stream: gathers texts and writes them in frames, knows what was handed over and how
 * much is queued, and ends the stream behind the last of them.
 *
 * Its life: open → ending (what was gathered still goes out) → ended; from anywhere → stopped (nothing goes out any more).
 */
export class FrameWriter {
  readonly #stream: Duplex;
  readonly #framing: Framing;
  readonly #channel: Pick<Channel, "destroy">;
  readonly #limits: Limits;
  #receiver: ChannelReceiver | undefined;
  #state: "open" | "ending" | "ended" | "stopped" = "open";
  #whenEnded: (() => void) | undefined;

  #gathered = "";
  /** The texts in `#gathered`, for when their lengths in bytes turn out not to be those in characters. */
  #texts: string[] | undefined;
  /** What is left to be written of what was gathered before. */
  #lots: Lots | undefined;
  #writeAt = FIRST_WRITE;
  #flushDue = false;
  #writing = false;
  #added = 0;
  #handedOver = 0;
  #written = 0;
  /* Made when they are needed: on most channels they never are. */
  #handOvers: HandOvers | undefined;
  #pressure: Pressure | undefined;

  /** @param channel - is destroyed when too much is queued */
  constructor(stream: Duplex, framing: Framing, limits: Limits, channel: Pick<Channel, "destroy">) {
    this.#stream = stream;
    this.#framing = framing;
    this.#limits = limits;
    this.#channel = channel;
  }

  /** How many texts were added. */
  get added(): number {
    return this.#added;
  }

  /** How many of them were handed over. */
  get handedOver(): number {
    return this.#handedOver;
  }

  /** How many writes are done. */
  get written(): number {
    return this.#written;
  }

  get queuedBytes(): number {
    // Characters again; for the worst of scripts the bytes are three times as many.
    return this.#gathered.length + (this.#lots?.length ?? 0) + this.#stream.writableLength;
  }

  /** Whether the stream is being written to. A write to something in memory can bring the answer before it returns. */
  get writing(): boolean {
    return this.#writing;
  }

  /** @param receiver - hears of the pressure from now on */
  open(receiver: ChannelReceiver): void {
    this.#receiver = receiver;
  }

  /** Gathers a text, to be written with others of this turn. Only while it is open. */
  add(text: string): void {
    this.#added++;
    // Characters are taken for bytes here, and checked once a write: most messages are ASCII.
    this.#gathered += this.#framing.frame(text, text.length);
    this.#texts ??= [];
    this.#texts.push(text);
    if (this.#gathered.length >= this.#writeAt) this.#write();
    if (!this.#flushDue) {
      this.#flushDue = true;
      process.nextTick(FrameWriter.#flush, this);
    }
  }

  /**
   * Resolves when all that is gathered is handed over, of which there must be something: that happens to all of it at once, so
   * those who ask meanwhile get the same promise.
   */
  handOver(): Promise<void> {
    this.#handOvers ??= new HandOvers();
    return this.#handOvers.of(this.#handedOver + 1);
  }

  /** Ends the stream behind all that was added. */
  end(whenEnded: () => void): void {
    this.#state = "ending";
    this.#whenEnded = whenEnded;
    this.#write();
    this.#endWhenWritten();
  }

  /** From now on nothing is written. */
  stop(): void {
    this.#state = "stopped";
  }

  /** The stream is gone, and with it what was not handed over. */
  lose(reason: Error | undefined): void {
    this.stop();
    this.#gathered = "";
    this.#texts = undefined;
    this.#lots = undefined;
    this.#handOvers?.lost(reason);
  }

  /* One for all channels, as an idle one should cost little: no function is made that may not be needed. */
  static #flush(writer: FrameWriter): void {
    writer.#flushDue = false;
    writer.#write();
    writer.#writeAt = FIRST_WRITE;
  }

  /** Writes what is gathered, unless the last write is still on its way: then its end writes this. */
  #write(): void {
    if (this.#gathered === "") return;
    const stream = this.#stream;
    if (stream.writableLength > 0 || this.#lots || !stream.writable) {
      this.#checkPressure();
      return;
    }
    const [gathered, texts] = [this.#gathered, this.#texts ?? []];
    this.#gathered = "";
    this.#texts = undefined;
    this.#writeAt = Math.min(this.#writeAt * 2, LARGEST_WRITE);
    this.#handedOver = this.#added;
    this.#handOvers?.reached(this.#handedOver);
    if (gathered.length > LOT) {
      this.#lots = new Lots(this.#framing, texts, gathered.length);
      this.#writeLots();
    } else if (isAsciiText(gathered)) this.#writeOne(gathered, "latin1");
    else this.#writeOne(frameAll(this.#framing, texts), "utf8");
    this.#checkPressure();
  }

  /** Writes lots, as far as the stream takes them at once. */
  #writeLots(): void {
    while (this.#lots && this.#stream.writableLength === 0 && this.#stream.writable) {
      const lot = this.#lots.take();
      if (this.#lots.isEmpty) this.#lots = undefined;
      this.#writeOne(lot, "latin1");
    }
  }

  #writeOne(bytes: string | Buffer, encoding: "latin1" | "utf8"): void {
    this.#writing = true;
    this.#stream.write(bytes, encoding, (error) => this.#onWritten(error));
    this.#writing = false;
  }

  #onWritten(error: Error | null | undefined): void {
    if (error || this.#state === "stopped") return;
    this.#written++;
    if (this.#lots) this.#writeLots();
    this.#write();
    if (this.#state === "open") this.#pressure?.fall(this.queuedBytes, this.#receiver);
    else this.#endWhenWritten();
  }

  #checkPressure(): void {
    const { queuedBytes } = this;
    if (queuedBytes <= this.#limits.queuedBytes || this.#state !== "open") return;
    this.#pressure ??= new Pressure(this.#limits);
    const tooMuch = this.#pressure.rise(queuedBytes, this.#receiver);
    if (tooMuch) this.#channel.destroy(tooMuch);
  }

  #endWhenWritten(): void {
    if (this.#state !== "ending" || ((this.#gathered !== "" || this.#lots) && this.#stream.writable)) return;
    this.#state = "ended";
    this.#stream.end(this.#whenEnded);
  }
}
