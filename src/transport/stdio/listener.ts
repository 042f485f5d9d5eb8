import { deferred } from "../../connection/deferred.ts";
import type { Listener } from "../transport.ts";
import type { OwnStreams } from "./own.ts";

/** A listener whose one peer is there from the start. */
export class StdioListener implements Listener {
  readonly address: string;
  readonly ended: Promise<void>;
  #closed: Promise<void> | undefined;

  /** @param accept - told of the peer, a turn from now: whoever listens wants to hear of it too */
  constructor(address: string, streams: OwnStreams, accept: (streams: OwnStreams) => void) {
    this.address = address;
    const ended = deferred<void>();
    this.ended = ended.promise;
    setImmediate(() => {
      if (this.#closed !== undefined) return;
      accept(streams);
      // The channel heard of it first.
      streams.once("close", ended.resolve);
    });
  }

  close(): Promise<void> {
    this.#closed ??= Promise.resolve();
    return this.#closed;
  }
}
