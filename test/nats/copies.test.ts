/** Copies of a service as programs of their own, under calls that keep coming: ended in good order, killed, and added. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Client } from "../../src/client/client.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { Broker, withoutNats } from "../support/nats.ts";
import { clientOf } from "../support/served.ts";
import { ServerProcess } from "../support/server-process.ts";
import { rejection } from "../support/settling.ts";

const LANES = 40;

/** Calls that keep coming, each accounted for. */
class Load {
  answered = 0;
  readonly failures: unknown[] = [];
  readonly #lanes: Promise<unknown>;
  readonly #waiting: { readonly until: number; readonly go: () => void }[] = [];
  #going = true;

  constructor(client: Client) {
    this.#lanes = Promise.all(Array.from({ length: LANES }, (_, lane) => this.#lane(client, lane)));
  }

  /** Resolves when so many more are answered. */
  more(count: number): Promise<void> {
    return new Promise((go) => this.#waiting.push({ until: this.answered + count, go }));
  }

  async end(): Promise<void> {
    this.#going = false;
    await this.#lanes;
  }

  async #lane(client: Client, lane: number): Promise<void> {
    while (this.#going) {
      try {
        assert.equal(await client.call("echo", [lane]), lane);
        this.answered++;
      } catch (error) {
        this.failures.push(error);
      }
      for (const { until, go } of this.#waiting) if (this.answered >= until) go();
    }
  }
}

describe("of three copies over NATS", { skip: withoutNats, timeout: 100_000 }, () => {
  it("one that gets SIGTERM loses no call, and one more joins in", async (t) => {
    const broker = await Broker.start(t);
    const address = broker.address();
    const copies = await Promise.all([1, 2, 3].map(() => ServerProcess.start(t, address)));
    const load = new Load(clientOf(t, address, { timeout: 30_000 }));
    await load.more(500);
    for (const copy of copies.slice(0, 2)) {
      copy.signal("SIGTERM");
      assert.deepEqual([await copy.says(), await copy.says(), await copy.ended], ["closing", "closed", 0]);
      await load.more(200);
    }
    await ServerProcess.start(t, address);
    copies[2]?.signal("SIGTERM");
    assert.equal(await copies[2]?.ended, 0);
    await load.more(200);
    await load.end();
    assert.deepEqual(load.failures, []);
  });

  it("one that is killed costs the calls it had in hand: each rejects once, at its timeout, and nobody knows", async (t) => {
    const broker = await Broker.start(t);
    const address = broker.address();
    const first = await ServerProcess.start(t, address);
    const client = clientOf(t, address, { timeout: 3_000 });
    const inHand = Array.from({ length: 20 }, () => rejection(client.call("wait"), CallTimeoutError));
    assert.equal(await client.call("started"), 20);
    await Promise.all([1, 2].map(() => ServerProcess.start(t, address)));
    const load = new Load(client);
    await load.more(500);
    await first.kill();
    for (const error of await Promise.all(inHand)) assert.equal(error.outcome, "unknown");
    await load.more(500);
    await load.end();
    assert(load.failures.length <= LANES, `${load.failures.length} calls were lost`);
    for (const error of load.failures) {
      assert(error instanceof CallTimeoutError, String(error));
      assert.equal(error.outcome, "unknown");
    }
    assert.equal(client.pending, 0);
  });

  it("one that is killed costs no call that may be executed twice", async (t) => {
    const broker = await Broker.start(t);
    const address = broker.address();
    const copies = await Promise.all([1, 2, 3].map(() => ServerProcess.start(t, address)));
    const load = new Load(clientOf(t, address, { timeout: 30_000, attemptTimeout: 500, idempotent: ["echo"] }));
    for (const copy of copies.slice(0, 2)) {
      await load.more(500);
      await copy.kill();
    }
    await load.more(500);
    await load.end();
    assert.deepEqual(load.failures, []);
  });
});
