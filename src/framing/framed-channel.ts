import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import { type LimitOptions, resolveLimits, untrusted } from "../protocol/limits.ts";
import type { PeerInfo } from "../service/peer.ts";
import { FrameReader } from "./frame-reader.ts";
import { FrameWriter } from "./frame-writer.ts";
import type { Framing } from "./framing.ts";
import { netstring } from "./netstring.ts";

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

  /* It listens to the stream, and keeps the life of what goes out and what comes in. */
  readonly #duplex: Stream;
  readonly #writer: FrameWriter;
  readonly #reader: FrameReader;
  #receiver: ChannelReceiver | undefined;
  #sent = 0;

  /** open → closing (what was sent goes out; what arrives is thrown away) → destroyed → closed. */
  #state: "open" | "closing" | "destroyed" | "closed" = "open";
  #reason: Error | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(duplex: Duplex, options: FramedChannelOptions = {}) {
    const { framing = netstring, peer = { transport: "stream" }, whyEnded } = options;
    const limits = resolveLimits(options.limits, untrusted);
    this.peer = peer;
    this.#duplex = duplex;
    this.#writer = new FrameWriter(duplex, framing, limits, this);
    const decoder = framing.decoder(limits.messageBytes);
    this.#reader = new FrameReader(duplex, { decoder, writer: this.#writer, channel: this, whyEnded });
    this.#duplex[CHANNEL] = this;
    // All but the data is heard from the start: it may happen before anyone calls `open`, and only once.
    duplex.on("error", FramedChannel.#listeners.error);
    duplex.on("end", FramedChannel.#listeners.end);
    duplex.on("close", FramedChannel.#listeners.close);
    if (duplex.closed) this.#onClose();
  }

  get handedOver(): number {
    return this.#writer.handedOver;
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes;
  }

  get taken(): number {
    return this.#writer.written;
  }

  get arriving(): number {
    return this.#reader.arriving;
  }

  open(receiver: ChannelReceiver): void {
    if (this.#receiver) throw new Error("this channel was opened before");
    this.#receiver = receiver;
    if (this.#state === "closed") queueMicrotask(() => receiver.closed(this.#reason));
    if (this.#state !== "open") return;
    this.#writer.open(receiver);
    this.#reader.open(receiver);
    this.#duplex.on("data", FramedChannel.#listeners.data);
    this.#reader.flow();
  }

  send(text: string): number {
    const ordinal = ++this.#sent;
    // Those that are sent while it closes are counted and no more.
    if (this.#state === "open") this.#writer.add(text);
    return ordinal;
  }

  handOver(): Promise<void> {
    const { handedOver, added } = this.#writer;
    if (handedOver === this.#sent) return Promise.resolve();
    if (added !== this.#sent || this.#state === "destroyed" || this.#state === "closed") {
      return Promise.reject(this.#reason ?? new Error("the channel is closed"));
    }
    return this.#writer.handOver();
  }

  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    this.#reader.resume();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#reader.discard();
    this.#writer.end(() => this.#onWriterEnd());
  }

  destroy(reason?: Error): void {
    if (this.#state === "closed") return;
    this.#reason ??= reason;
    this.#state = "destroyed";
    this.#reader.stop();
    this.#writer.stop();
    this.#duplex.destroy();
  }

  #onWriterEnd(): void {
    if (this.#reader.ended) this.#duplex.destroy();
    else if (this.#state === "closing") {
      this.#linger = setTimeout(() => this.#duplex.destroy(), LINGER_MS);
      this.#linger.unref();
    }
  }

  #onEnd(): void {
    // First, since whoever hears of the end may close the channel, and that has its own way to end the stream.
    if (this.#state === "closing" && this.#duplex.writableFinished) this.#duplex.destroy();
    this.#reader.end();
  }

  #onClose(): void {
    clearTimeout(this.#linger);
    this.#reason ??= this.#duplex.errored ?? undefined;
    if (this.#state === "open" && !this.#reader.toldEnd) this.#reason ??= new Error("the stream was closed underneath");
    this.#state = "closed";
    this.#reader.stop();
    this.#writer.lose(this.#reason);
    this.#receiver?.closed(this.#reason);
  }

  static readonly #listeners = {
    data(this: Stream, chunk: Buffer): void {
      channelOf(this).#reader.take(chunk);
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
