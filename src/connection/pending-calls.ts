import type { Clock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { AbortWatch } from "./abort-watch.ts";
import type { PendingCall } from "./pending-call.ts";

const SMALLEST = 8;

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
  readonly #deadlines: Deadlines;
  /** Made when the first signal comes: most connections never see one. */
  #aborts: AbortWatch | undefined;
  #slots: (PendingCall | undefined)[] = new Array(SMALLEST).fill(undefined);
  #mask = SMALLEST - 1;
  #size = 0;
  #lastId = 0;
  /** How many were sent and given up, by timeout or signal: their answers may still come. */
  givenUp = 0;
  /** Told of each that was given up, when it is settled, so that nothing is done for it in vain. */
  onGiveUp: ((call: PendingCall) => void) | undefined;
  /** Why nothing was sent so far, for timeouts while a dial fails again and again. */
  obstacle: unknown;

  constructor(clock: Clock, lastId = 0) {
    this.#clock = clock;
    this.#deadlines = new Deadlines(clock, (now) => this.#expire(now));
    this.#lastId = lastId;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Adds a call, gives it its id and watches over its timeout and signal.
   *
   * @throws TypeError when its signal is none; it is not added then
   */
  add(call: PendingCall): void {
    if (call.signal) this.#watchSignal(call, call.signal);
    if (this.#size * 2 > this.#mask) this.#resize(this.#slots.length * 2);
    let id = this.#lastId;
    do id = id === Number.MAX_SAFE_INTEGER ? 1 : id + 1;
    while (this.#slots[id & this.#mask] !== undefined);
    this.#lastId = id;
    call.id = id;
    this.#slots[id & this.#mask] = call;
    this.#size++;
    if (call.timeout < Number.POSITIVE_INFINITY) {
      call.deadline = this.#clock.now() + call.timeout;
      this.#deadlines.watch(call.deadline);
    }
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
    if (call.settled) return;
    call.settled = true;
    this.#slots[call.id & this.#mask] = undefined;
    this.#size--;
    if (call.signal) this.#aborts?.remove(call.signal, call);
    // After a flood, give back what it took.
    if (this.#size === 0 && this.#slots.length > 1_024) this.#resize(SMALLEST);
  }

  /** Rejects one, if it is still pending. */
  reject(call: PendingCall, error: unknown): void {
    if (call.settled) return;
    this.remove(call);
    // Not where calls are answered: there it would cost each of them a timer.
    if (this.#size === 0) this.#deadlines.stop();
    call.reject(error);
  }

  /** Rejects all of them, in the order in which they were made. */
  rejectAll(error: (call: PendingCall) => unknown): void {
    for (const call of this.all()) this.reject(call, error(call));
    this.#deadlines.stop();
  }

  /** All of them, in the order in which they were made. */
  all(): PendingCall[] {
    const calls = this.#slots.filter((call) => call !== undefined);
    return calls.sort((a, b) => a.id - b.id);
  }

  #expire(now: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const call of this.#slots) {
      if (!call) continue;
      if (call.deadline <= now) this.#giveUp(call, call.timeoutError(this.obstacle));
      else if (call.deadline < earliest) earliest = call.deadline;
    }
    return earliest;
  }

  #watchSignal(call: PendingCall, signal: AbortSignal): void {
    this.#aborts ??= new AbortWatch((aborted) => this.#giveUp(aborted, aborted.abortError()));
    this.#aborts.add(signal, call);
  }

  #giveUp(call: PendingCall, error: unknown): void {
    if (call.ordinal > 0) this.givenUp++;
    this.reject(call, error);
    this.onGiveUp?.(call);
  }

  #resize(length: number): void {
    const slots: (PendingCall | undefined)[] = new Array(length).fill(undefined);
    const mask = length - 1;
    for (const call of this.#slots) if (call) slots[call.id & mask] = call;
    this.#slots = slots;
    this.#mask = mask;
  }
}
