import type { Channel, ChannelReceiver } from "../connection/channel.ts";
import { Gathered } from "../framing/gathered.ts";
import { HandOvers } from "../framing/hand-overs.ts";
import { Pressure } from "../framing/pressure.ts";
import { FIRST_POST } from "../framing/write-sizes.ts";
import { LimitError } from "../protocol/errors/limit-error.ts";
import { isLongerThan, type LimitOptions, type Limits } from "../protocol/limits.ts";
import type { PeerInfo } from "../service/peer.ts";
import { type Arrival, Arrivals, lengthOf } from "./arrivals.ts";
import { acknowledged, CUT, END, HELLO, isControl } from "./control.ts";
import { FarEnd } from "./far-end.ts";
import type { PortWire, WireEvents } from "./port-wire.ts";
import { soon } from "./soon.ts";
import { PortViolation } from "./violation.ts";

/** How a channel over a port is made. */
export interface PortChannelOptions {
  /** Of `messageBytes`, `queuedBytes` and `maxQueuedBytes`. Default: the `trusted` profile. */
  readonly limits?: LimitOptions;
}

/**
 * A channel over a port: a `MessagePort`, a worker, a process with an IPC channel, a window.
 *
 * Texts count as handed over when they were posted. A port has no end of one direction: what is owed to a peer that has
 * ended cannot be sent any more, so `ended` is followed by `closed` without waiting for anyone.
 */
export class PortChannel implements Channel, WireEvents {
  readonly peer: PeerInfo;

  readonly #wire: PortWire;
  /** Gone when it has ended; what arrived before may have to be delivered yet. */
  readonly #farEnd: FarEnd;
  readonly #limits: Limits;
  #receiver: ChannelReceiver | undefined;

  /* Out. */
  readonly #gathered = new Gathered(FIRST_POST);
  #flushDue = false;
  #sent = 0;
  /** The last text that was gathered: those sent while the channel is closing never are. */
  #taken = 0;
  #handedOver = 0;
  readonly #handOvers = new HandOvers();
  readonly #pressure: Pressure;
  #endSaid = false;

  /* In. */
  readonly #arrived = new Arrivals();
  #paused = false;
  #delivering = false;

  /** open → closing (what was sent goes out; what arrives is thrown away) → closed. */
  #state: "open" | "closing" | "closed" = "open";
  #reason: Error | undefined;

  /** @param wire - from here on the channel's */
  constructor(wire: PortWire, limits: Limits, peer: PeerInfo) {
    this.#wire = wire;
    this.#farEnd = new FarEnd(wire);
    this.#limits = limits;
    this.#pressure = new Pressure(limits);
    this.peer = peer;
    try {
      wire.start(this);
    } catch (error) {
      wire.close();
      throw error;
    }
    this.#farEnd.greet();
  }

  get handedOver(): number {
    return this.#handedOver;
  }

  get queuedBytes(): number {
    // Characters; for the worst of scripts the bytes are three times as many.
    return this.#gathered.length;
  }

