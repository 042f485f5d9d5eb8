import { deferred } from "../connection/deferred.ts";
import type { OwnStreams, TakenStreams } from "./stdio-own.ts";
import type { Listener } from "./transport.ts";

/** A listener whose one peer is there from the start. */
export class StdioListener implements Listener {
  readonly address: string;
  readonly ended: Promise<void>;
  readonly #taken: TakenStreams;
  #begun = false;
  #closed: Promise<void> | undefined;

  /** @param accept - told of the peer, a turn from now: whoever listens wants to hear of it too */
  constructor(address: string, taken: TakenStreams, accept: (streams: OwnStreams) => void) {
    this.address = address;
    this.#taken = taken;
    const ended = deferred<void>();
    this.ended = ended.promise;
    setImmediate(() => {
      if (this.#closed !== undefined) return;
      this.#begun = true;
      const streams = taken.open();
      accept(streams);
      streams.once("close", ended.resolve);
    });
  }

  close(): Promise<void> {
    if (this.#closed === undefined && !this.#begun) this.#taken.giveBack();
    this.#closed ??= Promise.resolve();
    return this.#closed;
  }
}
