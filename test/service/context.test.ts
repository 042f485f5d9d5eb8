/** What a method learns of the call it answers. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { Connection } from "../../src/connection/connection.ts";
import { deferred } from "../../src/connection/deferred.ts";
import { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { exportMethods } from "../../src/service/export-rpc.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";
import { gate as makeGate } from "../support/settling.ts";
import { call, callNow, notify, silent } from "./kit.ts";

/** Calls `method` and gives its context. */
function contextOf(service: Service, options: { timeout?: number } = {}): CallContext {
  let seen: CallContext | undefined;
  service.addMethod(
    "look",
    (context: CallContext) => {
      seen = context;
    },
    { context: true, ...options },
  );
  callNow(service, "look");
  assert.ok(seen);
  return seen;
}

test("the method's name, and that there is no connection with handle", () => {
  const context = contextOf(new Service());
  assert.equal(context.method, "look");
  assert.equal(context.notification, false);
  assert.equal(context.connection, undefined);
  assert.equal(context.signal.aborted, false);
});

test("shown by console.log it tells what call it is of", () => {
  assert.match(inspect(contextOf(new Service())), /method: 'look',\s+notification: false/);
});

test("before any number of arguments, for the object the method belongs to", () => {
  class Handler {
    name = "handler";
    look(context: CallContext, ...rest: unknown[]) {
      return [this.name, context.method, ...rest];
    }
  }
  exportMethods(Handler, { look: { context: true, params: ["...rest"] } });
  const service = new Service().addHandler(new Handler(), { namespace: "main" });
  for (const args of [[], [1], [1, null], [1, 2, 3], [1, 2, 3, 4]]) {
    assert.deepEqual(callNow(service, "main.look", args), { result: ["handler", "main.look", ...args] });
  }
});

test("whether it is a notification", () => {
  const service = new Service();
  const seen: boolean[] = [];
  service.addMethod("look", ({ notification }: CallContext) => seen.push(notification), { context: true });
  notify(service, "look");
  callNow(service, "look");
  assert.deepEqual(seen, [true, false]);
});

test("the deadline, in the time of Date.now", () => {
  const clock = new FakeClock();
  clock.advance(5_000);
  const rows: readonly [service: number, method: number | undefined, timeout: number | undefined][] = [
    [2_000, undefined, 2_000],
    [2_000, 500, 500],
    [0, 500, 500],
    [2_000, 0, undefined],
    [0, undefined, undefined],
  ];
  for (const [timeout, own, expected] of rows) {
    const before = Date.now();
    const { deadline } = contextOf(new Service({ timeout, clock }), own === undefined ? {} : { timeout: own });
    const after = Date.now();
    if (expected === undefined) assert.equal(deadline, undefined);
    else assert.ok(deadline !== undefined && deadline >= before + expected && deadline <= after + expected);
  }
});

test("the deadline is the one the call is held to, also when the clock has moved on", async () => {
  const clock = new FakeClock();
  const gate = makeGate();
  let seen: CallContext | undefined;
  const service = new Service({ timeout: 2_000, clock }).addMethod(
    "stuck",
    (context: CallContext) => {
      seen = context;
      return gate.promise;
    },
    { context: true },
  );
  const answer = call(service, "stuck");
  clock.advance(1_500);
  const left = (seen?.deadline ?? 0) - Date.now();
  assert.ok(left > 400 && left <= 500, `${left} ms left`);
  gate.open();
  await answer;
});

test("the connection it came by, to see who calls and to call back", async () => {
  const [here, there] = channelPair();
  const service = new Service().addMethod(
    "whoami",
    async ({ connection }: CallContext, question: string) => [
      connection?.peer.transport,
      await connection?.call("answer", [question]),
    ],
    { context: true },
  );
  const callers = new Service().addMethod("answer", (question: string) => `${question}? me`);
  const server = new Connection(there, { service, logger: silent });
  const client = new Connection(here, { service: callers, logger: silent });
  assert.deepEqual(await client.call("whoami", ["who"]), ["memory", "who? me"]);
  await client.close();
  await server.closed;
});

/** Counts the signals that are made from now on. */
function countSignals(t: TestContext): { made: number } {
  const counted = { made: 0 };
  const Original = globalThis.AbortController;
  globalThis.AbortController = class extends Original {
    constructor() {
      super();
      counted.made++;
    }
  };
  t.after(() => {
    globalThis.AbortController = Original;
  });
  const abort = AbortSignal.abort.bind(AbortSignal);
  t.mock.method(AbortSignal, "abort", (reason: unknown) => {
    counted.made++;
    return abort(reason);
  });
  return counted;
}

test("no signal is made for a method that does not look at it", async (t) => {
  const signals = countSignals(t);
  const service = new Service({ timeout: 1_000 })
    .addMethod("blind", async (context: CallContext) => context.method, { context: true })
    .addMethod("looking", async ({ signal }: CallContext) => signal.aborted, { context: true })
    .addMethod("plain", async () => 1);
  await Promise.all([call(service, "blind"), call(service, "plain")]);
  service.cancelPending();
  assert.equal(signals.made, 0);
  assert.deepEqual(await call(service, "looking"), { result: false });
  assert.equal(signals.made, 1);
});

test("nor when a call is aborted: whoever looks afterwards finds one signal, aborted with the reason", async (t) => {
  const signals = countSignals(t);
  const [here, there] = channelPair();
  const called = deferred<CallContext>();
  const stuck = (context: CallContext) => {
    called.resolve(context);
    return new Promise<never>(() => {});
  };
  const service = new Service().addMethod("stuck", stuck, { context: true });
  const server = new Connection(there, { service, logger: silent });
  const client = new Connection(here, { logger: silent });
  const answer = assert.rejects(client.call("stuck"));
  const context = await called.promise;
  client.destroy();
  await Promise.all([answer, server.closed]);
  assert.equal(signals.made, 0);
  assert.equal(context.signal.aborted, true);
  assert.equal(context.signal, context.signal);
  assert.ok(context.signal.reason instanceof DisconnectError);
  assert.throws(
    () => context.signal.throwIfAborted(),
    (reason) => reason === context.signal.reason,
  );
  assert.equal(signals.made, 1);
});

test("the signal stays as it is when the call ends in time, and is the same at each look", async () => {
  const clock = new FakeClock();
  let seen: CallContext | undefined;
  const service = new Service({ timeout: 1_000, clock }).addMethod(
    "look",
    async (context: CallContext) => {
      seen = context;
      const { signal } = context;
      return signal === context.signal;
    },
    { context: true },
  );
  assert.deepEqual(await call(service, "look"), { result: true });
  clock.advance(5_000);
  service.cancelPending();
  assert.equal(seen?.signal.aborted, false);
});
