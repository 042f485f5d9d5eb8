import { type Cancellation, cancelBody } from "../protocol/cancellation.ts";
import type { Outgoing } from "./outgoing.ts";
import type { PendingCall } from "./pending-call.ts";

/*
 * Some peers answer what was cancelled and some do not, so what is remembered needs an end: as many as a trusted peer has
 * in flight at most, lest one abort of them all brings a flood of warnings.
 */
const MAX_REMEMBERED = 100_000;

/** The calls of one link that were given up: tells the peer of each, and knows their late answers. */
export class Cancels {
  readonly #cancellation: Cancellation;
  readonly #outgoing: Outgoing;
  readonly #ids = new Set<number>();

  constructor(cancellation: Cancellation, outgoing: Outgoing) {
    this.#cancellation = cancellation;
    this.#outgoing = outgoing;
  }

  /** A call was given up. One that was not sent is nothing to the peer. */
  tell(call: PendingCall, id: number): void {
    if (call.ordinal === 0 || call.method === this.#cancellation.exempt) return;
    this.#outgoing.sendCancel(cancelBody(this.#cancellation, id, reasonOf(call.governor)));
    this.#ids.add(id);
    if (this.#ids.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#ids;
    this.#ids.delete(oldest as number);
  }

  /** Whether an answer of this id is a late one, to a call that was cancelled. It comes once. */
  takesLate(id: unknown): boolean {
    return typeof id === "number" && this.#ids.delete(id);
  }
}

/** Only what was meant to be read: an error's message may say what is nobody else's business. */
function reasonOf({ watched, timeout }: PendingCall): string | undefined {
  if (!watched?.signal.aborted) return `not answered within ${timeout} ms`;
  const reason: unknown = watched.signal.reason;
  return typeof reason === "string" ? reason : undefined;
}
