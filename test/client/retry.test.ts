/** Calls that may be tried again: which are, when, for how long, and what their errors say in the end. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Client } from "../../src/client/client.ts";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import type { CallError } from "../../src/connection/errors/call-error.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { answerNext, drainNext } from "../support/faked-several.ts";
import { again, harmless, play } from "../support/retrying.ts";
import { rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

describe("a call that may be tried again if it was not sent", () => {
  it("is, when no dial gets through, after waits that grow", async (t) => {
    const { client, clock, refuse, accept, transport } = play(t);
    const call = client.call("m", [1], again);
    for (const bound of [50, 100, 200]) {
      await refuse();
      assert.equal(client.pending, 1);
      clock.advance(bound - 1);
      await turns(1);
      const dials = transport.dials.length;
      clock.advance(1);
      await turns(1);
      assert.equal(transport.dials.length, dials + 1, `after ${bound} ms`);
    }
    const peer = await accept();
    await answerNext(peer);
    assert.equal(await call, "m");
    assert.deepEqual(peer.messages, ['{"jsonrpc":"2.0","id":4,"method":"m","params":[1]}']);
  });

  it("is, when a closing server refuses it", async (t) => {
    const { client, accept, wait } = play(t);
    const call = client.call("m", [], again);
    await drainNext(await accept());
    await turns(1);
    wait();
    await answerNext(await accept());
    assert.equal(await call, "m");
  });

  it("is, when it waited for the pressure to fall and the connection broke", async (t) => {
    const { client, accept, wait, clog } = play(t, { limits: { queuedBytes: 10 } });
    const { big, peer } = await clog();
    const call = client.call("n", [], again);
    peer.channel.destroy();
    await rejection(big, ConnectionLostError);
    await turns(1);
    wait();
    await answerNext(await accept());
    assert.equal(await call, "n");
  });

  it("is not, when it may have been executed", async (t) => {
    const { client, lose, transport } = play(t);
    const call = rejection(client.call("m", [], again), ConnectionLostError);
    await lose();
    assert.equal((await call).outcome, "unknown");
    assert.equal(transport.dials.length, 1);
  });

  for (const [what, code, data] of [
    ["an application's own stop", -32097, undefined],
    ["a busy server", -32096, { limit: "inFlight" }],
    ["a server's timeout", -32098, undefined],
    ["any other error", 7, { reason: "draining" }],
  ] as const) {
    it(`is not, when the answer is ${what}`, async (t) => {
      const { client, accept, transport } = play(t);
      const call = rejection(client.call("m", [], { ...again, ...harmless }), RpcError);
      const peer = await accept();
      peer.refuse((await peer.inbox.next()).id, code, "no", data);
      assert.equal((await call).code, code);
      assert.deepEqual([transport.dials.length, client.pending], [1, 0]);
    });
  }

  it("is as long as its timeout lets it, which counts from the call on", async (t) => {
    const { client, clock, refuse } = play(t);
    const call = rejection(client.call("m", [], { ...again, timeout: 250 }), CallTimeoutError);
    await refuse();
    clock.advance(100);
    await refuse();
    clock.advance(149);
    assert.equal(client.pending, 1);
    clock.advance(1);
    const error = await call;
    assert.deepEqual([error.timeout, error.outcome, client.pending], [250, "not-sent", 0]);
    assert.match(error.message, /^m was not answered within 250 ms$/);
    assert(error.cause instanceof DialError);
  });

  it("is timed out in a later attempt too, with all the time it had", async (t) => {
    const { client, clock, refuse, accept } = play(t);
    const call = rejection(client.call("m", [], { ...again, timeout: 250 }), CallTimeoutError);
    await refuse();
    clock.advance(100);
    await (await accept()).inbox.next();
    clock.advance(150);
    const error = await call;
    assert.deepEqual([error.timeout, error.outcome], [250, "unknown"]);
  });

  it("comes to an end without a timeout too", async (t) => {
    const { client, clock, transport } = play(t);
    const call = rejection(client.call("m", [], { ...again, timeout: 0 }), DialError);
    for (let attempt = 0; attempt < 100; attempt++) {
      (await transport.dial()).refuse();
      await turns(1);
      clock.advance(5_000);
    }
    await call;
    assert.equal(transport.dials.length, 100);
  });

  it("is aborted at any stage", async (t) => {
    const { client, refuse, accept, wait } = play(t);
    const stages: (() => Promise<unknown>)[] = [
      async () => {},
      async () => refuse(),
      async () => {
        await refuse();
        wait();
        await (await accept()).inbox.next();
      },
    ];
    for (const [at, stage] of stages.entries()) {
      const controller = new AbortController();
      const call = rejection(client.call("m", [], { ...again, signal: controller.signal }), CallAbortedError);
      await stage();
      controller.abort("enough");
      const { outcome, cause } = await call;
      assert.deepEqual([outcome, cause, client.pending], [at === 2 ? "unknown" : "not-sent", "enough", 0]);
      assert.equal(getEventListeners(controller.signal, "abort").length, 0);
      if (at === 0) await refuse();
    }
  });

  it("is not, when its signal was aborted between its failure and the wait", async (t) => {
    const { client, transport } = play(t);
    const controller = new AbortController();
    client.on("disconnect", () => controller.abort("now"));
    const call = rejection(client.call("m", [], { ...harmless, signal: controller.signal }), CallAbortedError);
    const peer = (await transport.dial()).accept();
    await peer.inbox.next();
    peer.channel.destroy();
    assert.equal((await call).outcome, "unknown");
  });

  it("ends with the client, while it waits and before", async (t) => {
    const { client, refuse, transport } = play(t);
    const waiting = rejection(client.call("m", [], again), ClosedError);
    await refuse();
    await client.close();
    assert.equal((await waiting).outcome, "not-sent");
    assert.equal((await rejection(client.call("m", [], again), ClosedError)).outcome, "not-sent");
    assert.deepEqual([transport.dials.length, client.pending], [1, 0]);
  });
});

describe("a call that may be executed twice", () => {
  it("is tried again when nobody knows what became of it", async (t) => {
    const { client, lose, accept, wait } = play(t);
    const call = client.call("m", [], harmless);
    await lose();
    wait();
    await answerNext(await accept());
    assert.equal(await call, "m");
  });

  it("is tried again when what answers is no peer of ours", async (t) => {
    const { client, accept, wait } = play(t);
    const call = client.call("m", [], harmless);
    const peer = await accept();
    peer.say({ jsonrpc: "2.0", id: (await peer.inbox.next()).id, result: 1, error: 2 });
    await turns(1);
    wait();
    await answerNext(peer);
    assert.equal(await call, "m");
    const once = rejection(client.call("m", [], again), InvalidResponseError);
    peer.say({ jsonrpc: "2.0", id: (await peer.inbox.next()).id, result: 1, error: 2 });
    await once;
  });

  it("says that it may have been executed once it may have been, whatever ends it", async (t) => {
    const ends: ((played: ReturnType<typeof play>, abort: () => void) => unknown)[] = [
      ({ clock }) => clock.advance(1_000),
      (_, abort) => abort(),
      ({ client }) => client.close(),
    ];
    for (const end of ends) {
      const played = play(t);
      const controller = new AbortController();
      const options = { ...harmless, timeout: 1_000, signal: controller.signal };
      const call = played.client.call("m", [], options).then(
        () => assert.fail("it was not answered"),
        (error: CallError) => error.outcome,
      );
      await played.lose();
      await end(played, () => controller.abort());
      assert.equal(await call, "unknown");
    }
  });

  it("says so also when its last attempt was not sent", async (t) => {
    const { client, clock, lose, transport } = play(t);
    const call = rejection(client.call("m", [], { ...harmless, timeout: 0 }), ConnectionLostError);
    await lose();
    for (let attempt = 1; attempt < 100; attempt++) {
      clock.advance(5_000);
      (await transport.dial()).refuse();
      await turns(1);
    }
    assert.equal((await call).outcome, "unknown");
  });
});

describe("a call whose attempts have less time than it has", () => {
  const options = { ...harmless, timeout: 1_000, attemptTimeout: 100 };

  it("is tried again when one gets no answer, for as long as it has time", async (t) => {
    const { client, clock, accept, wait } = play(t);
    const call = client.call("m", [], options);
    const peer = await accept();
    const first = await peer.inbox.next();
    clock.advance(99);
    assert.equal(client.pending, 1);
    clock.advance(1);
    await turns(1);
    wait(50);
    const second = await peer.inbox.next();
    assert.notEqual(second.id, first.id);
    // What comes too late is nobody's.
    peer.answer(first.id, "late");
    peer.answer(second.id, "in time");
    assert.equal(await call, "in time");
    assert.equal(client.pending, 0);
  });

  it("is timed out in the end, with all its time, and nobody knows", async (t) => {
    const { client, clock, accept } = play(t);
    const call = rejection(client.call("m", [], { ...options, timeout: 250 }), CallTimeoutError);
    const peer = await accept();
    await peer.inbox.next();
    clock.advance(100);
    await turns(1);
    clock.advance(50);
    await peer.inbox.next();
    clock.advance(100);
    const error = await call;
    assert.deepEqual([error.timeout, error.outcome, client.pending], [250, "unknown", 0]);
  });

  it("has all of it where it may be executed once only", async (t) => {
    const { client, clock, accept } = play(t, { attemptTimeout: 100, timeout: 250 });
    for (const own of [undefined, again]) {
      const call = rejection(client.call("m", [], own), CallTimeoutError);
      if (own === undefined) await accept();
      await turns(1);
      clock.advance(249);
      assert.equal(client.pending, 1);
      clock.advance(1);
      assert.equal((await call).timeout, 250);
    }
  });

  it("may be each member of a batch, also in the first attempt, which they share", async (t) => {
    const { client, clock, accept, wait } = play(t, { idempotent: ["read"], attemptTimeout: 100, timeout: 1_000 });
    const batch = client.batch();
    const [read, write] = [batch.call("read"), batch.call("write")];
    const sent = batch.send();
    const peer = await accept();
    const [, second] = await peer.inbox.batch();
    clock.advance(100);
    await turns(1);
    wait(50);
    await answerNext(peer);
    assert.equal(await read, "read");
    peer.answer(second?.id, "written");
    assert.equal(await write, "written");
    await sent;
  });

  it("may be one inside of a middleware, or a notification", async (t) => {
    const { client, clock, accept, wait } = play(t, { attemptTimeout: 100 });
    client.use((_, next) => next(harmless));
    const call = client.call("m");
    const peer = await accept();
    await peer.inbox.next();
    clock.advance(100);
    await turns(1);
    wait(50);
    await answerNext(peer);
    assert.equal(await call, "m");
    await client.notify("n", []);
  });

  it("comes to an end without a timeout too, and says how long the last one waited", async (t) => {
    const { client, clock, accept } = play(t);
    const call = rejection(client.call("m", [], { ...options, timeout: 0 }), CallTimeoutError);
    const peer = await accept();
    for (let attempt = 0; attempt < 100; attempt++) {
      await peer.inbox.next();
      clock.advance(100);
      await turns(1);
      clock.advance(5_000);
    }
    const error = await call;
    assert.deepEqual([error.timeout, error.outcome, client.pending], [100, "unknown", 0]);
  });

  it("may be told to have all of it again", async (t) => {
    const { client, clock, accept } = play(t, { ...harmless, attemptTimeout: 100, timeout: 250 });
    const call = rejection(client.call("m", [], { attemptTimeout: 0 }), CallTimeoutError);
    await accept();
    clock.advance(249);
    assert.equal(client.pending, 1);
    clock.advance(1);
    await call;
  });

  it("is refused when that is no time", async (t) => {
    const { client } = play(t);
    for (const attemptTimeout of [-1, Number.NaN, "1" as unknown as number]) {
      await assert.rejects(client.call("m", [], { ...harmless, attemptTimeout }), RangeError);
      assert.throws(() => new Client("tcp://127.0.0.1:1", { attemptTimeout }), RangeError);
    }
  });
});

describe("what may be tried again", () => {
  it("is nothing unless somebody says so", async (t) => {
    const { client, refuse, transport } = play(t);
    for (const options of [undefined, {}, { retry: false }, { idempotent: false }] as const) {
      const call = rejection(client.call("m", [], options), DialError);
      await refuse();
      await call;
    }
    assert.equal(transport.dials.length, 4);
  });

  it("may be said for all calls of a client, and taken back for one", async (t) => {
    const { client, refuse, wait, accept } = play(t, { retry: "not-sent", idempotent: ["read"] });
    const call = client.call("m");
    await refuse();
    wait();
    const peer = await accept();
    await answerNext(peer);
    assert.equal(await call, "m");

    const outcomes = [
      client.call("write"),
      client.call("read", [], { retry: false }),
      client.call("read", [], { idempotent: false }),
    ].map((each) => rejection(each, ConnectionLostError));
    const read = client.call("read");
    const named = client.namespace("").read?.() as Promise<unknown>;
    await peer.inbox.take(5);
    peer.channel.destroy();
    for (const { outcome } of await Promise.all(outcomes)) assert.equal(outcome, "unknown");
    await turns(1);
    wait();
    const next = await accept();
    await answerNext(next);
    await answerNext(next);
    assert.deepEqual(await Promise.all([read, named]), ["read", "read"]);
  });

  it("may be a notification", async (t) => {
    const { client, refuse, wait, accept } = play(t);
    const told = client.notify("n", [1], again);
    await refuse();
    wait();
    const peer = await accept();
    await told;
    assert.deepEqual((await peer.inbox.next()).params, [1]);
    // With a connection it goes at once.
    await client.notify("n", [2], again);
    assert.deepEqual((await peer.inbox.next()).params, [2]);
  });

  it("may be members of a batch, which are then tried again one by one", async (t) => {
    const { client, refuse, wait, accept } = play(t, { idempotent: ["read"] });
    const batch = client.batch();
    const [read, write] = [batch.call("read"), rejection(batch.call("write"), ConnectionLostError)];
    const told = batch.notify("n");
    const sent = batch.send(again);
    await refuse();
    wait();
    // Each as a message of its own, behind the first attempt.
    const peer = await accept();
    const [one, two] = await peer.inbox.take(2);
    assert.deepEqual([one?.method, two?.method], ["read", "write"]);
    await told;
    peer.channel.destroy();
    await write;
    await turns(1);
    wait(200);
    await answerNext(await accept());
    assert.equal(await read, "read");
    await sent;
  });

  it("may be the members that a closing server refuses, while others are answered", async (t) => {
    const { wait, accept, drainHalf } = play(t);
    const { two, sent } = await drainHalf();
    wait();
    await answerNext(await accept());
    assert.equal(await two, "two");
    await sent;
  });

  it("is refused when it makes no sense", async (t) => {
    const { client } = play(t);
    const options = { retry: "always" as "not-sent" };
    await assert.rejects(client.call("m", [], options), { name: "TypeError", message: /got "always"/ });
    await assert.rejects(client.notify("m", [], options), TypeError);
    const batch = client.batch();
    void batch.call("m");
    assert.throws(() => batch.send(options), TypeError);
    // A list is for a client: taken for "yes" it would mean this call, whatever is in the list.
    const listed = { idempotent: ["other"] as unknown as boolean };
    await assert.rejects(client.call("m", [], listed), {
      name: "TypeError",
      message: /true or false .* got \["other"\]/,
    });
    assert.throws(() => new Client("tcp://127.0.0.1:1", options), TypeError);
    assert.throws(() => new Client("tcp://127.0.0.1:1", { idempotent: "read" as unknown as boolean }), TypeError);
    await assert.rejects(client.call("m", [], { ...again, timeout: -1 }), RangeError);
    await assert.rejects(client.call("m", [1n], again), TypeError);
    client.use(() => assert.fail("no middleware sees it"));
    await assert.rejects(client.call("m", [], options), TypeError);
    await assert.rejects(client.notify("m", [], listed), TypeError);
    const wrapped = client.batch();
    void wrapped.call("m");
    assert.throws(() => wrapped.send(options), TypeError);
    assert.equal(client.pending, 0);
  });

  it("is told by an error when it was refused to the end", async (t) => {
    const { client, accept, clock } = play(t);
    const call = rejection(client.call("m", [], { ...again, timeout: 150 }), CallTimeoutError);
    await drainNext(await accept());
    await turns(1);
    clock.advance(100);
    await drainNext(await accept());
    await turns(1);
    clock.advance(50);
    const { outcome, cause } = await call;
    assert.equal(outcome, "not-sent");
    assert(cause instanceof ServiceUnavailableError);
  });
});
