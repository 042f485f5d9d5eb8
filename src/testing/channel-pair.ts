import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import { type LimitOptions, type Limits, resolveLimits, trusted } from "../protocol/limits.ts";

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
  const resolved = resolveLimits(limits, trusted);
  const here = new MemoryChannel(resolved);
  const there = new MemoryChannel(resolved);
  here.join(there);
  there.join(here);
  return [here, there];
}

/** One end of a {@link channelPair}. */
export class MemoryChannel implements Channel {
  readonly peer: Channel["peer"] = { transport: "memory" };
  readonly #limits: Limits;
  #other: MemoryChannel | undefined;
  #receiver: ChannelReceiver | undefined;

  #sent = 0;
  #handedOver = 0;
  #pressed = false;

  /** What the other end sent and this one has not taken; `undefined` stands for its end. */
  readonly #inbox: (string | undefined)[] = [];
  #inboxLength = 0;
  #deliveryDue = false;
  #paused = false;
  #ended = false;
  #state: "open" | "closing" | "closed" = "open";
  #reason: Error | undefined;
  #waiters: { readonly ordinal: number; resolve(): void; reject(reason: Error): void }[] = [];

  /** @internal */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @internal */
  join(other: MemoryChannel): void {
    this.#other = other;
  }

  get handedOver(): number {
    return this.#handedOver;
  }

  get queuedBytes(): number {
    return this.#other?.inboxLength ?? 0;
  }

  /** @internal */
  get inboxLength(): number {
    return this.#inboxLength;
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
    this.#other?.put(text);
    this.#handedOver = ordinal;
    this.#checkPressure();
    return ordinal;
  }

  handOver(): Promise<void> {
    if (this.#state === "closed") return Promise.reject(this.#reason ?? new Error("the channel is closed"));
    if (!this.#pressed) return Promise.resolve();
    const ordinal = this.#sent;
    return new Promise((resolve, reject) => this.#waiters.push({ ordinal, resolve, reject }));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverSoon();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#other?.put(undefined);
    // What still arrives is thrown away, which is as good as read.
    this.#paused = false;
    this.#deliverSoon();
    this.#finishWhenBothEnded();
  }

  destroy(reason?: Error): void {
    if (this.#state === "closed") return;
    this.#finish(reason);
    this.#other?.broken();
  }

  /** @internal */
  put(text: string | undefined): void {
    if (this.#state === "closed") return;
    this.#inbox.push(text);
    this.#inboxLength += text?.length ?? 0;
    this.#deliverSoon();
  }

  /** @internal */
  broken(): void {
    if (this.#state === "closed") return;
    const reason = new Error("the other end was destroyed");
    // Asynchronously, as a reset arrives on a socket.
    queueMicrotask(() => this.#finish(this.#state === "closing" ? undefined : reason));
  }

  /** @internal */
  taken(): void {
    if (!this.#pressed || this.queuedBytes >= this.#limits.queuedBytes / 2 || this.#state !== "open") return;
    this.#pressed = false;
    for (const waiter of this.#waiters.splice(0)) waiter.resolve();
    this.#receiver?.drained();
  }

  #checkPressure(): void {
    const queued = this.queuedBytes;
    if (queued <= this.#limits.queuedBytes) return;
    if (queued > this.#limits.maxQueuedBytes) {
      const reason = new Error(
        `the peer reads too slowly: more than ${this.#limits.maxQueuedBytes} bytes are queued`,
      );
      queueMicrotask(() => this.destroy(reason));
    } else if (!this.#pressed) {
      this.#pressed = true;
      this.#receiver?.pressed();
    }
  }

  #deliverSoon(): void {
    if (this.#deliveryDue || !this.#receiver) return;
    this.#deliveryDue = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#deliveryDue = false;
    while (this.#inbox.length > 0 && !this.#paused && this.#state !== "closed") {
      const text = this.#inbox.shift();
      this.#inboxLength -= text?.length ?? 0;
      if (text === undefined) this.#peerEnded();
      else if (this.#state === "open") this.#receiver?.message(text);
      this.#other?.taken();
    }
  }

  #peerEnded(): void {
    this.#ended = true;
    if (this.#state === "open") this.#receiver?.ended();
    this.#finishWhenBothEnded();
  }

  #finishWhenBothEnded(): void {
    if (this.#ended && this.#state === "closing") queueMicrotask(() => this.#finish(undefined));
  }

  #finish(reason: Error | undefined): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#reason = reason;
    this.#inbox.length = 0;
    this.#inboxLength = 0;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason ?? new Error("the channel is closed"));
    const receiver = this.#receiver;
    if (receiver) queueMicrotask(() => receiver.closed(reason));
  }
}
