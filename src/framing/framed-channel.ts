import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import { type LimitOptions, resolveLimits, untrusted } from "../protocol/limits.ts";
import type { PeerInfo } from "../service/peer.ts";
import { type FrameDecoder, type Framing, frameAll } from "./framing.ts";
import { FramingError } from "./framing-error.ts";
import { HandOvers } from "./hand-overs.ts";
import { LOT, Lots } from "./lots.ts";
import { netstring } from "./netstring.ts";
import { Pressure } from "./pressure.ts";
import { isAsciiText } from "./text.ts";

/** How a {@link FramedChannel} is made. */
export interface FramedChannelOptions {
  /** How texts are told apart. Default: netstrings. */
  readonly framing?: Framing;
  /** Default: the `untrusted` profile. */
  readonly limits?: LimitOptions;
  /** Who is on the other end, where the caller knows. Default: `{ transport: "stream" }`. */
  readonly peer?: PeerInfo;
  /** Asked when the stream has ended, where more can be known of why: a process has an exit status. */
  readonly whyEnded?: () => Error | undefined;
}

/* A write costs a system call, so texts are gathered and written together. The first write of a turn goes early, so
 * that the peer can start working while this side goes on; later ones grow. */
const FIRST_WRITE = 1_024;
const LARGEST_WRITE = 16 * 1_024;

/* How long to go on reading, and throwing away, after the last word was sent: closing a socket with unread bytes
 * resets it, and a reset can destroy the last word on its way. */
const LINGER_MS = 1_000;

/* What listens to a stream finds its channel by the stream. Functions of their own for each channel would be a twelfth of
 * all that an idle connection holds. */
const CHANNEL = Symbol("channel");

type Stream = Duplex & { [CHANNEL]?: FramedChannel };

/**
 * A channel over any Node.js `Duplex`: a socket, a TLS socket, a pipe pair.
 *
 * ```ts
 * const connection = new Connection(new FramedChannel(duplex), { service });
 * ```
 *
 * For a peer that half-closes to get its answers, the duplex must be made with `allowHalfOpen: true`.
 */
export class FramedChannel implements Channel {
  readonly peer: PeerInfo;

  readonly #duplex: Stream;
  readonly #framing: Framing;
  readonly #decoder: FrameDecoder;
  readonly #whyEnded: (() => Error | undefined) | undefined;
  #receiver: ChannelReceiver | undefined;

  /* Out. */
  #gathered = "";
  /** The texts in `#gathered`, for when their lengths in bytes turn out not to be those in characters. */
  #texts: string[] | undefined;
  /** What is left to be written of what was gathered before. */
  #lots: Lots | undefined;
  /** How many writes are done. */
  #written = 0;
  #writeAt = FIRST_WRITE;
  #flushDue = false;
  #sent = 0;
  /** The last text that was gathered: those sent while the channel is closing never are. */
  #taken = 0;
  #handedOver = 0;
  #handOvers: HandOvers | undefined;
  readonly #pressure: Pressure;
  /** A write to something in memory can bring the answer before it returns, which must not pass through `send`. */
  #writing = false;

  /* In. */
  /** Whether the decoder has what it may not have used up. */
  #isFed = false;
  /** What arrived and could not be read at once. Made when that happens: on an idle channel it would be large. */
  #waitingChunks: Buffer[] | undefined;
  #received = 0;
  #paused = false;
  #reading = false;
  /** The peer's end arrived; the receiver was told, behind all that had arrived before it. */
  #ended = false;
  #endReported = false;

