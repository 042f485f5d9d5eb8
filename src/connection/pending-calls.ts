import type { Clock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { AbortWatch, type WatchedSignal } from "./abort-watch.ts";
import type { PendingCall } from "./pending-call.ts";

const SMALLEST = 8;
/* Before the first call: many a server's connection never makes one. */
const NO_SLOTS: (PendingCall | undefined)[] = [];

/**
 * The calls that wait for their answers, by id: a ring of slots, in which an id's lowest bits say which is its slot.
 *
 * Ids count up, so slots are used in turn, and an id whose slot a slow call still holds is passed over. A Map would
 * do the same at 0.6 of the speed: one that is filled and emptied all the time makes every collection of young
 * objects move megabytes.
 *
 * It belongs to one client and outlives that client's connections, so no id of one connection can be taken for one
 * of another.
 */
export class PendingCalls {
  readonly #clock: Clock;
  /** Made with the first timeout. */
  #deadlines: Deadlines | undefined;
  /** Made with the first signal. */
  #aborts: AbortWatch | undefined;
  #slots = NO_SLOTS;
  #mask = -1;
  #size = 0;
  #lastId: number;
  /** Up to which id the deadlines are set. */
  #timedId: number;
  #timingDue = false;
  /** How many were sent and given up, by timeout or signal: their answers may still come. */
  givenUp = 0;
  /** Told of each that was given up, when it is settled, so that nothing is done for it in vain. */
  onGiveUp: ((call: PendingCall, id: number) => void) | undefined;
  /** Told whenever none is left. */
  onIdle: (() => void) | undefined;
  /** Why nothing was sent so far, for timeouts while a dial fails again and again. */
  obstacle: unknown;

  constructor(clock: Clock, lastId = 0) {
    this.#clock = clock;
    this.#lastId = lastId;
    this.#timedId = lastId;
  }

  get size(): number {
    return this.#size;
  }

  /** A table of its own, by the same clock. */
  another(): PendingCalls {
    return new PendingCalls(this.#clock);
  }

  /** The id that was given last. */
  get lastId(): number {
    return this.#lastId;
  }

  /**
   * Adds a call, gives it its id and watches over its timeout and signal.
   *
   * @param timeout - milliseconds; Infinity for none
   * @throws TypeError when the signal is none; it is not added then
   */
  add(call: PendingCall, timeout: number, signal: AbortSignal | undefined): void {
    if (signal) call.watched = this.#watch(signal, call);
    if (timeout < Number.POSITIVE_INFINITY) call.timeout = timeout;
    if (this.#size * 2 > this.#mask) this.#resize(Math.max(SMALLEST, this.#slots.length * 2));
    let id = this.#lastId;
    do id = following(id);
    while (this.#slots[id & this.#mask] !== undefined);
    this.#lastId = id;
    call.id = id;
    this.#slots[id & this.#mask] = call;
    this.#size++;
    if (this.#timingDue || call.timeout === 0) return;
    this.#timingDue = true;
    this.#clock.soon(() => this.#setDeadlines());
  }

  /** The call of an id that was sent and is not settled; it is no longer pending then. */
  take(id: number): PendingCall | undefined {
    const call = this.#slots[id & this.#mask];
    if (call === undefined || call.id !== id || call.ordinal === 0) return undefined;
    this.remove(call);
    return call;
  }

  /** Takes a call out; whoever does settles it. */
  remove(call: PendingCall): void {
    if (!call.pending) return;
    this.#slots[call.id & this.#mask] = undefined;
    call.id = 0;
    this.#size--;
    if (call.watched) this.#aborts?.remove(call.watched);
    if (this.#size > 0) return;
    // After a flood, give back what it took.
    if (this.#slots.length > 1_024) this.#resize(SMALLEST);
    this.onIdle?.();
  }

  /** Rejects one, if it is still pending. */
  reject(call: PendingCall, error: unknown): void {
    if (!call.pending) return;
    this.remove(call);
    this.rest();
    call.reject(error);
  }

  /** Keeps no timer if nothing is pending. Not for where calls are answered: there it would cost each of them a timer. */
  rest(): void {
    if (this.#size === 0) this.#deadlines?.stop();
  }

  /** Rejects all of them, in the order in which they were made. */
  rejectAll(error: (call: PendingCall) => unknown): void {
    for (const call of this.all()) this.reject(call, error(call));
    // Whoever is rejected may begin anew at once.
    if (this.#size === 0) this.#deadlines?.stop();
  }

  /** All of them, in the order in which they were made. */
  all(): PendingCall[] {
    const calls = this.#slots.filter((call) => call !== undefined);
    return calls.sort((a, b) => a.id - b.id);
  }

  /**
   * Sets the deadlines of the calls made since the last time: one look at the clock for all that one run of the
   * program's code made, once that is over. A look for each would cost 3% of a call.
   */
  #setDeadlines(): void {
    this.#timingDue = false;
    const now = this.#clock.now();
    let earliest = Number.POSITIVE_INFINITY;
    for (let id = this.#timedId; id !== this.#lastId; ) {
      id = following(id);
      const call = this.#slots[id & this.#mask];
      if (call?.id !== id || call.timeout === 0) continue;
      call.deadline = Math.ceil(now + call.timeout);
      if (call.deadline < earliest) earliest = call.deadline;
    }
    this.#timedId = this.#lastId;
    this.#deadlines ??= new Deadlines(this.#clock, (now) => this.#expire(now));
    this.#deadlines.watch(earliest);
  }

  #expire(now: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const call of this.#slots) {
      if (!call || call.deadline === 0) continue;
      if (call.deadline <= now) this.giveUp(call, call.timeoutError(this.obstacle));
      else if (call.deadline < earliest) earliest = call.deadline;
    }
    return earliest;
  }

  #watch(signal: AbortSignal, call: PendingCall): WatchedSignal {
    this.#aborts ??= new AbortWatch((aborted) => {
      for (const call of aborted.sole ? [aborted.sole as PendingCall] : this.all()) {
        if (call.watched === aborted && call.pending) this.giveUp(call, call.abortError(aborted.signal.reason));
      }
    });
    return this.#aborts.add(signal, call);
  }

  /** Rejects one that is not worth its answer any more. */
  giveUp(call: PendingCall, error: unknown): void {
    if (!call.pending) return;
    if (call.ordinal > 0) this.givenUp++;
    const { id } = call;
    this.reject(call, error);
    this.onGiveUp?.(call, id);
  }

  #resize(length: number): void {
    const slots: (PendingCall | undefined)[] = new Array(length).fill(undefined);
    const mask = length - 1;
    for (const call of this.#slots) if (call) slots[call.id & mask] = call;
    this.#slots = slots;
    this.#mask = mask;
  }
}

function following(id: number): number {
  return id === Number.MAX_SAFE_INTEGER ? 1 : id + 1;
}
