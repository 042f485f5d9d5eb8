import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { Client } from "../../src/client/client.ts";
import { isCallError } from "../../src/connection/errors/call-error.ts";
import { isRpcError } from "../../src/protocol/errors/rpc-error.ts";
import { listen, type Server } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { FaultProxy } from "../../src/testing/faults/index.ts";
import { Random } from "./random.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const AT_ONCE = 8;

/** One address, with the proxy that stands in front of it and the client that calls there. */
interface Post {
  readonly pushes: boolean;
  readonly server: Server;
  readonly proxy: FaultProxy;
  client: Client;
}

/** What a soak has done so far. */
export interface SoakTally {
  readonly answered: number;
  /** How many got an error, as they should. */
  readonly refused: number;
  /** How many were lost with their connection. */
  readonly lost: number;
  readonly reconnects: number;
}

/**
 * Mixed load on one service over several addresses: calls of all sizes, batches, notifications, calls back, errors,
 * timeouts, aborts; connections that are cut, and clients that are closed and made anew.
 */
export class SoakLoad {
  readonly #random: Random;
  readonly #posts: Post[] = [];
  /** Shared by calls of the whole run, as an application's would be: it must not gather listeners. */
  readonly #shared = new AbortController();
  readonly #tally = { answered: 0, refused: 0, lost: 0, reconnects: 0 };

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  get tally(): SoakTally {
    return { ...this.#tally };
  }

  async start(addresses: readonly string[]): Promise<void> {
    const service = soakService();
    for (const address of addresses) {
      const server = await listen(service, address, { logger: quiet });
      const proxy = await FaultProxy.listen(server.address);
      const pushes = !address.startsWith("http");
      this.#posts.push({ pushes, server, proxy, client: this.#clientOf(proxy, pushes) });
    }
  }

  /** Runs for as long as it is told to go on. Afterwards nothing is under way. */
  async run(goesOn: () => boolean): Promise<void> {
    const work = async (post: Post) => {
      while (goesOn()) await this.#act(post);
    };
    await Promise.all(this.#posts.flatMap((post) => Array.from({ length: AT_ONCE }, () => work(post))));
    for (const { client } of this.#posts) assert.equal(client.pending, 0);
    assert.equal(getEventListeners(this.#shared.signal, "abort").length, 0, "a listener was left on a signal");
  }

  async close(): Promise<void> {
    for (const { client, proxy, server } of this.#posts.splice(0)) {
      await client.close();
      await proxy.close();
      await server.close();
      assert.equal(server.connections.size, 0);
    }
  }

  #clientOf(proxy: FaultProxy, pushes: boolean): Client {
    const service = new Service({ logger: quiet }).addMethod("back", (value: unknown) => value);
    const redial = { initialDelay: 1, maxDelay: 20 };
    return new Client(proxy.address, { redial, logger: quiet, retry: "not-sent", ...(pushes ? { service } : {}) });
  }

  async #act(post: Post): Promise<void> {
    const random = this.#random;
    const { client } = post;
    const { signal } = this.#shared;
    const size = random.once(200) ? 300_000 : random.once(10) ? 5_000 : random.below(200);
    const text = "x".repeat(size);
    let made: Promise<unknown> = Promise.resolve();
    random.act([
      [40, () => (made = client.call("echo", [text], { signal }))],
      [20, () => (made = client.call("later", [text], { idempotent: true }))],
      [10, () => (made = client.notify("echo", [text]))],
      [10, () => (made = this.#batch(client, text))],
      [5, () => (made = client.call("fail"))],
      [5, () => (made = client.call("nowhere"))],
      [5, () => (made = client.call("never", [], { timeout: 1 + random.below(5) }))],
      [5, () => (made = client.call("never", [], { signal: AbortSignal.timeout(random.below(5)) }))],
      [5, () => (made = post.pushes ? client.call("ask", [text]) : Promise.resolve())],
      [0.3, () => this.#cut(post)],
      [0.2, () => (made = this.#renew(post))],
    ]);
    await made.then(
      () => this.#tally.answered++,
      (error) => this.#note(error),
    );
  }

  #note(error: unknown): void {
    if (isRpcError(error)) this.#tally.refused++;
    else if (isCallError(error)) this.#tally.lost++;
    else throw error;
  }

  async #batch(client: Client, text: string): Promise<void> {
    const batch = client.batch();
    const members = [batch.call("echo", [text]), batch.call("later", [text]), batch.notify("echo", [1])];
    await batch.send({ signal: this.#shared.signal });
    await Promise.all(members);
  }

  #cut({ proxy }: Post): void {
    this.#tally.reconnects++;
    proxy.cut();
  }

  async #renew(post: Post): Promise<void> {
    const { client } = post;
    this.#tally.reconnects++;
    post.client = this.#clientOf(post.proxy, post.pushes);
    await client.close();
  }
}

function soakService(): Service {
  return new Service({ logger: quiet, timeout: 2_000 })
    .addMethod("echo", (value: unknown) => value)
    .addMethod("later", (value: unknown) => new Promise((resolve) => setTimeout(resolve, 1, value)))
    .addMethod("fail", () => Promise.reject(new Error("as it was told")))
    .addMethod(
      "never",
      ({ signal }: CallContext) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(null))),
      { context: true, timeout: 50 },
    )
    .addMethod("ask", ({ connection }: CallContext, value: unknown) => connection?.call("back", [value]), {
      context: true,
    });
}
