/** What becomes of calls when servers are closed and started anew under load. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clientOf } from "../support/served.ts";
import { ServerProcess } from "../support/server-process.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const CALLS = 1_000;
/* Each has a connection of its own there, and a process may be allowed no more than 1,024 files. */
const CALLS_OVER_HTTP = 900;

describe("SIGTERM under load", { timeout: 60_000 }, () => {
  for (const transport of ["tcp", "unix", "ws", "http"]) {
    const count = transport === "http" ? CALLS_OVER_HTTP : CALLS;
    it(`loses no answer to ${count} calls that were accepted over ${transport}`, async (t) => {
      const address = transport === "unix" ? `unix:${temporaryDirectory(t)}/s` : `${transport}://127.0.0.1:0`;
      const server = await ServerProcess.start(t, address);
      const client = clientOf(t, server.address, { timeout: 0, http: { concurrency: count } });
      const calls = Array.from({ length: count }, (_, at) => client.call("untilSignal", [at]));
      const other = clientOf(t, server.address, { timeout: 0 });
      while ((await other.call("started")) !== count);

      server.signal("SIGTERM");
      assert.equal(await server.says(), "closing");
      server.signal("SIGUSR2");
      assert.deepEqual(await Promise.all(calls), [...Array(count).keys()]);
      assert.equal(await server.says(), "closed");
      assert.deepEqual([await server.ended, server.errors], [0, ""]);
    });
  }
});

/** Calls without end, so many at a time, until it is told to stop. */
class SteadyLoad {
  readonly failures: unknown[] = [];
  #answered = 0;
  #stopped = false;
  readonly #workers: Promise<void>[];
  #look: () => void = () => {};

  constructor(call: (value: number) => Promise<unknown>, atOnce = 20) {
    this.#workers = Array.from({ length: atOnce }, () => this.#work(call));
  }

  /** Resolves when so many more were answered. */
  async goesOn(count: number): Promise<void> {
    const goal = this.#answered + count;
    while (this.#answered < goal) {
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
  }

  async #work(call: (value: number) => Promise<unknown>): Promise<void> {
    for (let at = 0; !this.#stopped; at++) {
      try {
        assert.equal(await call(at), at);
      } catch (error) {
        this.failures.push(error);
      }
      this.#answered++;
      this.#look();
    }
  }
}

describe("a rolling restart of two servers behind one list of addresses", { timeout: 60_000 }, () => {
  it("under steady load fails no call of an idempotent method", async (t) => {
    const directory = temporaryDirectory(t);
    const addresses = ["a", "b"].map((name) => `unix:${directory}/${name}`);
    const servers = await Promise.all(addresses.map((address) => ServerProcess.start(t, address)));
    const client = clientOf(t, addresses, { idempotent: ["later", "echo"], timeout: 30_000 });
    let connections = 0;
    client.on("connect", () => connections++);
    const load = new SteadyLoad((value) => client.call(value % 2 ? "later" : "echo", [value]));
    for (let round = 0; round < 2; round++) {
      for (const [at, address] of addresses.entries()) {
        await load.goesOn(100);
        const server = servers[at] as ServerProcess;
        server.signal("SIGTERM");
        assert.equal(await server.ended, 0);
        await load.goesOn(100);
        servers[at] = await ServerProcess.start(t, address);
      }
    }
    await load.goesOn(100);
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.equal(connections, 5, "each restart moved the client");
  });

  it("over HTTP too, where the first closes", async (t) => {
    const [one, other] = await Promise.all([1, 2].map(() => ServerProcess.start(t, "http://127.0.0.1:0/rpc")));
    assert(one && other);
    const client = clientOf(t, [one.address, other.address], { idempotent: true, timeout: 30_000 });
    const load = new SteadyLoad((value) => client.call("later", [value]));
    await load.goesOn(100);
    one.signal("SIGTERM");
    assert.equal(await one.ended, 0);
    await load.goesOn(100);
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.equal(client.address, other.address);
  });

  it("also when they are killed", async (t) => {
    const directory = temporaryDirectory(t);
    const addresses = ["a", "b"].map((name) => `unix:${directory}/${name}`);
    const servers = await Promise.all(addresses.map((address) => ServerProcess.start(t, address)));
    const client = clientOf(t, addresses, { idempotent: true, timeout: 30_000 });
    const load = new SteadyLoad((value) => client.call("later", [value]));
    for (const [at, address] of addresses.entries()) {
      await load.goesOn(100);
      await servers[at]?.kill();
      await load.goesOn(100);
      servers[at] = await ServerProcess.start(t, address);
    }
    await load.stop();
    assert.deepEqual(load.failures, []);
  });
});
