/** What the tracing channels tell of calls, on both sides. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";
import { describe, type TestContext, test } from "node:test";
import type { CallTrace } from "../../src/connection/call-trace.ts";
import { Connection } from "../../src/connection/connection.ts";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { MethodNotFoundError } from "../../src/protocol/errors/method-not-found-error.ts";
import { RequestCancelledError } from "../../src/protocol/errors/request-cancelled-error.ts";
import { isRpcError } from "../../src/protocol/errors/rpc-error.ts";
import { ServerTimeoutError } from "../../src/protocol/errors/server-timeout-error.ts";
import type { HandleTrace } from "../../src/service/handle-trace.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair } from "../../src/testing/channel-pair.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { tracer as noTracer } from "../../src/tracing/none.ts";
import { call, callNow, notify, request, silent } from "../service/kit.ts";
import { Log } from "../support/log.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

type Event = "start" | "end" | "asyncStart" | "asyncEnd" | "error";

/** Listens to a tracing channel until the test is over. */
function listenTo<T extends object>(test: TestContext, name: string) {
  const heard: { readonly event: Event; readonly told: T }[] = [];
  const hear = (event: Event) => (told: object) => void heard.push({ event, told: told as T });
  const subscriber = {
    start: hear("start"),
    end: hear("end"),
    asyncStart: hear("asyncStart"),
    asyncEnd: hear("asyncEnd"),
    error: hear("error"),
  };
  const channel = tracingChannel<unknown, object>(name);
  channel.subscribe(subscriber);
  test.after(() => channel.unsubscribe(subscriber));
  return {
    events: () => heard.splice(0).map(({ event }) => event),
    /** The calls heard of, each once. */
    calls: () => [...new Set(heard.map(({ told }) => told))],
  };
}

/** Takes the place of those who hear of errors that nobody handles, until the test is over. */
function instead(test: TestContext, event: "unhandledRejection" | "uncaughtException"): unknown[] {
  const heard: unknown[] = [];
  const before = process.listeners(event as "exit");
  process.removeAllListeners(event);
  process.on(event, (error: unknown) => heard.push(error));
  test.after(() => {
    process.removeAllListeners(event);
    for (const listener of before) process.on(event as "exit", listener);
  });
  return heard;
}

const listenToCalls = (test: TestContext) => listenTo<CallTrace>(test, "tsjason:call");
const listenToHandling = (test: TestContext) => listenTo<HandleTrace>(test, "tsjason:handle");

const LATER: readonly Event[] = ["start", "end", "asyncStart", "asyncEnd"];
const FAILED_LATER: readonly Event[] = ["start", "end", "error", "asyncStart", "asyncEnd"];
const AT_ONCE: readonly Event[] = ["start", "end"];
const FAILED_AT_ONCE: readonly Event[] = ["start", "error", "end"];

