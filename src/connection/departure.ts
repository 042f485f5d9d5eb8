import type { Outlet, WaitingMember } from "./outlet.ts";

/** A batch whose members come through middlewares: it goes out once each has come, or is settled without. */
export class Departure {
  readonly #outlet: Outlet;
  readonly #members: (readonly WaitingMember[])[];
  #awaited: number;

  /** @param awaited - how many members it has */
  constructor(outlet: Outlet, awaited: number) {
    this.#outlet = outlet;
    this.#members = Array.from({ length: awaited }, () => []);
    this.#awaited = awaited;
  }

  /** The place of one member. */
  place(index: number): Place {
    let isAwaited = true;
    const awaitedNoMore = () => {
      if (!isAwaited) return;
      isAwaited = false;
      if (--this.#awaited === 0) this.#go();
    };
    return {
      send: (member) => {
        if (this.#awaited === 0) {
          // The batch has left: what is repeated goes alone.
          this.#outlet.sendMessage({ batch: false, members: [member] });
          return;
        }
        this.#members[index] = [...(this.#members[index] ?? []), member];
        awaitedNoMore();
      },
      settled: awaitedNoMore,
    };
  }

  #go(): void {
    const members = this.#members.flat().filter(({ call }) => call.pending);
    if (members.length > 0) this.#outlet.sendMessage({ batch: true, members });
  }
}

/** A member's place in a batch. */
export interface Place {
  /** Takes what is to be sent for it. */
  send(member: WaitingMember): void;
  /** It is settled: the batch need not wait for it. */
  settled(): void;
}
