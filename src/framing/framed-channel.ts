import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import { type LimitOptions, type Limits, resolveLimits, untrusted } from "../protocol/limits.ts";
import type { PeerInfo } from "../service/peer.ts";
import type { FrameDecoder, Framing } from "./framing.ts";
import { FramingError } from "./framing-error.ts";
import { netstring } from "./netstring.ts";

/** How a {@link FramedChannel} is made. */
export interface FramedChannelOptions {
  /** How texts are told apart. Default: netstrings. */
  readonly framing?: Framing;
  /** Default: the `untrusted` profile. */
  readonly limits?: LimitOptions;
  /** Who is on the other end, where the caller knows. Default: `{ transport: "stream" }`. */
  readonly peer?: PeerInfo;
}

/*
 * A write costs a system call, so texts are gathered and written together. The first write of a turn goes early, so
 * that the peer can start working while this side goes on; later ones grow.
 */
const FIRST_WRITE = 1_024;
const LARGEST_WRITE = 16 * 1_024;

/* How long to go on reading, and throwing away, after the last word was sent: closing a socket with unread bytes
 * resets it, and a reset can destroy the last word on its way. */
const LINGER_MS = 1_000;

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

  readonly #duplex: Duplex;
  readonly #framing: Framing;
  readonly #limits: Limits;
  readonly #decoder: FrameDecoder;
  #receiver: ChannelReceiver | undefined;

  /* Out. */
  #gathered = "";
  /** The texts in `#gathered`, for when their lengths in bytes turn out not to be those in characters. */
  #texts: string[] = [];
  #writeAt = FIRST_WRITE;
  #flushDue = false;
  #sent = 0;
  #handedOver = 0;
  #handOvers: HandOver | undefined;
  #pressed = false;

  /* In. */
  readonly #waitingChunks: Buffer[] = [];
  #paused = false;
  #reading = false;

  /** open → closing (what was sent goes out; what arrives is thrown away) → closed. */
  #state: "open" | "closing" | "closed" = "open";
  #ended = false;
  #reason: Error | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(duplex: Duplex, options: FramedChannelOptions = {}) {
    this.#duplex = duplex;
    this.#framing = options.framing ?? netstring;
    this.#limits = resolveLimits(options.limits, untrusted);
    this.#decoder = this.#framing.decoder(this.#limits.messageBytes);
    this.peer = options.peer ?? { transport: "stream" };
    duplex.on("error", this.#onError);
    duplex.on("close", this.#onClose);
  }

  get handedOver(): number {
    return this.#handedOver;
  }

  get queuedBytes(): number {
    return this.#gathered.length + this.#duplex.writableLength;
  }

  open(receiver: ChannelReceiver): void {
    if (this.#receiver) throw new Error("this channel was opened before");
    this.#receiver = receiver;
    if (this.#state === "closed") {
      queueMicrotask(() => receiver.closed(this.#reason));
      return;
    }
    this.#duplex.on("end", this.#onEnd);
    this.#duplex.on("data", this.#onData);
  }

  send(text: string): number {
    const ordinal = ++this.#sent;
    if (this.#state !== "open") return ordinal;
    // Characters are taken for bytes here, and checked once a write: most messages are ASCII.
    this.#gathered += this.#framing.frame(text, text.length);
    this.#texts.push(text);
    if (this.#gathered.length >= this.#writeAt) this.#write();
    if (!this.#flushDue) {
      this.#flushDue = true;
      process.nextTick(this.#flush);
    }
    return ordinal;
  }

  handOver(): Promise<void> {
    if (this.#handedOver === this.#sent) return Promise.resolve();
    if (this.#state === "closed") return Promise.reject(this.#reason ?? new Error("the channel is closed"));
    this.#handOvers ??= newHandOver();
    return this.#handOvers.promise;
  }

  pause(): void {
    this.#paused = true;
    this.#duplex.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#read();
    if (!this.#paused) this.#duplex.resume();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#write();
    this.#state = "closing";
    this.#waitingChunks.length = 0;
    this.#paused = false;
    // From here on bytes are read only to be thrown away.
    this.#duplex.resume();
    this.#endWhenWritten();
  }

  destroy(reason?: Error): void {
    this.#reason ??= reason;
    this.#duplex.destroy();
  }

  /** Writes what is gathered, unless the last write is still on its way: then its end writes this. */
  #write(): void {
    if (this.#gathered === "") return;
    const duplex = this.#duplex;
    if (duplex.writableLength > 0) {
      this.#checkPressure();
      return;
    }
    const gathered = this.#gathered;
    const ascii = Buffer.byteLength(gathered) === gathered.length;
    const bytes = ascii ? gathered : this.#reframe();
    this.#gathered = "";
    this.#texts = [];
    this.#writeAt = Math.min(this.#writeAt * 2, LARGEST_WRITE);
    duplex.write(bytes, ascii ? "latin1" : "utf8", this.#onWritten);
    this.#handedOver = this.#sent;
    if (this.#handOvers) {
      this.#handOvers.resolve();
      this.#handOvers = undefined;
    }
    this.#checkPressure();
  }

  /** The gathered texts framed anew, with their lengths in bytes. */
  #reframe(): string {
    let framed = "";
    for (const text of this.#texts) framed += this.#framing.frame(text, Buffer.byteLength(text));
    return framed;
  }

  readonly #flush = (): void => {
    this.#flushDue = false;
    this.#writeAt = FIRST_WRITE;
    this.#write();
  };

  readonly #onWritten = (error?: Error | null): void => {
    if (error || this.#state === "closed") return;
    this.#write();
    if (this.#state === "closing") this.#endWhenWritten();
    else if (this.#pressed && this.queuedBytes < this.#limits.queuedBytes / 2) {
      this.#pressed = false;
      this.#receiver?.drained();
    }
  };

  #checkPressure(): void {
    const queued = this.queuedBytes;
    if (queued <= this.#limits.queuedBytes || this.#state !== "open") return;
    if (queued > this.#limits.maxQueuedBytes) {
      this.destroy(
        new Error(`the peer reads too slowly: more than ${this.#limits.maxQueuedBytes} bytes are queued`),
      );
    } else if (!this.#pressed) {
      this.#pressed = true;
      this.#receiver?.pressed();
    }
  }

  #endWhenWritten(): void {
    if (this.#gathered === "" && !this.#duplex.writableEnded) this.#duplex.end(this.#onFinished);
  }

  readonly #onFinished = (): void => {
    if (this.#ended) this.#duplex.destroy();
    else if (this.#state === "closing") {
      this.#linger = setTimeout(() => this.#duplex.destroy(), LINGER_MS);
      this.#linger.unref();
    }
  };

  readonly #onData = (chunk: Buffer): void => {
    if (this.#state !== "open") return;
    this.#waitingChunks.push(chunk);
    this.#read();
  };

  /** Hands on what arrived, until it is used up or somebody says stop. */
  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    const decoder = this.#decoder;
    const receiver = this.#receiver as ChannelReceiver;
    while (!this.#paused && this.#state === "open") {
      try {
        const text = decoder.next();
        if (text !== undefined) {
          receiver.message(text);
          continue;
        }
      } catch (error) {
        this.#reportViolation(error);
        continue;
      }
      const chunk = this.#waitingChunks.shift();
      if (!chunk) break;
      decoder.feed(chunk);
    }
    this.#reading = false;
  }

  #reportViolation(error: unknown): void {
    // Anything else is a fault of a framing; it must not pass for a message either.
    const violation = error instanceof FramingError ? error : new FramingError("not-a-frame", String(error));
    this.#receiver?.malformed(violation);
    if (violation.fatal) this.close();
  }

  readonly #onEnd = (): void => {
    this.#ended = true;
    if (this.#state === "closing") {
      if (this.#duplex.writableFinished) this.#duplex.destroy();
      return;
    }
    const truncated = this.#decoder.end();
    if (truncated) this.#reportViolation(truncated);
    this.#receiver?.ended();
  };

  readonly #onError = (error: Error): void => {
    this.#reason ??= error;
  };

  readonly #onClose = (): void => {
    clearTimeout(this.#linger);
    this.#state = "closed";
    this.#gathered = "";
    this.#texts = [];
    this.#waitingChunks.length = 0;
    this.#handOvers?.reject(this.#reason ?? new Error("the channel is closed"));
    this.#handOvers = undefined;
    this.#receiver?.closed(this.#reason);
  };
}

interface HandOver {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

function newHandOver(): HandOver {
  let resolve!: () => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever asked is told; nobody else has to hear of it.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
