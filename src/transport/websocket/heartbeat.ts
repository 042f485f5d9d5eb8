import type { Clock } from "../../time/clock.ts";

/** What a heartbeat looks at: a socket of Node.js has it all. */
export interface Pulse {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly writableLength: number;
}

/** What a heartbeat does. */
export interface HeartbeatOptions {
  /** Milliseconds from one look to the next. */
  readonly interval: number;
  readonly clock: Clock;
  /** Whether the socket is read from now; where it is not, no pong could be seen. */
  readonly isReading: () => boolean;
  readonly ping: () => void;
  /** The peer showed no sign of life between a ping and the next look. Called once, last. */
  readonly dead: () => void;
}

/**
 * Notices a peer that is gone without a word: pings it when it has been silent (RFC 6455, section 5.5.2).
 *
 * Anything the peer does is a sign of life, also a part of a long message that holds up its pong, or taking bytes that
 * waited for it and hold up the ping.
 */
export class Heartbeat {
  readonly #pulse: Pulse;
  readonly #options: HeartbeatOptions;
  #read = 0;
  #taken = 0;
  #waiting = false;
  #asked = false;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(pulse: Pulse, options: HeartbeatOptions) {
    this.#pulse = pulse;
    this.#options = options;
    this.#note();
    this.#again();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #again(): void {
    this.#cancel = this.#options.clock.after(this.#options.interval, this.#look);
  }

  readonly #look = (): void => {
    if (this.#asked && !this.#isAlive) {
      // A process that was busy, or suspended, has not read what arrived meanwhile.
      setImmediate(() => (this.#isAlive ? this.#goOn() : this.#end()));
    } else this.#goOn();
  };

  #goOn(): void {
    if (this.#stopped) return;
    this.#asked = !this.#isAlive;
    this.#note();
    if (this.#asked) this.#options.ping();
    this.#again();
  }

  #end(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.dead();
  }

  get #isAlive(): boolean {
    const { bytesRead, bytesWritten, writableLength } = this.#pulse;
    // What the system has buffered says nothing of the peer; only where that is full, it takes more when the peer does.
    const hasTaken = this.#waiting && bytesWritten - writableLength > this.#taken;
    // A peer that takes nothing is why it is not read; where nothing waits for it, it is this side's own affair.
    return bytesRead > this.#read || hasTaken || !(this.#options.isReading() || this.#waiting);
  }

  #note(): void {
    const { bytesRead, bytesWritten, writableLength } = this.#pulse;
    this.#read = bytesRead;
    this.#taken = bytesWritten - writableLength;
    this.#waiting = writableLength > 0;
  }
}
