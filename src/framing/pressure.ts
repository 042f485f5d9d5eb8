import type { ChannelReceiver } from "../connection/channel.ts";
import { LimitError } from "../protocol/errors/limit-error.ts";
import type { Limits } from "../protocol/limits.ts";

/** Whether more is queued for a slow reader than a channel's limits allow, and its owner's knowledge of it. */
export class Pressure {
  readonly #limits: Limits;
  #pressed = false;

  /** @param limits - `queuedBytes` is the high-water mark, `maxQueuedBytes` the hard bound */
  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * To be asked when something was queued.
   *
   * @returns why the channel is to be destroyed, if it is
   */
  rise(queuedBytes: number, receiver: ChannelReceiver | undefined): LimitError | undefined {
    if (queuedBytes <= this.#limits.queuedBytes) return undefined;
    const { maxQueuedBytes } = this.#limits;
    if (queuedBytes > maxQueuedBytes) {
      const message = `the peer reads too slowly: more than ${maxQueuedBytes} bytes are queued`;
      return new LimitError("maxQueuedBytes", maxQueuedBytes, message);
    }
    if (!this.#pressed) {
      this.#pressed = true;
      receiver?.pressed();
    }
    return undefined;
  }

  /** To be told when something has left, or was lost. */
  fall(queuedBytes: number, receiver: ChannelReceiver | undefined): void {
    if (!this.#pressed || queuedBytes >= this.#limits.queuedBytes / 2) return;
    this.#pressed = false;
    receiver?.drained();
  }
}