  open(receiver: ChannelReceiver): void {
    if (this.#receiver) throw new Error("this channel was opened before");
    this.#receiver = receiver;
    if (this.#state === "closed") queueMicrotask(() => receiver.closed(this.#reason));
    else if (!this.#arrived.isEmpty) queueMicrotask(() => this.#deliver());
  }

  send(text: string): number {
    const ordinal = ++this.#sent;
    if (this.#state !== "open" || this.#farEnd.isGone) return ordinal;
    this.#taken = ordinal;
    // A text of the owner's that reads like a control word is none: white space before it makes no other difference.
    if (this.#gathered.add(isControl(text) ? ` ${text}` : text)) this.#write();
    if (!this.#flushDue) {
      this.#flushDue = true;
      soon(this.#flush);
    }
    return ordinal;
  }

  handOver(): Promise<void> {
    if (this.#handedOver === this.#sent) return Promise.resolve();
    if (this.#taken !== this.#sent || this.#farEnd.isGone) {
      return Promise.reject(this.#reason ?? new Error("the channel is closed"));
    }
    return this.#handOvers.of(this.#sent);
  }

  pause(): void {
    if (this.#state === "open") this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#paused = false;
    // What arrives is thrown away from here on, which is as good as taken in: the other end may wait for that.
    while (!this.#arrived.isEmpty) this.#farEnd.tookIn(lengthOf(this.#arrived.take()));
    if (this.#farEnd.isGone) this.#finish(undefined);
    else this.#write();
  }

  destroy(reason?: Error): void {
    if (this.#state === "closed") return;
    this.#farEnd.say(CUT);
    this.#finish(reason);
  }

  // What goes out.

  readonly #flush = (): void => {
    this.#flushDue = false;
    this.#write();
    this.#gathered.turned();
  };

  /** Posts what is gathered, as far as the other end has room. What makes room calls this again. */
  #write(): void {
    if (this.#state === "closed") return;
    while (!this.#gathered.isEmpty && this.#farEnd.room > 0) {
      const before = this.#gathered.length;
      const texts = this.#gathered.take(this.#farEnd.room);
      try {
        this.#farEnd.post(texts, before - this.#gathered.length);
      } catch (error) {
        this.#finish(new Error(`the port takes nothing: ${String(error)}`, { cause: error }));
        return;
      }
      this.#handedOver += texts.length;
      this.#handOvers.reached(this.#handedOver);
    }
    this.#checkPressure();
    if (this.#state === "closing") this.#endWhenWritten();
  }

  #checkPressure(): void {
    if (this.#state !== "open") return;
    const tooMuch = this.#pressure.rise(this.queuedBytes, this.#receiver);
    if (tooMuch) this.destroy(tooMuch);
    else this.#pressure.fall(this.queuedBytes, this.#receiver);
  }

  #endWhenWritten(): void {
    if (!this.#gathered.isEmpty || this.#wire.state === "apart" || this.#endSaid) return;
    this.#endSaid = true;
    this.#farEnd.say(END);
    this.#wire.whenWritten(() => this.#finish(undefined));
  }

  // What comes in.

  ready(): void {
    this.#write();
  }

  received(message: unknown): void {
    if (!Array.isArray(message)) this.#receive(message);
    else {
      // One message is one violation at most: an array of nothing costs its sender nothing, however long it is.
      for (const one of message) {
        this.#receive(one);
        if (typeof one !== "string") return;
      }
    }
  }

  #receive(message: unknown): void {
    if (this.#farEnd.isGone) return;
    if (typeof message !== "string") {
      const what = message === null ? "null" : typeof message;
      this.#arrive({ violation: new PortViolation("not-text", `expected a string, got ${what}`), length: 0 });
    } else if (isControl(message)) this.#heed(message);
    else if (isLongerThan(message, this.#limits.messageBytes)) {
      const says = `a message is longer than the limit of ${this.#limits.messageBytes} bytes`;
      this.#arrive({ violation: new PortViolation("too-long", says), length: message.length });
    } else this.#arrive(message);
  }

  garbled(): void {
    if (this.#farEnd.isGone) return;
    this.#arrive({ violation: new PortViolation("unreadable", "a message could not be deserialized"), length: 0 });
  }

  ended(why?: Error): void {
    if (this.#farEnd.isGone) return;
    this.#farEnd.leave();
    if (this.#state === "closing") {
      this.#finish(
        this.#gathered.isEmpty ? undefined : new Error("the peer ended before it had taken all that was sent"),
      );
      return;
    }
    this.#arrive({ ended: why });
    // Nobody takes what is gathered any more. Who stopped reading until somebody does would never hear of the end.
    this.#gathered.clear();
    this.#checkPressure();
  }

  broken(reason: Error): void {
    if (!this.#farEnd.isGone) this.#finish(reason);
  }

  #heed(control: string): void {
    if (control === END) this.ended();
    else if (control === CUT) this.broken(new Error("the peer was destroyed"));
    else if (control === HELLO) this.#farEnd.recognize();
    else {
      this.#farEnd.acknowledged(acknowledged(control));
      this.#write();
    }
  }

  #arrive(arrival: Arrival): void {
    if (this.#state === "closing") this.#farEnd.tookIn(lengthOf(arrival));
    else {
      this.#arrived.add(arrival);
      this.#deliver();
      const { maxQueuedBytes } = this.#limits;
      if (this.#arrived.length <= maxQueuedBytes) return;
      const message = `more than ${maxQueuedBytes} bytes arrived while this side did not read`;
      this.destroy(new LimitError("maxQueuedBytes", maxQueuedBytes, message));
    }
  }

  /** Hands on what arrived, until it is used up or somebody says stop. */
  #deliver(): void {
    const receiver = this.#receiver;
    if (this.#delivering || !receiver) return;
    this.#delivering = true;
    // Whoever is called may close the channel, which throws the rest away.
    while (!this.#arrived.isEmpty && !this.#paused && this.#state === "open") {
      const arrival = this.#arrived.take();
      if (typeof arrival === "string") receiver.message(arrival);
      else if ("violation" in arrival) receiver.malformed(arrival.violation);
      else this.#deliverEnd(receiver, arrival.ended);
      this.#farEnd.tookIn(lengthOf(arrival));
    }
    this.#delivering = false;
  }

  #deliverEnd(receiver: ChannelReceiver, why: Error | undefined): void {
    receiver.ended(why);
    // Not in the same breath: who waits for the one hears of it before the other.
    setTimeout(() => this.#finish(undefined), 0);
  }

  #finish(reason: Error | undefined): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#reason = reason;
    this.#gathered.clear();
    this.#arrived.clear();
    this.#farEnd.leave();
    this.#wire.close();
    this.#handOvers.lost(reason);
    const receiver = this.#receiver;
    if (receiver) queueMicrotask(() => receiver.closed(reason));
  }
}