describe("tracing:tsjason:call", () => {
  test("tells of a call: what it is, and what became of it", async (t) => {
    const heard = listenToCalls(t);
    const { connection, peer } = scripted();
    const answered = connection.call("add", [1, 2]);
    assert.deepEqual(heard.calls(), [
      { method: "add", params: [1, 2], notification: false, address: undefined, trace: undefined },
    ]);
    await peer.received(1);
    peer.answer(1, 3);
    assert.equal(await answered, 3);
    assert.equal(heard.calls()[0]?.result, 3);
    assert.deepEqual(heard.events(), LATER);
  });

  test("tells of an error answer, a timeout, an abort", async (t) => {
    const heard = listenToCalls(t);
    const { connection, peer, clock } = scripted();
    const controller = new AbortController();
    const refused = connection.call("a");
    const aborted = connection.call("b", [], { signal: controller.signal });
    const timedOut = connection.call("c");
    await peer.received(3);
    peer.refuse(1, -32601, "Method not found");
    const errors = [await rejection(refused, MethodNotFoundError)] as Error[];
    controller.abort();
    errors.push(await rejection(aborted, CallAbortedError));
    clock.advance(5_000);
    errors.push(await rejection(timedOut, CallTimeoutError));
    assert.deepEqual(
      heard.calls().map(({ error }) => error),
      errors,
    );
    assert.deepEqual(heard.events().slice(6), [
      "error",
      "asyncStart",
      "asyncEnd",
      ...FAILED_LATER.slice(2),
      ...FAILED_LATER.slice(2),
    ]);
  });

  test("tells of a call that fails before it takes any time", async (t) => {
    const heard = listenToCalls(t);
    const { connection, peer } = scripted();
    await rejection(connection.call("add", [1n]), TypeError);
    assert.match(String(heard.calls()[0]?.error), /BigInt/);
    assert.deepEqual(heard.events(), FAILED_AT_ONCE);
    await rejection(connection.call("add", [], { signal: AbortSignal.abort() }), CallAbortedError);
    assert.deepEqual(heard.events(), [], "nothing is made of one that was aborted before");
    assert.deepEqual(peer.messages, []);
  });

  test("tells of notifications, until they are handed over", async (t) => {
    const heard = listenToCalls(t);
    const { connection, peer } = scripted();
    await connection.notify("seen", { id: 7 });
    assert.deepEqual(heard.calls(), [
      {
        method: "seen",
        params: { id: 7 },
        notification: true,
        address: undefined,
        trace: undefined,
        result: undefined,
      },
    ]);
    assert.deepEqual(heard.events(), LATER);
    await peer.received(1);
  });

  test("tells of each member of a batch, which goes as one message", async (t) => {
    const heard = listenToCalls(t);
    const { connection, peer } = scripted();
    const batch = connection.batch();
    const members = [batch.call("one", [1]), batch.notify("two"), batch.call("three")];
    assert.deepEqual(heard.calls(), []);
    const done = batch.send();
    await peer.received(1);
    assert.deepEqual(
      JSON.parse(peer.messages[0] ?? "").map(({ method }: { method: string }) => method),
      ["one", "two", "three"],
    );
    peer.say([
      { jsonrpc: "2.0", id: 1, result: "a" },
      { jsonrpc: "2.0", id: 3, result: "b" },
    ]);
    await done;
    assert.deepEqual(await Promise.all(members), ["a", undefined, "b"]);
    assert.deepEqual(
      heard.calls().map(({ method, result }) => [method, result]),
      [
        ["one", "a"],
        ["two", undefined],
        ["three", "b"],
      ],
    );
  });

  test("stands inside the middlewares: it tells of each attempt, and of no call that was answered without one", async (t) => {
    const heard = listenToCalls(t);
    const { connection, peer } = scripted();
    connection.use(({ method }, next) => (method === "cached" ? 1 : next().catch(() => next({ params: [2] }))), {
      repeats: true,
    });
    assert.equal(await connection.call("cached"), 1);
    const again = connection.call("again", [1]);
    await peer.received(1);
    peer.refuse(1, 1, "no");
    await peer.received(2);
    peer.answer(2, "yes");
    assert.equal(await again, "yes");
    assert.deepEqual(
      heard.calls().map(({ method, params }) => [method, params]),
      [
        ["again", [1]],
        ["again", [2]],
      ],
    );
  });

  test("names the address of a client, without what is secret in it", async (t) => {
    const heard = listenToCalls(t);
    const server = await serve(t);
    const client = clientOf(t, server.address);
    assert.equal(await client.call("add", [1, 2]), 3);
    assert.equal(heard.calls()[0]?.address, server.address);
  });

  test("a rejection stays the caller's to handle, and a batch member's is logged as ever", async (t) => {
    listenToCalls(t);
    const log = new Log();
    const { left } = joined({ logger: log }, { service: exampleService() });
    const unhandled = instead(t, "unhandledRejection");
    void left.call("nowhere");
    const batch = left.batch();
    void batch.call("nowhere");
    await batch.send();
    await log.said(/nowhere, in a batch, failed and nobody asked/);
    await turns(2);
    assert.deepEqual(
      unhandled.map((error) => isRpcError(error)),
      [true],
    );
  });

  test("what listeners bind to its start is there for the call", async (t) => {
    const store = new AsyncLocalStorage<string>();
    const channel = tracingChannel<string, CallTrace>("tsjason:call");
    channel.start.bindStore(store, ({ method }) => `within ${method}`);
    t.after(() => channel.start.unbindStore(store));
    const { connection, peer } = scripted();
    const seen: unknown[] = [];
    const params = [{ toJSON: () => seen.push(store.getStore()) }];
    const call = connection.call("written", params);
    await peer.received(1);
    peer.answer(1, 0);
    await call;
    assert.deepEqual(seen, ["within written"]);
  });
});

