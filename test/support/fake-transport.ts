import { untrusted } from "../../src/protocol/limits.ts";
import { channelPair, type MemoryChannel } from "../../src/testing/index.ts";
import { registerTransport } from "../../src/transport/registry.ts";
import type { DialOptions, Transport } from "../../src/transport/transport.ts";
import { ScriptedPeer } from "./scripted-peer.ts";

/** One attempt to dial, whose end the test decides. */
export interface Dial {
  readonly options: DialOptions;
  /** Lets it succeed; the test plays the other end. */
  accept(): ScriptedPeer;
  /** Lets it succeed, with the other end to be used by the test as it likes. */
  acceptWith(use: (there: MemoryChannel) => void): void;
  refuse(error?: Error): void;
}

let count = 0;

/** A transport in memory, of a scheme of its own, whose dials the test plays. */
export class FakeTransport implements Transport {
  readonly limits = untrusted;
  readonly address: string;
  /** All attempts, in order. */
  readonly dials: Dial[] = [];
  /** Whether attempts heed their signal, as they should. */
  heedful = true;
  readonly #waiters: ((dial: Dial) => void)[] = [];
  #taken = 0;

  constructor() {
    const scheme = `fake${++count}`;
    this.address = `${scheme}:here`;
    registerTransport(scheme, async () => this);
  }

  /** The next attempt. */
  dial(): Promise<Dial> {
    const dial = this.dials[this.#taken];
    if (!dial) return new Promise((resolve) => this.#waiters.push(resolve));
    this.#taken++;
    return Promise.resolve(dial);
  }

  connect(_address: unknown, options: DialOptions): Promise<MemoryChannel> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(options.signal.reason);
      if (this.heedful) options.signal.addEventListener("abort", onAbort, { once: true });
      const acceptWith = (use: (there: MemoryChannel) => void) => {
        options.signal.removeEventListener("abort", onAbort);
        const [here, there] = channelPair(options.limits);
        use(there);
        resolve(here);
      };
      const dial: Dial = {
        options,
        acceptWith,
        accept() {
          let peer!: ScriptedPeer;
          acceptWith((there) => {
            peer = new ScriptedPeer(there);
          });
          return peer;
        },
        refuse: (error = new Error("nobody there")) => reject(error),
      };
      this.dials.push(dial);
      const waiter = this.#waiters.shift();
      if (!waiter) return;
      this.#taken++;
      waiter(dial);
    });
  }

  listen(): Promise<never> {
    return Promise.reject(new Error("it only dials"));
  }
}
