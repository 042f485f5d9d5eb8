import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import type { Fault } from "./fault.ts";

/** A fault, and at which byte of its lane it strikes. */
interface Due {
  readonly at: number;
  readonly fault: Fault;
}

/** What a lane leaves to its connection, since it is not its own affair only. */
export type Strike = (fault: Fault) => void;

/** One direction of a proxied connection: it passes bytes on, in order, until a fault says otherwise. */
export class Lane {
  readonly #to: Socket;
  readonly #clock: Clock;
  readonly #strike: Strike;
  #due: Due[] = [];
  #read = 0;
  #delay = 0;
  #largest = Number.POSITIVE_INFINITY;
  #closed = false;
  #stopped = false;
  /** One piece of work after the other. */
  #work: Promise<void> = Promise.resolve();
  /** Ends the waits that go on. */
  readonly #wakers = new Set<() => void>();

  constructor(from: Socket, to: Socket, clock: Clock, strike: Strike) {
    this.#to = to;
    this.#clock = clock;
    this.#strike = strike;
    from.on("data", (chunk) => {
      from.pause();
      this.#enqueue(async () => {
        await this.#pass(chunk);
        from.resume();
      });
    });
    from.on("end", () => this.#enqueue(() => this.#halfClose()));
    // Without an end before it, it was torn down.
    from.on("close", () => this.#enqueue(() => this.#tearDown()));
  }

  /** How many bytes have come in. */
  get bytes(): number {
    return this.#read;
  }

  add(fault: Fault): void {
    const { after = 0 } = fault;
    if (after === 0) this.#enqueue(() => this.#suffer(fault));
    else {
      this.#due.push({ at: this.#read + after, fault });
      this.#due.sort((a, b) => a.at - b.at);
    }
  }

  /** Nothing is passed on any more, and nobody is told. */
  stop(): void {
    this.#stopped = true;
    for (const wake of [...this.#wakers]) wake();
  }

  /** Says that nothing more will come, and drops what does. */
  #halfClose(): void {
    if (!this.#closed && !this.#stopped) this.#to.end();
    this.#closed = true;
  }

  #tearDown(): void {
    if (!this.#closed && !this.#stopped) this.#to.destroy();
    this.#closed = true;
  }

  #enqueue(work: () => void | Promise<void>): void {
    this.#work = this.#work.then(work);
  }

  async #pass(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const [due] = this.#due;
      const length = due ? Math.min(rest.length, due.at - this.#read) : rest.length;
      const bytes = rest.subarray(0, length);
      this.#read += length;
      rest = rest.subarray(length);
      await this.#forward(bytes);
      while (this.#due[0] && this.#due[0].at <= this.#read) await this.#suffer((this.#due.shift() as Due).fault);
    }
  }

  async #suffer(fault: Fault): Promise<void> {
    if (fault.kind === "delay") this.#delay = fault.ms;
    else if (fault.kind === "split") this.#largest = fault.bytes;
    else if (fault.kind === "stall") await this.#wait(fault.ms ?? Number.POSITIVE_INFINITY);
    else if (fault.kind === "garbage") await this.#forward(Buffer.from(fault.bytes));
    else if (fault.kind === "half-close") this.#halfClose();
    else this.#strike(fault);
  }

  async #forward(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += this.#largest) {
      if (this.#delay > 0) await this.#wait(this.#delay);
      if (this.#closed || this.#stopped || !this.#to.writable) return;
      const isTaken = this.#to.write(bytes.subarray(at, at + this.#largest));
      if (!isTaken) await this.#drained();
      // In another turn, so that each goes as a packet of its own.
      if (this.#largest < bytes.length) await this.#nextTurn();
    }
  }

  #wait(ms: number): Promise<void> {
    return this.#until((wake) => (ms === Number.POSITIVE_INFINITY ? () => {} : this.#clock.after(ms, wake, true)));
  }

  #drained(): Promise<void> {
    return this.#until((wake) => {
      this.#to.once("drain", wake).once("close", wake);
      return () => this.#to.off("drain", wake).off("close", wake);
    });
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Waits for something, or for the end. */
  #until(start: (wake: () => void) => () => void): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakers.delete(wake);
        cancel();
        resolve();
      };
      this.#wakers.add(wake);
      const cancel = start(wake);
    });
  }
}
