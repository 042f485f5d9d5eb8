/** Calls that are tried again while middlewares or traces are around them: who sees the whole, and who each attempt. */
import assert from "node:assert/strict";
import { tracingChannel } from "node:diagnostics_channel";
import { describe, it } from "node:test";
import type { CallTrace } from "../../src/connection/call-trace.ts";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { QueueFullError } from "../../src/connection/errors/queue-full-error.ts";
import type { CallMiddleware } from "../../src/connection/middleware.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { answerNext, drainNext, fakedSeveral } from "../support/faked-several.ts";
import { again, harmless, play } from "../support/retrying.ts";
import { rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

/** A middleware that writes down each call it sees, and what becomes of it. */
function witness(seen: string[]): CallMiddleware {
  return async ({ method }, next) => {
    seen.push(method);
    try {
      return await next();
    } catch (error) {
      seen.push(`${method}: ${(error as Error).name}`);
      throw error;
    }
  };
}

describe("a call that may be tried again, inside of a middleware", () => {
  it("is one call to it, and counts as one", async (t) => {
    const { client, refuse, lose, wait, accept } = play(t);
    const seen: string[] = [];
    client.use(witness(seen));
    const call = client.call("m", [1], harmless);
    await refuse();
    assert.equal(client.pending, 1, "while it rests");
    wait();
    await lose();
    assert.equal(client.pending, 1);
    wait(200);
    const peer = await accept();
    assert.equal(client.pending, 1, "while it waits for its answer");
    const { id, method, params } = await peer.inbox.next();
    peer.answer(id, [method, params]);
    assert.deepEqual(await call, ["m", [1]]);
    assert.deepEqual(seen, ["m"]);
    assert.equal(client.pending, 0);
  });

  it("is as the middleware says", async (t) => {
    const { client, lose, wait, accept } = play(t);
    client.use(({ method }, next) => next(method === "read" ? harmless : { idempotent: false, retry: false }));
    const read = client.call("read");
    await lose();
    wait();
    const peer = await accept();
    await answerNext(peer);
    assert.equal(await read, "read");
    const write = rejection(client.call("write", [], harmless), ConnectionLostError);
    await peer.inbox.next();
    peer.channel.destroy();
    await write;
  });

  it("is not, when it may have been executed or was answered", async (t) => {
    const { client, lose, accept } = play(t);
    client.use(witness([]));
    const lost = rejection(client.call("m", [], again), ConnectionLostError);
    await lose();
    assert.equal((await lost).outcome, "unknown");
    const refused = rejection(client.call("m", [], harmless), RpcError);
    const peer = await accept();
    peer.refuse((await peer.inbox.next()).id, 7, "no");
    assert.equal((await refused).code, 7);
  });

  it("has one timeout for all of it, of which the middleware can still make something", async (t) => {
    const { client, clock, refuse } = play(t, { timeout: 1_000 });
    const errors: CallTimeoutError[] = [];
    client.use(async (_call, next) => {
      try {
        return await next();
      } catch (error) {
        assert(error instanceof CallTimeoutError);
        errors.push(error);
        return "from before";
      }
    });
    const call = client.call("m", [], { retry: "not-sent", timeout: 60 });
    await refuse();
    clock.advance(50);
    await refuse();
    // It rests, and its time is up.
    clock.advance(10);
    assert.equal(await call, "from before");
    assert.deepEqual([errors[0]?.timeout, errors[0]?.outcome], [60, "not-sent"]);
    assert(errors[0]?.cause instanceof DialError, "what the last attempt said");
    assert.equal(client.pending, 0);
  });

  it("has the time that the middleware gives it", async (t) => {
    const { client, clock, refuse } = play(t);
    client.use((_call, next) => next({ timeout: 60 }));
    const call = rejection(client.call("m", [], again), CallTimeoutError);
    await refuse();
    clock.advance(50);
    await refuse();
    clock.advance(10);
    assert.equal((await call).timeout, 60);
  });

  it("ends with its signal and with the client, and says what became of all its attempts", async (t) => {
    const { client, lose, refuse, wait } = play(t);
    client.use(witness([]));
    const controller = new AbortController();
    const aborted = rejection(client.call("a", [], { ...harmless, signal: controller.signal }), CallAbortedError);
    const closed = rejection(client.call("b", [], harmless), ClosedError);
    await refuse();
    assert.equal(client.pending, 2);
    wait();
    await turns(1);
    assert.equal(client.pending, 2);
    await lose();
    await turns(1);
    controller.abort();
    assert.equal((await aborted).outcome, "unknown");
    void client.close();
    assert.equal((await closed).outcome, "unknown");
    assert.equal(client.pending, 0);
  });

  it("stops when the middleware has answered without it", async (t) => {
    const { client, refuse, transport, clock } = play(t);
    client.use((_call, next) => {
      void next();
      return "at once";
    });
    assert.equal(await client.call("m", [], again), "at once");
    await refuse();
    clock.advance(1_000);
    await turns();
    assert.deepEqual([transport.dials.length, client.pending], [1, 0]);
  });

  it("may be a notification, and members of a batch, which leave together and come back alone", async (t) => {
    const { client, refuse, wait, accept, drainHalf } = play(t);
    const seen: string[] = [];
    client.use(witness(seen));
    const told = client.notify("n", [], again);
    await refuse();
    wait();
    const peer = await accept();
    await told;
    await peer.inbox.next();
    const { two, sent } = await drainHalf(async () => peer);
    wait();
    const later = await accept();
    await answerNext(later);
    assert.equal(await two, "two");
    await sent;
    assert.match(later.messages[0] ?? "", /^\{/, "not a batch");
    assert.deepEqual(seen, ["n", "one", "two"]);
    assert.equal(client.pending, 0);
  });

  it("is traced attempt by attempt, each with the address it went to", async (t) => {
    t.mock.method(Math, "random", () => 0.5);
    const { client, clock, accept, addresses } = fakedSeveral(t, 2);
    const seen: string[] = [];
    client.use(witness(seen));
    const told: CallTrace[] = [];
    const subscriber = { start: (message: unknown) => void told.push(message as CallTrace) };
    const channel = tracingChannel<unknown, object>("tsjason:call");
    channel.start.subscribe(subscriber.start);
    t.after(() => channel.start.unsubscribe(subscriber.start));
    const call = client.call("m", [], again);
    await drainNext(await accept(0));
    await turns(1);
    clock.advance(50);
    await answerNext(await accept(1));
    assert.equal(await call, "m");
    assert.deepEqual(
      told.map(({ address, error, result }) => [address, (error as Error | undefined)?.name, result]),
      [
        [addresses[0], ServiceUnavailableError.name, undefined],
        [addresses[1], undefined, "m"],
      ],
    );
    assert.deepEqual(seen, ["m"]);
  });

  it("that a closing server refused was not executed, whatever ends it", async (t) => {
    const { client, accept, clock } = play(t);
    client.use(witness([]));
    const call = rejection(client.call("m", [], { ...again, timeout: 40 }), CallTimeoutError);
    await drainNext(await accept());
    await turns(1);
    clock.advance(40);
    const { outcome, cause } = await call;
    assert.equal(outcome, "not-sent");
    assert(cause instanceof ServiceUnavailableError);
  });
});

it("a wrapped call of a link that was left ends there, and leaves the calls of the next one alone", async (t) => {
  const { client, clock, accept } = fakedSeveral(t, 2);
  client.use(witness([]));
  const slow = rejection(client.call("slow", [], { timeout: 100 }), CallTimeoutError);
  const first = await accept(0);
  const { id } = await first.inbox.next();
  const refused = rejection(client.call("late"), ServiceUnavailableError);
  await drainNext(first);
  await refused;
  // Until one has the same place in the table of the next link.
  const second = Promise.resolve().then(() => accept(1));
  for (let last = 2; last < Number(id) + 7; last++) {
    const call = client.call("between");
    await answerNext(await second);
    await call;
  }
  const there = client.call("there");
  const peer = await second;
  const sent = await peer.inbox.next();
  assert.equal(Number(sent.id) - Number(id), 8);
  clock.advance(100);
  assert.equal((await slow).outcome, "unknown");
  assert.equal(client.pending, 1);
  peer.answer(sent.id, "still");
  assert.equal(await there, "still");
  assert.equal(client.pending, 0);
});

it("a call that would rather fail than wait for a slow reader is not tried again", async (t) => {
  const { client, clog } = play(t, { limits: { queuedBytes: 10 } });
  const { big } = await clog();
  await rejection(client.call("n", [], { ...again, whenFull: "fail" }), QueueFullError);
  client.use(witness([]));
  await rejection(client.call("n", [], { ...again, whenFull: "fail" }), QueueFullError);
  void client.close({ timeout: 0 });
  await rejection(big, ClosedError);
});
