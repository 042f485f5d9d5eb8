/** What `service.handle` makes of those who say who they are, and may leave. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { DRAINING } from "../../src/protocol/error-object.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import type { CallContext, CallerConnection } from "../../src/service/context.ts";
import { Exchanges } from "../../src/service/exchanges.ts";
import { Service } from "../../src/service/service.ts";
import { systemClock } from "../../src/time/clock.ts";
import { callText } from "../support/http.ts";
import { exampleService } from "../support/served.ts";
import { gate, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

const connection: CallerConnection = {
  peer: { transport: "test", address: "somebody" },
  call: () => assert.fail("nobody calls back"),
  notify: () => assert.fail("nobody calls back"),
};

/** A service whose method `work` ends when the test likes, and the signals its calls saw. */
function working() {
  const work = gate<string>();
  const signals: AbortSignal[] = [];
  const service = exampleService()
    .addMethod("who", (context: CallContext) => context.connection?.peer.address, { context: true })
    .addMethod(
      "work",
      ({ signal }: CallContext) => {
        signals.push(signal);
        return work.promise;
      },
      { context: true },
    );
  return { service, work, signals };
}

const resultOf = async (answer: string | undefined | Promise<string | undefined>) =>
  JSON.parse((await answer) ?? "null");

describe("handling a text of somebody", () => {
  it("shows methods who it is", async () => {
    const { service } = working();
    assert.equal((await resultOf(service.handle(callText("who"), { connection }))).result, "somebody");
    assert.equal((await resultOf(service.handle(callText("who")))).result, null);
  });

  it("answers at once where it can, and says nothing where there is nothing to say", () => {
    const { service } = working();
    const { signal } = new AbortController();
    assert.equal(typeof service.handle(callText("echo", [1]), { signal }), "string");
    assert.equal(service.handle('{"jsonrpc":"2.0","method":"never"}', { signal, connection }), undefined);
    assert.equal(getEventListeners(signal, "abort").length, 0);
    assert.equal(service.inFlight, 1);
  });

  it("aborts what is in flight when they leave, and resolves with nothing", async () => {
    const { service, signals } = working();
    const controller = new AbortController();
    const mine = service.handle(`[${callText("work")},{"jsonrpc":"2.0","method":"work"}]`, controller);
    const other = service.handle(callText("work"), { connection });
    const state = watch(Promise.resolve(other));
    const reason = new Error("gone");
    controller.abort(reason);
    assert.equal(await mine, undefined);
    assert.deepEqual(
      signals.map((signal) => signal.reason),
      [reason, reason, undefined],
    );
    await turns(1);
    assert.deepEqual([state.settled, service.inFlight], [false, 1]);
  });

  it("does so also when they had left before", async () => {
    const { service } = working();
    assert.equal(await service.handle(callText("work"), { signal: AbortSignal.abort() }), undefined);
    assert.equal(service.inFlight, 0);
  });

  it("leaves notifications alone once the rest of their batch was answered", async () => {
    const { service, signals } = working();
    const controller = new AbortController();
    const text = `[${callText("later", [1])},{"jsonrpc":"2.0","method":"work"}]`;
    assert.equal((await resultOf(service.handle(text, controller)))[0].result, 1);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
    controller.abort();
    assert.deepEqual([signals[0]?.aborted, service.inFlight], [false, 1]);
  });

  it("counts all against one limit", async () => {
    const service = new Service({ limits: { inFlight: 2 } }).addMethod("never", () => new Promise(() => {}));
    void service.handle(callText("never"));
    void service.handle(callText("never"), { connection });
    for (const options of [{}, { connection }]) {
      const { error } = await resultOf(service.handle(callText("never"), options));
      assert.deepEqual([error.code, error.data], [-32096, { limit: "inFlight", max: 2 }]);
    }
    service.cancelPending();
    void service.handle(callText("never"), { connection });
    assert.equal(service.inFlight, 1);
  });

  it("keeps nothing of those who were answered", async () => {
    const { service, work } = working();
    const answers = Array.from({ length: 10 }, () => service.handle(callText("work"), { connection }));
    assert.equal(service.inFlight, 10);
    work.open("done");
    for (const answer of answers) assert.equal((await resultOf(answer)).result, "done");
    assert.equal(service.inFlight, 0);
  });
});

describe("draining exchanges", () => {
  function drained() {
    const { service, work, signals } = working();
    const exchanges = new Exchanges(service, { limits: untrusted, clock: systemClock });
    return { service, work, signals, exchanges };
  }

  it("resolves at once when nothing is in flight", async () => {
    await drained().exchanges.drain(DRAINING);
  });

  it("refuses what is new, and resolves when what is in flight has ended, notifications too", async () => {
    const { service, work, exchanges } = drained();
    const answer = exchanges.handle(callText("work"), { connection });
    void exchanges.handle('{"jsonrpc":"2.0","method":"work"}', { connection });
    void exchanges.handle('{"jsonrpc":"2.0","method":"work"}');
    const drains = [exchanges.drain(DRAINING), exchanges.drain(DRAINING)];
    const state = watch(Promise.all(drains));
    for (const options of [undefined, { connection }]) {
      const { error } = await resultOf(exchanges.handle(callText("echo", [1]), options));
      assert.deepEqual(error.data, { reason: "draining", executed: false });
    }
    // The service itself goes on.
    assert.equal((await resultOf(service.handle(callText("echo", [1])))).result, 1);
    await turns(1);
    assert.deepEqual([state.settled, exchanges.inFlight], [false, 3]);
    work.open("done");
    await Promise.all(drains);
    assert.equal((await resultOf(answer)).result, "done");
  });

  it("resolves also when what is in flight is cancelled, or left", async () => {
    const { signals, exchanges } = drained();
    const controller = new AbortController();
    const left = exchanges.handle(callText("work"), controller);
    const cancelled = exchanges.handle(callText("work"), { connection });
    const drain = exchanges.drain(DRAINING);
    controller.abort();
    exchanges.cancelInFlight(new Error("enough"));
    await drain;
    assert.equal(await left, undefined);
    assert.equal((await resultOf(cancelled)).error.code, -32098);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
  });
});
