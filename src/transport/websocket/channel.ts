import type { Channel, ChannelReceiver } from "../../connection/channel.ts";
import { Gathered } from "../../framing/gathered.ts";
import { HandOvers } from "../../framing/hand-overs.ts";
import { Pressure } from "../../framing/pressure.ts";
import { FIRST_WRITE } from "../../framing/write-sizes.ts";
import { LimitError } from "../../protocol/errors/limit-error.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { PeerInfo } from "../../service/peer.ts";
import { CloseCode, isOrderly, WebSocketCloseError } from "./close.ts";
import type { WebSocketViolation, WebSocketWire, WireEvents } from "./wire.ts";

/** How a {@link WebSocketChannel} is made. */
export interface WebSocketChannelOptions {
  readonly limits: Limits;
  readonly peer: PeerInfo;
  /** What to close with when its owner says so. Default: 1000. */
  readonly closeCode?: () => number;
}

/* What gathered while the wire was busy goes in lots of at most so many characters, or one text: what waits here was not
 * sent, and a slow reader is seen to make progress lot by lot. */
const LONGEST_WRITE = 256 * 1_024;

/**
 * A channel over a WebSocket (RFC 6455): each message a text frame of its own.
 *
 * A close frame ends both directions at once: what is owed to a peer that sent one cannot be sent any more. So
 * `ended` is followed by `closed` without waiting for anyone.
 */
export class WebSocketChannel implements Channel, WireEvents {
  readonly peer: PeerInfo;

  readonly #wire: WebSocketWire;
  readonly #limits: Limits;
  readonly #closeCode: () => number;
  #receiver: ChannelReceiver | undefined;

  /* Out. */
  readonly #gathered = new Gathered(FIRST_WRITE);
  #flushDue = false;
  #sent = 0;
  /** The last text that was gathered: those sent while the channel is closing never are. */
  #taken = 0;
  #handedOver = 0;
  readonly #handOvers = new HandOvers();
  readonly #pressure: Pressure;

  /* In: what came while nobody could take it. */
  #arrived: (string | WebSocketViolation)[] = [];
  #arrivedLength = 0;
  #received = 0;
  #paused = false;
  #delivering = false;

  /** open → closing (what was sent goes out; what arrives is thrown away) → destroyed → closed. */
  #state: "open" | "closing" | "destroyed" | "closed" = "open";
  /** What to close with; the owner is asked for it unless what the peer sent decides. */
  #closingCode: number | undefined;
  /** The WebSocket is gone in good order; what arrived before is still to be delivered. */
  #over = false;
  #reason: Error | undefined;

  /** @param wire - from here on the channel's; of a WebSocket that was opened in this very turn */
  constructor(wire: WebSocketWire, { limits, peer, closeCode }: WebSocketChannelOptions) {
    this.#wire = wire;
    this.#limits = limits;
    this.#pressure = new Pressure(limits);
    this.#closeCode = closeCode ?? (() => CloseCode.normal);
    this.peer = peer;
    wire.start(this);
    wire.pause();
  }

  get handedOver(): number {
    return this.#handedOver;
  }

  get queuedBytes(): number {
    // Characters again; for the worst of scripts the bytes are three times as many.
    return this.#state === "closed" || this.#over ? 0 : this.#gathered.length + this.#wire.queuedBytes;
  }

  get taken(): number {
    return this.#wire.taken ?? this.#handedOver;
  }

  get arriving(): number {
    return this.#wire.arriving && !this.#paused ? this.#received + 1 : 0;
  }

