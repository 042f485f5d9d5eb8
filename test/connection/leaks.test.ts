import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Connection } from "../../src/connection/connection.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";
import { Log } from "../support/log.ts";
import { clientOf, serve } from "../support/served.ts";
import { turns } from "../support/turns.ts";

const CALLS = 100_000;
const AT_ONCE = 5_000;

/** Makes many calls, some at once, of every kind that ends in its own way. */
async function callMuch(call: (method: string, params: unknown[], options: object) => Promise<unknown>) {
  const shared = new AbortController();
  for (let made = 0; made < CALLS; made += AT_ONCE) {
    const own = new AbortController();
    const calls = Array.from({ length: AT_ONCE }, (_, at) => {
      if (at % 100 === 0) return call("never", [], { signal: own.signal });
      const method = at % 3 === 0 ? "later" : at % 7 === 0 ? "fail" : "echo";
      return call(method, [at], at % 2 === 0 ? { signal: shared.signal } : { timeout: 60_000 });
    });
    const settled = Promise.allSettled(calls);
    own.abort();
    await settled;
    assert.equal(getEventListeners(own.signal, "abort").length, 0);
  }
  assert.equal(getEventListeners(shared.signal, "abort").length, 0);
}

/** What a process holds that could be the calls'. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

describe(`${CALLS.toLocaleString("en")} calls leave nothing behind`, () => {
  it("in memory: no entry, listener or timer, on either end", async () => {
    const [clock, log] = [new FakeClock(), new Log()];
    const service = new Service({ timeout: 30_000, clock, logger: log })
      .addMethod("echo", (value: unknown) => value)
      .addMethod("later", (value: unknown) => Promise.resolve(value))
      .addMethod("fail", () => Promise.reject(new Error("as it was told")))
      .addMethod(
        "never",
        (context: CallContext) => {
          assert.equal(context.signal.aborted, false);
          return new Promise(() => {});
        },
        { context: true, timeout: 1_000 },
      );
    const [here, there] = channelPair();
    const server = new Connection(there, { service, clock, logger: log });
    const client = new Connection(here, { clock, logger: log });
    await callMuch((method, params, options) => client.call(method, params, options));
    assert.equal(client.pending, 0);
    assert.equal(clock.timers, 4, "one for all calls, one for all methods, and one that watches each end");
    clock.advance(1_000);
    await turns();
    assert.equal(service.inFlight + server.inFlight, 0);
    clock.advance(60_000);
    await turns();
    assert.equal(clock.timers, 2);
    await Promise.all([client.close(), server.closed]);
    assert.deepEqual([clock.timers, client.pending, client.inFlight, server.pending], [0, 0, 0, 0]);
  });

  it("over tcp: nor anything of the process", async (t) => {
    const before = timers();
    const server = await serve(t);
    const client = clientOf(t, server.address);
    await callMuch((method, params, options) => client.call(method, params, options));
    assert.equal(client.pending, 0);
    server.service.cancelPending();
    assert.equal(server.service.inFlight, 0);
    await client.close();
    await Promise.all([...server.connections].map(({ closed }) => closed));
    assert.equal(server.connections.size, 0);
    await server.close();
    await turns();
    assert.equal(timers(), before);
  });

  it("nor does a connection, to its service or to the clock", async () => {
    const clock = new FakeClock();
    const callers = new Set<unknown>();
    class Watched extends Service {
      override open(...args: Parameters<Service["open"]>) {
        const caller = super.open(...args);
        callers.add(caller);
        return caller;
      }
      override release(caller: Parameters<Service["release"]>[0]) {
        super.release(caller);
        callers.delete(caller);
      }
    }
    const service = new Watched({ logger: new Log() }).addMethod("echo", (value: unknown) => value);
    const before = callers.size;
    for (const end of ["close", "destroy"] as const) {
      const [here, there] = channelPair();
      const server = new Connection(there, { service, clock, logger: new Log() });
      const client = new Connection(here, { clock, logger: new Log() });
      assert.equal(await client.call("echo", [1]), 1);
      assert.deepEqual(
        [callers.size, clock.timers],
        [before + 1, 3],
        "one for the call, and one that watches each end",
      );
      await client[end]();
      await Promise.all([client.closed, server.closed]);
      assert.deepEqual([callers.size, clock.timers], [before, 0]);
    }
  });
});
