import { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import type { CallOptions } from "../../src/connection/pending-call.ts";
import { listen, type Server } from "../../src/server/server.ts";
import { FaultProxy, type RandomFaultOptions, randomFaults } from "../../src/testing/faults/index.ts";
import { Log } from "./log.ts";
import { Random } from "./random.ts";
import { Witness } from "./witness.ts";

/** How a load through faults is made. */
export interface FaultyLoadOptions {
  readonly seed: number;
  /** Where to listen: one server, or several behind one list of addresses. */
  readonly addresses: readonly string[];
  /** How many calls and notifications, at least. */
  readonly calls: number;
  /** How many of them at once. Default: 40. */
  readonly atOnce?: number;
  readonly faults?: RandomFaultOptions;
  readonly client?: ClientOptions;
}

/* Bytes. */
const LONGEST_LIFE = 20_000;
const SILENCE_MS = 100;

/**
 * Calls, notifications and batches of one client, in random number and order, to servers that it reaches through proxies
 * on which everything goes wrong. A log of both sides is kept.
 */
export class FaultyLoad {
  readonly witness = new Witness();
  readonly #options: FaultyLoadOptions;
  readonly #random: Random;
  readonly #servers: Server[] = [];
  readonly #proxies: FaultProxy[] = [];

  constructor(options: FaultyLoadOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  /** How many connections the proxies have seen. */
  get connections(): number {
    return this.#proxies.reduce((sum, { accepted }) => sum + accepted, 0);
  }

  /** Makes all of it, and ends everything, so that nothing is under way any more. */
  async run(): Promise<void> {
    const { addresses, calls, atOnce = 40, client: given } = this.#options;
    for (const [at, address] of addresses.entries()) await this.#serve(address, at);
    const client = new Client(
      this.#proxies.map(({ address }) => address),
      { logger: new Log(), redial: { initialDelay: 1, maxDelay: 10 }, dialTimeout: 200, ...given },
    );
    const work = async () => {
      while (this.witness.made < calls) await this.#act(client);
    };
    const watch = this.#cutWhatIsSilent();
    await Promise.all(Array.from({ length: atOnce }, work));
    clearInterval(watch);
    await client.close({ timeout: 500 });
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await Promise.all(this.#servers.map((server) => server.close({ timeout: 500 })));
  }

  async #serve(address: string, at: number): Promise<void> {
    const server = await listen(this.witness.service, address, { logger: new Log() });
    this.#servers.push(server);
    const random = randomFaults(this.#options.seed + at, { bytes: LONGEST_LIFE, ...this.#options.faults });
    // None lives for ever, that there are many.
    const plan = (index: number) => [
      ...random(index),
      { kind: "cut", towards: "server", after: LONGEST_LIFE * 2 } as const,
    ];
    this.#proxies.push(await FaultProxy.listen(server.address, { plan }));
  }

  /** A connection that has gone silent does not come back, and nobody waits here for the system to find that out. */
  #cutWhatIsSilent(): NodeJS.Timeout {
    let before = 0;
    return setInterval(() => {
      const settled = this.witness.settled;
      if (settled === before) for (const proxy of this.#proxies) proxy.cut();
      before = settled;
    }, SILENCE_MS);
  }

  /** One thing, and waits until it is settled. */
  async #act(client: Client): Promise<void> {
    const kind = this.#random.below(10);
    const options = this.#callOptions();
    if (kind < 7) await this.#call(client, options);
    else if (kind < 8) await this.#notify(client, options);
    else await this.#batch(client, options);
  }

  #callOptions(): CallOptions {
    const random = this.#random;
    const timeout = random.once(20) ? 1 + random.below(50) : 10_000;
    const signal = random.once(20) ? AbortSignal.timeout(random.below(20)) : undefined;
    const retry = random.pick([{}, {}, { retry: "not-sent" }, { idempotent: true }] as const) as CallOptions;
    return { timeout, signal, ...retry };
  }

  #params(key: number): unknown[] {
    return [key, "é".repeat(this.#random.below(this.#random.once(20) ? 5_000 : 30))];
  }

  get #method(): string {
    return this.#random.pick(["now", "later", "fail"]) as string;
  }

  #call(client: Client, options: CallOptions): Promise<unknown> {
    const kind = { idempotent: options.idempotent === true };
    return this.witness.track(kind, (key) => client.call(this.#method, this.#params(key), options));
  }

  #notify(client: Client, options: CallOptions): Promise<unknown> {
    const kind = { notification: true, idempotent: options.idempotent === true };
    return this.witness.track(kind, (key) => client.notify("now", this.#params(key), options));
  }

  #batch(client: Client, options: CallOptions): Promise<unknown> {
    const batch = client.batch();
    const idempotent = options.idempotent === true;
    const members = Array.from({ length: 1 + this.#random.below(5) }, () =>
      this.#random.once(4)
        ? this.witness.track({ notification: true, idempotent }, (key) => batch.notify("now", this.#params(key)))
        : this.witness.track({ idempotent }, (key) => batch.call(this.#method, this.#params(key))),
    );
    void batch.send(options);
    return Promise.all(members);
  }
}