  open(receiver: ChannelReceiver): void {
    if (this.#receiver) throw new Error("this channel was opened before");
    this.#receiver = receiver;
    if (this.#state === "closed") queueMicrotask(() => receiver.closed(this.#reason));
    if (this.#state !== "open") return;
    if (this.#arrived.length > 0 || this.#over) queueMicrotask(this.#deliver);
    if (!this.#paused) this.#wire.resume();
  }

  send(text: string): number {
    const ordinal = ++this.#sent;
    if (this.#state !== "open" || this.#over) return ordinal;
    this.#taken = ordinal;
    if (this.#gathered.add(text)) this.#write();
    if (!this.#flushDue) {
      this.#flushDue = true;
      this.#wire.soon(this.#flush);
    }
    return ordinal;
  }

  handOver(): Promise<void> {
    if (this.#handedOver === this.#sent) return Promise.resolve();
    const lost = this.#over || this.#state === "destroyed" || this.#state === "closed";
    if (this.#taken !== this.#sent || lost) {
      return Promise.reject(this.#reason ?? new Error("the channel is closed"));
    }
    return this.#handOvers.of(this.#sent);
  }

  pause(): void {
    if (this.#state !== "open") return;
    this.#paused = true;
    this.#wire.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#receiver) return;
    this.#deliver();
    if (!this.#paused && this.#state === "open") this.#wire.resume();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#closingCode ??= this.#closeCode();
    this.#state = "closing";
    this.#arrived = [];
    this.#paused = false;
    if (this.#over) {
      queueMicrotask(this.#finish);
      return;
    }
    // From here on it is read only to be thrown away.
    this.#wire.resume();
    this.#write();
    this.#closeWhenWritten();
  }

  destroy(reason?: Error): void {
    if (this.#state === "closed" || this.#state === "destroyed") return;
    this.#reason = reason;
    this.#state = "destroyed";
    if (this.#over) queueMicrotask(this.#finish);
    else this.#wire.destroy();
  }

  // What goes out.

  readonly #flush = (): void => {
    this.#flushDue = false;
    this.#write();
    this.#gathered.turned();
  };

  /** Gives the wire what is gathered, until it is busy: then the end of that gives it the rest. */
  #write(): void {
    if (this.#gathered.isEmpty) return;
    while (!this.#gathered.isEmpty && this.#wire.open && this.#wire.ready) {
      const texts = this.#gathered.take(LONGEST_WRITE);
      this.#handedOver += texts.length;
      this.#handOvers.reached(this.#handedOver);
      this.#wire.write(texts);
    }
    this.#checkPressure();
  }

  written(): void {
    if (this.#state === "destroyed" || this.#state === "closed") return;
    this.#write();
    if (this.#state === "closing") this.#closeWhenWritten();
    else this.#pressure.fall(this.queuedBytes, this.#receiver);
  }

  #checkPressure(): void {
    if (this.#state !== "open") return;
    const tooMuch = this.#pressure.rise(this.queuedBytes, this.#receiver);
    if (tooMuch) this.destroy(tooMuch);
  }

  #closeWhenWritten(): void {
    if (!this.#gathered.isEmpty && this.#wire.open) return;
    this.#wire.close(this.#closingCode ?? CloseCode.normal);
  }

  // What comes in.

  text(text: string): void {
    if (this.#state !== "open") return;
    this.#received++;
    if (this.#receiver && !this.#paused && !this.#delivering && this.#arrived.length === 0) {
      this.#delivering = true;
      this.#receiver.message(text);
      this.#delivering = false;
      // Where the owner paused and resumed meanwhile.
      if (this.#arrived.length > 0) this.#deliver();
    } else this.#keep(text);
  }

  violation(violation: WebSocketViolation): void {
    if (this.#state !== "open") return;
    this.#arrived.push(violation);
    this.#deliver();
  }

  /** Keeps what cannot be delivered now. Little comes on a wire that pauses; on one that cannot, this is the bound. */
  #keep(text: string): void {
    this.#arrived.push(text);
    this.#arrivedLength += text.length;
    const { maxQueuedBytes } = this.#limits;
    if (this.#arrivedLength <= maxQueuedBytes) return;
    const message = `more than ${maxQueuedBytes} bytes arrived while this side did not read`;
    this.destroy(new LimitError("maxQueuedBytes", maxQueuedBytes, message));
  }

  /** Hands on what arrived, until it is used up or somebody says stop. */
  readonly #deliver = (): void => {
    const receiver = this.#receiver;
    if (!receiver || this.#delivering) return;
    this.#delivering = true;
    let count = 0;
    while (!this.#paused && this.#state === "open" && count < this.#arrived.length) {
      const next = this.#arrived[count++] as string | WebSocketViolation;
      if (typeof next === "string") {
        this.#arrivedLength -= next.length;
        receiver.message(next);
      } else {
        this.#closingCode = next.closeCode;
        receiver.malformed(next);
        this.close();
      }
    }
    // All at once: taking them one by one from the front would be slow for many.
    this.#arrived.splice(0, count);
    this.#delivering = false;
    if (this.#over && !this.#paused && this.#state === "open") this.#reportEnd();
  };

  // The end.

  closed(code: number, reason: string, error?: Error): void {
    if (this.#state === "open") {
      // What the peer said before it left in good order, or what this side found wrong with it, is still to be told.
      const hasMore = this.#arrived.some((one) => typeof one !== "string");
      if (isOrderly(code) || hasMore) {
        this.#leave();
        return;
      }
      this.#reason = code === CloseCode.abnormal ? broken(error) : new WebSocketCloseError(code, reason);
    } else if (this.#state === "closing" && code === CloseCode.abnormal) this.#reason = broken(error);
    this.#finish();
  }

  #leave(): void {
    this.#over = true;
    this.#loseGathered();
    // An owner that stopped reading because the peer did has nothing left to wait for.
    this.#pressure.fall(0, this.#receiver);
    this.#deliver();
  }

  #reportEnd(): void {
    this.#receiver?.ended();
    this.close();
  }

  readonly #finish = (): void => {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#arrived = [];
    this.#loseGathered();
    this.#receiver?.closed(this.#reason);
  };

  #loseGathered(): void {
    this.#gathered.clear();
    this.#handOvers.lost(this.#reason);
  }
}

function broken(error: Error | undefined): Error {
  return error ?? new Error("the WebSocket ended without a close frame");
}