describe("tracing:tsjason:handle", () => {
  function service(options: ConstructorParameters<typeof Service>[0] = {}) {
    return new Service({ logger: silent, ...options })
      .addMethod("add", (a: number, b: number) => a + b)
      .addMethod("later", async (value: unknown) => value)
      .addMethod("never", () => new Promise(() => {}))
      .addMethod("big", () => 1n)
      .addMethod("fail", () => {
        throw new TypeError("as it was told");
      });
  }

  test("tells of a call that is answered at once", (t) => {
    const heard = listenToHandling(t);
    callNow(service(), "add", [1, 2]);
    assert.deepEqual(heard.calls(), [
      {
        method: "add",
        known: true,
        params: [1, 2],
        notification: false,
        connection: undefined,
        trace: undefined,
        result: 3,
      },
    ]);
    assert.deepEqual(heard.events(), AT_ONCE);
  });

  test("tells of one that takes time", async (t) => {
    const heard = listenToHandling(t);
    await call(service(), "later", ["x"]);
    assert.equal(heard.calls()[0]?.result, "x");
    assert.deepEqual(heard.events(), LATER);
  });

  test("tells what a method threw, which the caller does not get to see", async (t) => {
    const heard = listenToHandling(t);
    await call(service(), "fail");
    assert.match(String(heard.calls()[0]?.error), /as it was told/);
    assert.deepEqual(heard.events(), FAILED_AT_ONCE);
  });

  test("tells of a result that JSON cannot hold", async (t) => {
    const heard = listenToHandling(t);
    await call(service(), "big");
    assert.match(String(heard.calls()[0]?.error), /BigInt/);
    assert.deepEqual(heard.events(), FAILED_AT_ONCE);
  });

  test("tells of refusals: unknown, unfit, stopped, too many", async (t) => {
    const heard = listenToHandling(t);
    const one = service({ limits: { inFlight: 1 } });
    await call(one, "nowhere");
    await call(one, "add", [1]);
    await one.stopServing();
    await call(one, "add", [1, 2]);
    one.startServing();
    void call(one, "never");
    await call(one, "add", [1, 2]);
    assert.deepEqual(
      heard.calls().map(({ method, known, error }) => [method, known, isRpcError(error) ? error.code : error]),
      [
        ["nowhere", false, -32601],
        ["add", true, -32602],
        ["add", true, -32097],
        ["never", true, undefined],
        ["add", true, -32096],
      ],
    );
    assert.deepEqual(heard.events().slice(0, 3), FAILED_AT_ONCE);
  });

  test("tells of notifications", async (t) => {
    const heard = listenToHandling(t);
    const one = service();
    notify(one, "add", [1, 2]);
    notify(one, "fail");
    notify(one, "later", [1]);
    await turns(1);
    assert.deepEqual(
      heard.calls().map(({ notification, result, error }) => [notification, result, (error as Error)?.name]),
      [
        [true, 3, undefined],
        [true, undefined, "TypeError"],
        [true, 1, undefined],
      ],
    );
  });

  test("tells why a call ended before its method", async (t) => {
    const heard = listenToHandling(t);
    const clock = new FakeClock();
    const one = service({ clock, timeout: 10 });
    const { right } = joined({}, { service: one, cancel: "lsp" });
    t.after(() => right.close());
    const timedOut = call(one, "never");
    clock.advance(10);
    await timedOut;
    const leaving = new AbortController();
    const gone = one.handle(request("never"), { signal: leaving.signal });
    leaving.abort(new Error("gone"));
    await gone;
    const { connection, peer } = scripted({ service: one, cancel: "lsp" });
    peer.call(1, "never");
    peer.notify("$/cancelRequest", { id: 1 });
    await peer.received(1);
    void connection.close();
    const errors = heard.calls().map(({ error }) => error as Error);
    assert(errors[0] instanceof ServerTimeoutError);
    assert.equal(errors[1]?.message, "gone");
    assert(errors[2] instanceof RequestCancelledError);
    assert.equal(errors.length, 3, "the cancel itself is none");
    const events = heard.events();
    assert.equal(events.length, 15, "each ends once");
    assert.deepEqual(events.slice(0, 5), FAILED_LATER);
  });

  test("stands outside the middlewares: it tells what they made of a call", async (t) => {
    const heard = listenToHandling(t);
    const one = service().use(async (_call, next) => ({ sum: await next() }));
    await call(one, "add", [1, 2]);
    assert.deepEqual(heard.calls()[0]?.result, { sum: 3 });
    assert.deepEqual(heard.events(), LATER);
  });

  test("what listeners bind to its start is there for the middlewares and the method, also later", async (t) => {
    const store = new AsyncLocalStorage<string>();
    const channel = tracingChannel<string, HandleTrace>("tsjason:handle");
    channel.start.bindStore(store, ({ params }) => `call ${JSON.stringify(params)}`);
    t.after(() => channel.start.unbindStore(store));
    const seen: unknown[] = [];
    const one = service()
      .addMethod("look", async (_value: number) => {
        seen.push(store.getStore());
        await turns(1);
        return store.getStore();
      })
      .use((_call, next) => {
        seen.push(store.getStore());
        return next();
      });
    const answers = await Promise.all([call(one, "look", [1]), call(one, "look", [2])]);
    assert.deepEqual(answers, [{ result: "call [1]" }, { result: "call [2]" }]);
    assert.deepEqual(seen, ["call [1]", "call [1]", "call [2]", "call [2]"]);
  });

  test("what listeners bind to its start is there for a method that waited for its turn", async (t) => {
    const store = new AsyncLocalStorage<string>();
    const channel = tracingChannel<string, HandleTrace>("tsjason:handle");
    channel.start.bindStore(store, ({ params }) => `call ${JSON.stringify(params)}`);
    t.after(() => channel.start.unbindStore(store));
    const [near, far] = channelPair();
    const one = service().addMethod("look", async (_value: number) => {
      await turns(1);
      return store.getStore();
    });
    new Connection(near, { service: one, concurrency: 1, logger: silent });
    const connection = new Connection(far, { logger: silent });
    const answers = await Promise.all([1, 2, 3].map((value) => connection.call("look", [value])));
    assert.deepEqual(answers, ["call [1]", "call [2]", "call [3]"]);
    await connection.close();
  });

  test("what a listener throws harms no call", async (t) => {
    const channel = tracingChannel("tsjason:handle");
    const listener = {
      start: () => {
        throw new Error("the listener's");
      },
    } as never;
    channel.subscribe(listener);
    t.after(() => channel.unsubscribe(listener));
    const caught = instead(t, "uncaughtException");
    assert.deepEqual(callNow(service(), "add", [1, 2]), { result: 3 });
    await turns(1);
    assert.deepEqual(caught.map(String), ["Error: the listener's"]);
  });

  test("nothing is told when nobody listens any more", () => {
    const channel = tracingChannel<unknown, object>("tsjason:handle");
    let heard = 0;
    const listener = { start: () => void heard++ } as never;
    channel.subscribe(listener);
    callNow(service(), "add", [1, 2]);
    channel.unsubscribe(listener);
    callNow(service(), "add", [1, 2]);
    assert.equal(heard, 1);
  });
});

test("where there are no channels, there is no tracer", () => {
  assert.equal(noTracer("tsjason:call"), undefined);
});
