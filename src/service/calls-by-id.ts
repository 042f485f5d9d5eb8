import { lookupId } from "../protocol/cancellation.ts";
import type { InFlightCall } from "./in-flight-call.ts";

/** A caller's calls in flight by their ids, for those who cancel. Of two with the same id it knows the later one. */
export class CallsById {
  readonly #calls = new Map<string | number, InFlightCall>();

  constructor(calls: Iterable<InFlightCall>) {
    for (const call of calls) this.add(call);
  }

  /** A notification has no id, and is not added. */
  add(call: InFlightCall): void {
    const id = idOf(call);
    if (id !== undefined) this.#calls.set(id, call);
  }

  remove(call: InFlightCall): void {
    const id = idOf(call);
    if (id !== undefined && this.#calls.get(id) === call) this.#calls.delete(id);
  }

  get(id: string | number): InFlightCall | undefined {
    return this.#calls.get(id);
  }
}

function idOf({ id }: InFlightCall): string | number | undefined {
  return id === undefined ? undefined : lookupId(JSON.parse(id));
}