  /** open → closing (what was sent goes out; what arrives is thrown away) → destroyed → closed. */
  #state: "open" | "closing" | "destroyed" | "closed" = "open";
  #ending = false;
  #reason: Error | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(duplex: Duplex, options: FramedChannelOptions = {}) {
    this.#duplex = duplex;
    this.#framing = options.framing ?? netstring;
    const limits = resolveLimits(options.limits, untrusted);
    this.#decoder = this.#framing.decoder(limits.messageBytes);
    this.#pressure = new Pressure(limits);
    this.peer = options.peer ?? { transport: "stream" };
    this.#whyEnded = options.whyEnded;
    this.#duplex[CHANNEL] = this;
    // All but the data is heard from the start: it may happen before anyone calls `open`, and only once.
    duplex.on("error", FramedChannel.#listeners.error);
    duplex.on("end", FramedChannel.#listeners.end);
    duplex.on("close", FramedChannel.#listeners.close);
    this.#ended = duplex.readableEnded;
    if (duplex.closed) this.#onClose();
  }

  get handedOver(): number {
    return this.#handedOver;
  }

  get queuedBytes(): number {
    // Characters again; for the worst of scripts the bytes are three times as many.
    return this.#gathered.length + (this.#lots?.length ?? 0) + this.#duplex.writableLength;
  }

  get taken(): number {
    return this.#written;
  }

  get arriving(): number {
    return this.#decoder.begun && !this.#paused ? this.#received + 1 : 0;
  }

  open(receiver: ChannelReceiver): void {
    if (this.#receiver) throw new Error("this channel was opened before");
    this.#receiver = receiver;
    if (this.#state === "closed") queueMicrotask(() => receiver.closed(this.#reason));
    if (this.#state !== "open") return;
    if (this.#ended) queueMicrotask(() => this.#read());
    this.#duplex.on("data", FramedChannel.#listeners.data);
    if (!this.#paused) this.#duplex.resume();
  }

  send(text: string): number {
    const ordinal = ++this.#sent;
    if (this.#state !== "open") return ordinal;
    this.#taken = ordinal;
    // Characters are taken for bytes here, and checked once a write: most messages are ASCII.
    this.#gathered += this.#framing.frame(text, text.length);
    this.#texts ??= [];
    this.#texts.push(text);
    if (this.#gathered.length >= this.#writeAt) this.#write();
    if (!this.#flushDue) {
      this.#flushDue = true;
      process.nextTick(FramedChannel.#flush, this);
    }
    return ordinal;
  }

  handOver(): Promise<void> {
    if (this.#handedOver === this.#sent) return Promise.resolve();
    if (this.#taken !== this.#sent || this.#state === "destroyed" || this.#state === "closed") {
      return Promise.reject(this.#reason ?? new Error("the channel is closed"));
    }
    this.#handOvers ??= new HandOvers();
    return this.#handOvers.of(this.#sent);
  }

  pause(): void {
    if (this.#state !== "open") return;
    this.#paused = true;
    this.#duplex.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // Bytes that flow before `open` would be lost.
    if (!this.#receiver) return;
    this.#read();
    if (!this.#paused) this.#duplex.resume();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#write();
    this.#waitingChunks = undefined;
    this.#paused = false;
    // From here on bytes are read only to be thrown away.
    this.#duplex.resume();
    this.#endWhenWritten();
  }

  destroy(reason?: Error): void {
    if (this.#state === "closed") return;
    this.#reason ??= reason;
    this.#state = "destroyed";
    this.#duplex.destroy();
  }

  /** Writes what is gathered, unless the last write is still on its way: then its end writes this. */
  #write(): void {
    if (this.#gathered === "") return;
    const duplex = this.#duplex;
    if (duplex.writableLength > 0 || this.#lots || !duplex.writable) {
      this.#checkPressure();
      return;
    }
    const [gathered, texts] = [this.#gathered, this.#texts ?? []];
    this.#gathered = "";
    this.#texts = undefined;
    this.#writeAt = Math.min(this.#writeAt * 2, LARGEST_WRITE);
    this.#handedOver = this.#taken;
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
    while (this.#lots && this.#duplex.writableLength === 0 && this.#duplex.writable) {
      const lot = this.#lots.take();
      if (this.#lots.isEmpty) this.#lots = undefined;
      this.#writeOne(lot, "latin1");
    }
  }

  #writeOne(bytes: string | Buffer, encoding: "latin1" | "utf8"): void {
    this.#writing = true;
    this.#duplex.write(bytes, encoding, this.#onWritten);
    this.#writing = false;
  }

  /* One for all channels, as an idle one should cost little: no function is made that may not be needed. */
  static #flush(channel: FramedChannel): void {
    channel.#flushDue = false;
    channel.#writeAt = FIRST_WRITE;
    channel.#write();
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (error || this.#state === "destroyed" || this.#state === "closed") return;
    this.#written++;
    if (this.#lots) this.#writeLots();
    this.#write();
    if (this.#state === "closing") this.#endWhenWritten();
    else this.#pressure.fall(this.queuedBytes, this.#receiver);
  };

  #checkPressure(): void {
    if (this.#state !== "open") return;
    const tooMuch = this.#pressure.rise(this.queuedBytes, this.#receiver);
    if (tooMuch) this.destroy(tooMuch);
  }

  #endWhenWritten(): void {
    if (this.#ending || ((this.#gathered !== "" || this.#lots) && this.#duplex.writable)) return;
    this.#ending = true;
    this.#duplex.end(() => this.#finished());
  }

  #finished(): void {
    if (this.#ended) this.#duplex.destroy();
    else if (this.#state === "closing") {
      this.#linger = setTimeout(() => this.#duplex.destroy(), LINGER_MS);
      this.#linger.unref();
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#state !== "open") return;
    if (this.#isFed) {
      this.#waitingChunks ??= [];
      this.#waitingChunks.push(chunk);
    } else this.#feed(chunk);
    this.#read();
  }

  /** Hands on what arrived, until it is used up or somebody says stop. */
  #read(): void {
    const receiver = this.#receiver;
    if (this.#writing) process.nextTick(() => this.#read());
    if (this.#writing || this.#reading || !receiver) return;
    this.#reading = true;
    while (!this.#paused && this.#state === "open") {
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
    if (this.#ended && !this.#endReported && !this.#paused && this.#state === "open") this.#reportEnd();
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
    if (violation.fatal) this.close();
  }

  #reportEnd(): void {
    this.#endReported = true;
    const truncated = this.#decoder.end();
    if (truncated) this.#reportViolation(truncated);
    if (this.#state === "open") this.#receiver?.ended(this.#whyEnded?.());
  }

  #onEnd(): void {
    this.#ended = true;
    if (this.#state !== "closing") this.#read();
    else if (this.#duplex.writableFinished) this.#duplex.destroy();
  }

  #onClose(): void {
    clearTimeout(this.#linger);
    this.#reason ??= this.#duplex.errored ?? undefined;
    if (this.#state === "open" && !this.#endReported) this.#reason ??= new Error("the stream was closed underneath");
    this.#state = "closed";
    this.#gathered = "";
    this.#texts = undefined;
    this.#lots = undefined;
    this.#waitingChunks = undefined;
    this.#handOvers?.lost(this.#reason);
    this.#receiver?.closed(this.#reason);
  }

  static readonly #listeners = {
    data(this: Stream, chunk: Buffer): void {
      channelOf(this).#onData(chunk);
    },
    end(this: Stream): void {
      channelOf(this).#onEnd();
    },
    /** A TLS socket that allows half-open connections, for one, does not destroy itself where it fails. */
    error(this: Stream, error: Error): void {
      channelOf(this).destroy(error);
    },
    close(this: Stream): void {
      channelOf(this).#onClose();
    },
  };
}

function channelOf(stream: Stream): FramedChannel {
  return stream[CHANNEL] as FramedChannel;
}
