/** A client of several addresses: which it dials, when it goes to another, and what becomes of its calls then. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Client } from "../../src/client/client.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { MessageTooLongError } from "../../src/connection/errors/message-too-long-error.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import { FakeExchange } from "../support/fake-exchange.ts";
import { answerNext, drain, drainNext, fakedSeveral } from "../support/faked-several.ts";
import { Log } from "../support/log.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

describe("a client of several addresses", () => {
  it("dials them in order, until one answers", async (t) => {
    const { client, addresses, accept, refuse } = fakedSeveral(t, 3);
    assert.deepEqual([client.address, client.addresses], [addresses[0], addresses]);
    const call = client.call("m");
    await refuse(0, "first");
    await refuse(1, "second");
    await answerNext(await accept(2));
    assert.equal(await call, "m");
    assert.equal(client.address, addresses[2]);
  });

  it("starts with the one that was good last, and goes round", async (t) => {
    const { client, accept, refuse, transports } = fakedSeveral(t, 2);
    const first = client.call("m");
    await refuse(0, "first");
    const peer = await accept(1);
    await answerNext(peer);
    await first;
    peer.channel.destroy();
    await turns();
    const second = client.call("m");
    await refuse(1, "gone");
    await answerNext(await accept(0));
    assert.equal(await second, "m");
    assert.deepEqual(
      transports.map(({ dials }) => dials.length),
      [2, 2],
    );
  });

  it("says why each of them failed", async (t) => {
    const { client, addresses, refuse } = fakedSeveral(t, 2);
    const call = rejection(client.call("m"), DialError);
    await refuse(0, "no route");
    await refuse(1, "no power");
    const error = await call;
    assert.equal(error.outcome, "not-sent");
    assert.equal(error.address, addresses.join(", "));
    assert.match(error.message, /could not be dialled: .*:here could not be dialled: no route, .*: no power$/);
    const causes = (error.cause as AggregateError).errors as DialError[];
    assert.deepEqual(
      causes.map(({ address }) => address),
      addresses,
    );
  });

  it("with redial dials them all again after a wait", async (t) => {
    const { client, clock, accept, refuse } = fakedSeveral(t, 2, { redial: { initialDelay: 10, maxDelay: 10 } });
    const call = client.call("m");
    for (let round = 0; round < 3; round++) {
      await refuse(0, "no");
      await refuse(1, "no");
      await turns(1);
      clock.advance(10);
    }
    await refuse(0, "no");
    await answerNext(await accept(1));
    assert.equal(await call, "m");
  });

  it("gives an address that says nothing 2 seconds", async (t) => {
    const { client, clock, transports, accept } = fakedSeveral(t, 2);
    const call = client.call("m");
    await transports[0]?.dial();
    clock.advance(2_000);
    await answerNext(await accept(1));
    assert.equal(await call, "m");
  });

  it("does not go on for nobody, and the next call begins with the next address", async (t) => {
    const { client, clock, transports, accept } = fakedSeveral(t, 2, { timeout: 1_000 });
    const call = rejection(client.call("m"), CallTimeoutError);
    await transports[0]?.dial();
    clock.advance(1_000);
    await call;
    clock.advance(1_000);
    await turns();
    assert.equal(transports[1]?.dials.length, 0);
    const next = client.call("m");
    await answerNext(await accept(1));
    assert.equal(await next, "m");
  });

  it("ends with its close, in the middle of a round too", async (t) => {
    const { client, refuse, transports } = fakedSeveral(t, 2);
    const call = rejection(client.call("m"), ClosedError);
    await refuse(0, "no");
    await transports[1]?.dial();
    await client.close();
    assert.equal((await call).outcome, "not-sent");
    await turns();
    assert.deepEqual(
      transports.map(({ dials }) => dials.length),
      [1, 1],
    );
  });

  it("refuses what is no list of addresses", () => {
    assert.throws(() => new Client([]), { name: "TypeError", message: /an empty list/ });
    assert.throws(() => new Client(["tcp://127.0.0.1:1", "nowhere"]), InvalidAddressError);
    assert.throws(() => new Client(undefined as unknown as string), InvalidAddressError);
  });

  it("reaches the server that is there, whatever the transports are", async (t) => {
    for (const addresses of [
      ["tcp://127.0.0.1:1", "ws://127.0.0.1:0/"],
      ["http://127.0.0.1:1/", "http://127.0.0.1:0/rpc"],
      ["ws://127.0.0.1:1/", "http://127.0.0.1:0/rpc"],
    ] as const) {
      const server = await serve(t, undefined, {}, addresses[1]);
      const client = clientOf(t, [addresses[0], server.address]);
      assert.equal(await client.call("add", [1, 2]), 3);
      assert.equal(client.address, server.address);
    }
  });

  it("says of exchanges too why each of them failed", async (t) => {
    const client = clientOf(t, ["http://127.0.0.1:1/a", "http://127.0.0.1:1/b"]);
    const error = await rejection(client.call("m"), DialError);
    assert.equal(error.outcome, "not-sent");
    assert.match(error.message, /1\/a, .*1\/b could not be dialled: .*1\/a could not.*, .*1\/b could not/);
  });
});

describe("a client whose server is closing", () => {
  it("goes to another address, and the calls the first server has are still answered", async (t) => {
    const { client, accept, addresses, log } = fakedSeveral(t, 2);
    const events: string[] = [];
    client.on("connect", () => events.push("connect"));
    client.on("disconnect", ({ kind, message }) => events.push(`${kind}: ${message.replace(/fake\d+/, "it")}`));
    const slow = client.call("slow");
    const first = await accept(0);
    const { id } = await first.inbox.next();
    const refused = rejection(client.call("late"), ServiceUnavailableError);
    await drainNext(first);
    await refused;
    assert.deepEqual([client.connected, client.pending, client.address], [false, 1, addresses[1]]);

    const next = client.call("next");
    const second = await accept(1);
    await answerNext(second);
    assert.equal(await next, "next");
    first.answer(id, "after all");
    assert.equal(await slow, "after all");
    // Nothing is left for it to do there.
    await first.happened("ended");
    assert.deepEqual([client.connected, client.pending], [true, 0]);
    const left = "closed: this side left it:here, whose server is closing";
    assert.deepEqual(events, ["connect", left, "connect"]);
    assert.deepEqual(log.lines(), []);
  });

  it("keeps the losses of its connections apart", async (t) => {
    const { client, accept } = fakedSeveral(t, 2);
    const slow = rejection(client.call("slow"), ConnectionLostError);
    const first = await accept(0);
    await first.inbox.next();
    const refused = rejection(client.call("late"), ServiceUnavailableError);
    await drainNext(first);
    await refused;
    const there = client.call("there");
    const second = await accept(1);
    const { id, method } = await second.inbox.next();
    first.channel.destroy();
    assert.equal((await slow).outcome, "unknown");
    assert.equal(client.pending, 1);
    second.answer(id, method);
    assert.equal(await there, "there");
  });

  it("gives up calls on both, by their signals, timeouts and its close", async (t) => {
    const { client, clock, accept } = fakedSeveral(t, 2, { timeout: 100 });
    const controller = new AbortController();
    const { signal } = controller;
    const here = [client.call("a", [], { signal }), client.call("b"), client.call("c", [], { timeout: 0 })];
    const first = await accept(0);
    await first.inbox.take(3);
    const refused = rejection(client.call("late"), ServiceUnavailableError);
    await drainNext(first);
    await refused;
    const there = [client.call("d", [], { signal }), client.call("e"), client.call("f", [], { timeout: 0 })];
    await (await accept(1)).inbox.take(3);
    const names = Promise.all([...here, ...there].map((call) => call.catch(({ name, outcome }) => [name, outcome])));
    controller.abort();
    await turns();
    clock.advance(100);
    assert.equal(client.pending, 2);
    await client.close();
    const expected = ["AbortError", "CallTimeoutError", "ClosedError"].map((name) => [name, "unknown"]);
    assert.deepEqual(await names, [...expected, ...expected]);
    assert.equal(client.pending, 0);
  });

  it("stays where it is the only one, unless a call is to be tried again", async (t) => {
    const { client, clock, accept, transports } = fakedSeveral(t, 1);
    const refused = rejection(client.call("m"), ServiceUnavailableError);
    const first = await accept(0);
    await drainNext(first);
    await refused;
    assert.equal(client.connected, true);
    const again = client.call("m", [], { retry: "not-sent" });
    drain(first, (await first.inbox.next()).id);
    await turns(1);
    assert.equal(client.connected, false);
    clock.advance(100);
    await answerNext(await accept(0));
    assert.equal(await again, "m");
    assert.equal(transports[0]?.dials.length, 2);
  });

  it("closes what it left when that has nothing to answer, at once if so", async (t) => {
    const { client, accept } = fakedSeveral(t, 2);
    const refused = rejection(client.call("m"), ServiceUnavailableError);
    const first = await accept(0);
    await drainNext(first);
    await refused;
    await first.happened("ended");
    assert.equal(client.pending, 0);
  });

  it("over exchanges asks another one first, however many were refused at once", async () => {
    const [one, other] = [new FakeExchange(), new FakeExchange()];
    const client = new Client([one.address, other.address], { logger: new Log(), clock: new FakeClock() });
    const refused = [1, 2, 3].map((at) => rejection(client.call("m", [at]), ServiceUnavailableError));
    for (const played of [await one.next(), await one.next(), await one.next()]) {
      const { id } = JSON.parse(played.text);
      const error = { code: -32097, message: "Service Unavailable", data: { reason: "draining" } };
      played.answer(JSON.stringify({ jsonrpc: "2.0", id, error }));
    }
    await Promise.all(refused);
    assert.equal(client.address, other.address);
    const call = client.call("m");
    const played = await other.next();
    played.answer(JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(played.text).id, result: "there" }));
    assert.equal(await call, "there");
    await client.close();
    assert.deepEqual([one.closes, other.closes], [1, 1]);
  });

  it("over exchanges goes on where one has no room, and waits where none has", async () => {
    const [one, other] = [new FakeExchange(), new FakeExchange()];
    const client = new Client([one.address, other.address], { logger: new Log(), clock: new FakeClock() });
    await client.connect();
    one.concurrency = 0;
    const first = client.call("m");
    const played = await other.next();
    assert.equal(played.options.method, "m");
    other.concurrency = 0;
    played.answer(JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(played.text).id, result: "there" }));
    assert.equal(await first, "there");
    const second = client.call("n");
    await turns();
    assert.deepEqual([one.begun.length, other.begun.length], [0, 1]);
    one.concurrency = 1;
    one.onRoom?.();
    const tooLong = rejection(second, MessageTooLongError);
    (await one.next()).turnDown("too much");
    await tooLong;
    assert.deepEqual([one.begun.length, other.begun.length], [1, 1], "it fits nowhere else either");
    await client.close();
    assert.deepEqual([one.closes, other.closes], [1, 1]);
  });
});
