import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { backoff } from "../../src/client/backoff.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { faked } from "../support/faked.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { turns } from "../support/turns.ts";

/** A client that dials again, each time after 1 to 10 ms. */
function redialling(test: TestContext) {
  const played = faked(test, { redial: { initialDelay: 10, maxDelay: 10 } });
  /** Refuses the next dial and lets the wait behind it pass. */
  const refuse = async (why: string) => {
    (await played.transport.dial()).refuse(new Error(why));
    await turns(1);
    played.clock.advance(10);
  };
  return { ...played, refuse };
}

describe("a client that redials", () => {
  it("dials again and again for a call that waits, and the call gets through", async (t) => {
    const { client, transport, accept, refuse, log } = redialling(t);
    const call = client.call("m");
    for (let attempt = 1; attempt <= 20; attempt++) await refuse(`attempt ${attempt}`);
    const peer = await accept();
    peer.answer((await peer.inbox.next()).id, "at last");
    assert.equal(await call, "at last");
    assert.equal(transport.dials.length, 21);
    assert.equal(log.lines("info").filter((line) => line.includes("could not be dialled")).length, 20);
    assert.deepEqual(log.lines(), []);
  });

  it("does so for calls, notifications, batches and connect alike, with one dial at a time", async (t) => {
    const { client, transport, accept, refuse } = redialling(t);
    const call = client.call("m");
    await refuse("first");
    const told = client.notify("n");
    const connected = client.connect();
    await refuse("second");
    const batch = client.batch();
    const member = batch.call("b");
    void batch.send();
    const peer = await accept();
    peer.answer((await peer.inbox.next()).id, 1);
    assert.equal((await peer.inbox.next()).method, "n");
    for (const { id } of await peer.inbox.batch()) peer.answer(id, 2);
    assert.deepEqual(await Promise.all([call, told, connected, member]), [1, undefined, undefined, 2]);
    assert.equal(transport.dials.length, 3);
  });

  it("does so within the call's timeout, which carries the last failure as its cause", async (t) => {
    const { client, clock, transport, refuse } = redialling(t);
    const call = client.call("m", [], { timeout: 100 });
    await refuse("first");
    await refuse("second");
    await transport.dial();
    clock.advance(100);
    const error = await rejection(call, CallTimeoutError);
    assert.deepEqual([error.outcome, error.timeout], ["not-sent", 100]);
    assert(error.cause instanceof DialError);
    assert.equal((error.cause.cause as Error).message, "second");
  });

  it("does not for longer than anyone waits", async (t) => {
    const { client, clock, transport } = redialling(t);
    const controller = new AbortController();
    const timed = client.call("m", [], { timeout: 5 });
    const aborted = client.call("m", [], { signal: controller.signal });
    (await transport.dial()).refuse();
    await turns(1);
    controller.abort();
    clock.advance(5);
    await assert.rejects(timed, { name: "CallTimeoutError" });
    await assert.rejects(aborted, { name: "AbortError", outcome: "not-sent" });
    clock.advance(60_000);
    await turns();
    assert.equal(transport.dials.length, 1);
    assert.equal(clock.timers, 0);
  });

  it("does not wait for another dial when nobody waits for it", async (t) => {
    const { client, clock, transport } = redialling(t);
    const call = client.call("m", [], { timeout: 5 });
    const dial = await transport.dial();
    clock.advance(5);
    await rejection(call, CallTimeoutError);
    dial.refuse();
    await turns();
    assert.equal(clock.timers, 0);
  });

  it("dials for a call that comes when it had given up", async (t) => {
    const { client, clock, transport, accept } = redialling(t);
    const first = client.call("m", [], { timeout: 5 });
    (await transport.dial()).refuse();
    await turns(1);
    clock.advance(5);
    await rejection(first, CallTimeoutError);
    // In the very turn in which it finds that nobody waits, and a little later.
    clock.advance(10);
    const second = client.call("n");
    let peer = await accept();
    peer.answer((await peer.inbox.next()).id, "second");
    assert.equal(await second, "second");
    peer.channel.destroy();
    await turns();
    const third = client.call("o");
    peer = await accept();
    peer.answer((await peer.inbox.next()).id, "third");
    assert.equal(await third, "third");
  });

  for (const microtasks of [0, 1, 2, 3, 4, 5, 6]) {
    it(`dials for a call that comes ${microtasks} microtasks after the failure nobody waited for`, async (t) => {
      const { client, clock, transport, accept } = redialling(t);
      const first = client.call("m", [], { timeout: 5 });
      const dial = await transport.dial();
      clock.advance(5);
      await rejection(first, CallTimeoutError);
      dial.refuse();
      for (let i = 0; i < microtasks; i++) await undefined;
      const second = client.call("n");
      await turns(1);
      clock.advance(10);
      const peer = await accept();
      peer.answer((await peer.inbox.next()).id, "fine");
      assert.equal(await second, "fine");
    });
  }

  it("forgets its failures once it is connected", async (t) => {
    const { client, clock, accept, refuse } = redialling(t);
    const call = client.call("m", [], { timeout: 1_000 });
    await refuse("first");
    const peer = await accept();
    await peer.inbox.next();
    clock.advance(1_000);
    const error = await rejection(call, CallTimeoutError);
    assert.deepEqual([error.outcome, error.cause], ["unknown", undefined]);
  });

  it("ends when it is closed, also in the middle of a wait", async (t) => {
    const { client, clock, transport } = redialling(t);
    const call = client.call("m", [], { timeout: 0 });
    (await transport.dial()).refuse();
    await turns(1);
    assert.equal(clock.timers, 1, "it waits");
    await client.close();
    await assert.rejects(call, { name: "ClosedError", outcome: "not-sent" });
    await turns();
    assert.equal(clock.timers, 0);
    assert.equal(transport.dials.length, 1);
  });

  it("never sends again what was sent", async (t) => {
    const { client, accept } = redialling(t);
    const call = client.call("m");
    const peer = await accept();
    await peer.inbox.next();
    peer.channel.destroy();
    await assert.rejects(call, { name: "ConnectionLostError", outcome: "unknown" });
    const next = client.call("n");
    const again = await accept();
    const { id, method } = await again.inbox.next();
    assert.equal(method, "n");
    again.answer(id, 0);
    await next;
    assert.equal(again.messages.length, 1);
  });

  it("gets through to a server that starts late", async (t) => {
    const address = `unix:${temporaryDirectory(t)}/late.sock`;
    const client = clientOf(t, address, { redial: { initialDelay: 1, maxDelay: 5 }, timeout: 0 });
    const call = client.call("echo", ["patient"]);
    await client.log.said(/could not be dialled/);
    const server = await serve(t);
    await server.listen(address);
    assert.equal(await call, "patient");
  });
});

describe("the backoff", () => {
  it("is random, between nothing and a bound that doubles up to the most", (t) => {
    const random = t.mock.method(Math, "random", () => 0.999_999);
    const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 2_000].map((attempt) => Math.ceil(backoff(attempt, {})));
    assert.deepEqual(bounds, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    random.mock.mockImplementation(() => 0);
    assert.equal(backoff(3, {}), 0);
  });

  it("takes what bounds it is given", (t) => {
    t.mock.method(Math, "random", () => 0.5);
    assert.equal(backoff(0, { initialDelay: 10 }), 5);
    assert.equal(backoff(50, { initialDelay: 10, maxDelay: 60 }), 30);
    assert.equal(backoff(5_000, { initialDelay: 0 }), 0);
  });
});
