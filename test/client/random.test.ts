/**
 * A client through random weather: answers, errors, nonsense, timeouts, aborts, failed dials, slow readers and losses, in
 * an order that a seed decides. What must hold whatever happens is checked at the end.
 */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Client } from "../../src/client/client.ts";
import { isCallError } from "../../src/connection/errors/call-error.ts";
import { isRpcError } from "../../src/protocol/errors/rpc-error.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { type Dial, FakeTransport } from "../support/fake-transport.ts";
import { Log } from "../support/log.ts";
import { Random } from "../support/random.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { turns } from "../support/turns.ts";

const SEEDS = 100;
const STEPS = 300;

interface Made {
  readonly key: number;
  readonly kind: "call" | "notification" | "member";
  settlements: number;
  outcome?: unknown;
}

class Weather {
  readonly #random: Random;
  readonly #transport = new FakeTransport();
  readonly #clock = new FakeClock();
  readonly #client: Client;
  readonly #peers: ScriptedPeer[] = [];
  readonly #answered = new Map<number, unknown>();
  readonly #controllers: AbortController[] = [];
  readonly #done = new Set<Dial>();
  readonly made: Made[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#client = new Client(this.#transport.address, {
      clock: this.#clock,
      logger: new Log(),
      redial: this.#random.once(2) ? { initialDelay: 20, maxDelay: 50 } : false,
      limits: { queuedBytes: 500, maxQueuedBytes: 100_000, batchLength: 4 },
    });
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      this.#random.act([
        [10, () => this.#call()],
        [3, () => this.#notify()],
        [3, () => this.#batch()],
        [10, () => this.#accept()],
        [2, () => this.#refuse()],
        [10, () => this.#answer()],
        [2, () => this.#peer()?.sayText(this.#random.pick(["", "[]", '{"jsonrpc":"2.0","id":null,"result":1}']) ?? "")],
        [2, () => this.#peer()?.answer(this.#random.below(500) + 2 ** 20, "stray")],
        [1, () => this.#peer()?.answer(String(this.#random.below(500)), "stray")],
        [3, () => this.#random.pick(this.#controllers)?.abort()],
        [4, () => this.#clock.advance(this.#random.below(30))],
        [2, () => this.#peer()?.channel.pause()],
        [3, () => this.#peer()?.channel.resume()],
        [1, () => this.#peer()?.channel.close()],
        [1, () => this.#peer()?.channel.destroy()],
      ]);
      for (let wait = this.#random.below(4); wait > 0; wait--) await undefined;
      if (this.#random.once(5)) await turns(1);
    }
    const closed = this.#client.close({ timeout: 5 });
    await turns(2);
    this.#clock.advance(10);
    await closed;
    await turns(2);
  }

  check(): void {
    const received = new Set(this.#peers.flatMap((peer) => keysIn(peer)));
    for (const { key, kind, settlements, outcome } of this.made) {
      const name = `${kind} ${key}: ${String(outcome)}`;
      assert.equal(settlements, 1, name);
      if (isCallError(outcome)) {
        if (outcome.outcome === "not-sent") assert(!received.has(key), `${name} was sent all the same`);
        else assert.notEqual(kind, "notification", name);
      } else if (isRpcError(outcome)) assert.equal(outcome.code, this.#answered.get(key), name);
      else if (outcome instanceof RangeError) assert(!received.has(key), name);
      else if (kind === "call") assert.equal(outcome, this.#answered.get(key), name);
    }
    assert.equal(this.#client.pending, 0);
    assert.equal(this.#clock.timers, 0);
    for (const { signal } of this.#controllers) assert.equal(getEventListeners(signal, "abort").length, 0);
    for (const peer of this.#peers) assert(peer.events.includes("ended") || peer.events.includes("closed"));
  }

  #track(kind: Made["kind"], make: (key: number) => Promise<unknown>): void {
    const made: Made = { key: this.made.length, kind, settlements: 0 };
    this.made.push(made);
    const settle = (outcome: unknown) => {
      made.settlements++;
      made.outcome = outcome;
    };
    make(made.key).then(settle, settle);
  }

  #options() {
    const timeout = this.#random.pick([0, 1, 10, 50, 200]) ?? 0;
    if (this.#random.once(2)) return { timeout };
    if (this.#controllers.length === 0 || this.#random.once(3)) this.#controllers.push(new AbortController());
    const { signal } = this.#random.pick(this.#controllers) as AbortController;
    return { timeout, signal };
  }

  #params(key: number): unknown[] {
    return [key, "x".repeat(this.#random.once(8) ? 400 : 5)];
  }

  #call(): void {
    this.#track("call", (key) => this.#client.call("m", this.#params(key), this.#options()));
  }

  #notify(): void {
    this.#track("notification", (key) => this.#client.notify("n", this.#params(key), this.#options()));
  }

  #batch(): void {
    const batch = this.#client.batch();
    for (let members = this.#random.below(6); members > 0; members--) {
      if (this.#random.once(4)) this.#track("notification", (key) => batch.notify("n", this.#params(key)));
      else this.#track("call", (key) => batch.call("m", this.#params(key)));
    }
    void batch.send(this.#options());
  }

  #openDial(): Dial | undefined {
    const dial = this.#transport.dials.find((open) => !this.#done.has(open) && !open.options.signal.aborted);
    if (dial) this.#done.add(dial);
    return dial;
  }

  #accept(): void {
    const dial = this.#openDial();
    if (dial) this.#peers.push(dial.accept());
  }

  #refuse(): void {
    this.#openDial()?.refuse();
  }

  #peer(): ScriptedPeer | undefined {
    return this.#peers.at(-1);
  }

  /** Answers something that the peer was asked, rightly or not. */
  #answer(): void {
    const peer = this.#peer();
    const message = peer && [JSON.parse(this.#random.pick(peer.messages) ?? "[]")].flat()[0];
    if (!message || message.id === undefined) return;
    const [key] = message.params;
    if (this.#answered.has(key)) return;
    const code = this.#random.once(4);
    this.#answered.set(key, code ? key : `answer ${key}`);
    if (code) peer.refuse(message.id, key, "no");
    else peer.answer(message.id, `answer ${key}`);
  }
}

/** What calls a peer was sent. */
function keysIn({ messages }: ScriptedPeer): number[] {
  return messages.flatMap((text) => [JSON.parse(text)].flat().map(({ params }) => params[0]));
}

describe("a client in random weather", () => {
  it(`settles everything once and leaves nothing behind, ${SEEDS} times`, async () => {
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const weather = new Weather(seed);
      try {
        await weather.run();
        weather.check();
      } catch (error) {
        throw new Error(`with the seed ${seed}`, { cause: error });
      }
      for (const { outcome } of weather.made) {
        const kind = isCallError(outcome)
          ? `${outcome.name}, ${outcome.outcome}`
          : isRpcError(outcome)
            ? "RpcError"
            : "fine";
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
    }
    // It was weather of every kind.
    for (const kind of [
      "fine",
      "RpcError",
      "CallTimeoutError, not-sent",
      "CallTimeoutError, unknown",
      "AbortError, not-sent",
      "AbortError, unknown",
      "ConnectionLostError, not-sent",
      "ConnectionLostError, unknown",
      "ClosedError, not-sent",
      "ClosedError, unknown",
      "DialError, not-sent",
    ]) {
      assert((kinds.get(kind) ?? 0) > 5, `${kind}: ${kinds.get(kind)} of ${JSON.stringify([...kinds])}`);
    }
  });
});
