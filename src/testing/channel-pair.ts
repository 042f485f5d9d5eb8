import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import { LimitError } from "../protocol/errors/limit-error.ts";
import { type LimitOptions, type Limits, resolveLimits, trusted } from "../protocol/limits.ts";
import { TextQueue } from "./text-queue.ts";

/**
 * Two channels in memory, each the other's peer: what one sends the other gets, some microtasks later.
 *
 * ```ts
 * const [here, there] = channelPair();
 * const server = new Connection(there, { service });
 * const client = new Connection(here);
 * ```
 *
 * @param limits - of `queuedBytes` and `maxQueuedBytes`, which count what the other side has not taken yet. Default:
 * the `trusted` profile
 */
export function channelPair(limits?: LimitOptions): [MemoryChannel, MemoryChannel] {
  return MemoryChannel.pair(resolveLimits(limits, trusted));
}

/* How many characters are on their way at once, as in the buffers of a system's sockets: these are handed over. */
const WIRE = 64 * 1_024;

interface Waiter {
  readonly ordinal: number;
  resolve(): void;
  reject(reason: Error): void;
}

/** One end of a {@link channelPair}. */
export class MemoryChannel implements Channel {
  readonly peer: Channel["peer"] = { transport: "memory" };
  readonly #limits: Limits;
  #other: MemoryChannel;
  #receiver: ChannelReceiver | undefined;

  /* Out. */
  readonly #outbox = new TextQueue();
  #sent = 0;
  /** The last text that went into the outbox: those sent while the channel is closing never do. */
  #taken = 0;
  #handedOver = 0;
  #flushDue = false;
  #pressed = false;
  #endSent = false;
  #waiters: Waiter[] = [];

  /* In. */
  readonly #inbox = new TextQueue();
  #deliveryDue = false;
  #paused = false;
  /** The other end will send no more; the receiver was told so, behind all that came before. */
  #endArrived = false;
  #ended = false;

  /** open → closing (what was sent goes out; what arrives is thrown away) → closed. */
  #state: "open" | "closing" | "closed" = "open";
  #reason: Error | undefined;

  private constructor(limits: Limits) {
    this.#limits = limits;
    this.#other = this;
  }

  /** @internal */
  static pair(limits: Limits): [MemoryChannel, MemoryChannel] {
    const here = new MemoryChannel(limits);
    const there = new MemoryChannel(limits);
    here.#other = there;
    there.#other = here;
    return [here, there];
  }

  get handedOver(): number {
    return this.#handedOver;
  }

  get queuedBytes(): number {
    return this.#outbox.length + this.#other.#inbox.length;
  }

  open(receiver: ChannelReceiver): void {
    if (this.#receiver) throw new Error("this channel was opened before");
    this.#receiver = receiver;
    if (this.#state === "closed") queueMicrotask(() => receiver.closed(this.#reason));
    else this.#deliverSoon();
  }

  send(text: string): number {
    const ordinal = ++this.#sent;
    if (this.#state !== "open") return ordinal;
    this.#taken = ordinal;
    this.#outbox.push(text);
    this.#flushSoon();
    this.#checkPressure();
    return ordinal;
  }

  handOver(): Promise<void> {
    if (this.#handedOver === this.#sent) return Promise.resolve();
    if (this.#taken !== this.#sent || this.#state === "closed") {
      return Promise.reject(this.#reason ?? new Error("the channel is closed"));
    }
    const ordinal = this.#sent;
    return new Promise((resolve, reject) => this.#waiters.push({ ordinal, resolve, reject }));
  }

  pause(): void {
    if (this.#state === "open") this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverSoon();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    // What still arrives is thrown away, which is as good as read.
    this.#paused = false;
    this.#deliverSoon();
    this.#flushSoon();
  }

  destroy(reason?: Error): void {
    if (this.#state === "closed") return;
    this.#finish(reason);
    this.#other.#breakSoon("the other end was destroyed");
  }

  #flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    queueMicrotask(() => {
      this.#flushDue = false;
      this.#flush();
    });
  }

  /** Puts on the way what has room there. */
  #flush(): void {
    if (this.#state === "closed") return;
    const other = this.#other;
    if (other.#state === "closed") {
      if (this.#outbox.isEmpty) this.#endWhenDone();
      else this.#breakSoon("the other end is closed");
      return;
    }
    while (!this.#outbox.isEmpty && other.#inbox.length < WIRE) {
      other.#inbox.push(this.#outbox.shift() as string);
      this.#handedOver++;
    }
    other.#deliverSoon();
    while (this.#waiters[0] && this.#waiters[0].ordinal <= this.#handedOver) this.#waiters.shift()?.resolve();
    this.#endWhenDone();
  }

  #endWhenDone(): void {
    if (this.#state !== "closing" || !this.#outbox.isEmpty) return;
    const other = this.#other;
    if (!this.#endSent) {
      this.#endSent = true;
      other.#endArrived = true;
      other.#deliverSoon();
    }
    if (other.#ended || other.#state === "closed") this.#finish(undefined);
  }

  #deliverSoon(): void {
    if (this.#deliveryDue || !this.#receiver) return;
    this.#deliveryDue = true;
    queueMicrotask(() => {
      this.#deliveryDue = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (!this.#inbox.isEmpty && !this.#paused && this.#state !== "closed") {
      const text = this.#inbox.shift() as string;
      if (this.#state === "open") this.#receiver?.message(text);
      this.#other.#wasRead();
    }
    if (!this.#endArrived || this.#ended || this.#paused || !this.#inbox.isEmpty) return;
    this.#ended = true;
    if (this.#state === "open") this.#receiver?.ended();
    this.#other.#endWhenDone();
  }

  #wasRead(): void {
    if (!this.#outbox.isEmpty) this.#flush();
    if (!this.#pressed || this.#state !== "open" || this.queuedBytes >= this.#limits.queuedBytes / 2) return;
    this.#pressed = false;
    this.#receiver?.drained();
  }

  #checkPressure(): void {
    const queued = this.queuedBytes;
    const { queuedBytes, maxQueuedBytes } = this.#limits;
    if (queued <= queuedBytes) return;
    if (queued > maxQueuedBytes) {
      const message = `the peer reads too slowly: more than ${maxQueuedBytes} bytes are queued`;
      this.destroy(new LimitError("maxQueuedBytes", maxQueuedBytes, message));
    } else if (!this.#pressed) {
      this.#pressed = true;
      this.#receiver?.pressed();
    }
  }

  /** Asynchronously, as a reset arrives on a socket. */
  #breakSoon(why: string): void {
    queueMicrotask(() => {
      const orderly = this.#state === "closing" && this.#outbox.isEmpty;
      this.#finish(orderly ? undefined : new Error(why));
    });
  }

  #finish(reason: Error | undefined): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#reason = reason;
    this.#outbox.clear();
    this.#inbox.clear();
    const receiver = this.#receiver;
    if (receiver) queueMicrotask(() => receiver.closed(reason));
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason ?? new Error("the channel is closed"));
  }
}
