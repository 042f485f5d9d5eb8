import { LimitError } from "../protocol/errors/limit-error.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Channel } from "./channel.ts";
import type { Patrolled } from "./patrol.ts";

/** What a vigil has to know of its link, and what it does to it. */
export interface Watched {
  /** Changes with every message that came. */
  readonly received: number;
  /** Whether nobody waits for anything. */
  readonly idle: boolean;
  /** A limit was met. Called once at most for each look. */
  late(error: LimitError): void;
}

/** Watches over the limits of a connection that are times. */
export class Vigil implements Patrolled {
  readonly #channel: Channel;
  readonly #limits: Limits;
  readonly #link: Watched;
  /* Made with the first that has to be watched: most connections are idle most of the time. */
  #taking: Standstill | undefined;
  #arriving: Standstill | undefined;
  #passing: Standstill | undefined;

  constructor(channel: Channel, limits: Limits, link: Watched) {
    this.#channel = channel;
    this.#limits = limits;
    this.#link = link;
  }

  /** The shortest of its times, in milliseconds. */
  static shortest({ stallTime, messageTime, idleTime }: Limits): number {
    return Math.min(stallTime, messageTime, idleTime);
  }

  look(now: number, anew: boolean): void {
    const { queuedBytes, taken, arriving = 0, handedOver } = this.#channel;
    const { stallTime, messageTime, idleTime } = this.#limits;
    if (queuedBytes > 0) this.#taking ??= new Standstill();
    if (arriving > 0) this.#arriving ??= new Standstill();
    if (idleTime < Number.POSITIVE_INFINITY) this.#passing ??= new Standstill();
    const stalled = this.#taking?.lasts(now, anew, queuedBytes > 0 ? (taken ?? handedOver) : undefined) ?? 0;
    const late = this.#arriving?.lasts(now, anew, arriving > 0 ? arriving : undefined) ?? 0;
    const idle = this.#passing?.lasts(now, anew, this.#link.idle ? this.#link.received + handedOver : undefined) ?? 0;
    if (stalled >= stallTime) {
      this.#over("stallTime", stallTime, `the peer reads too slowly: it took nothing for ${stallTime} ms`);
    } else if (late >= messageTime) {
      this.#over("messageTime", messageTime, `a message did not arrive whole within ${messageTime} ms`);
    } else if (idle >= idleTime) this.#over("idleTime", idleTime, `it carried nothing for ${idleTime} ms`);
  }

  #over(limit: keyof Limits, max: number, message: string): void {
    this.#link.late(new LimitError(limit, max, message));
  }
}

/** For how long something has stayed as it is. */
class Standstill {
  #mark: number | undefined;
  #since = 0;

  /** @param mark - what changes when it goes on; `undefined` while it need not */
  lasts(now: number, anew: boolean, mark: number | undefined): number {
    if (mark === undefined || mark !== this.#mark || anew) {
      this.#mark = mark;
      this.#since = now;
    }
    return now - this.#since;
  }
}
