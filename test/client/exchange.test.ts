/** A client whose other end cannot push: what its calls, its events and its end are then. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { ClientOptions } from "../../src/client/options.ts";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import type { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { MessageTooLongError } from "../../src/connection/errors/message-too-long-error.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { FakeExchange, type Played } from "../support/fake-exchange.ts";
import { clientOf } from "../support/served.ts";
import { rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

function played(test: TestContext, options: ClientOptions = {}, concurrency?: number) {
  const exchange = new FakeExchange(concurrency);
  const clock = new FakeClock();
  const client = clientOf(test, exchange.address, { clock, timeout: 0, ...options });
  return { exchange, clock, client };
}

/** Answers every request in an exchange with its method. */
function answer({ text, answer }: Played): void {
  const messages = [JSON.parse(text)].flat().filter(({ id }) => id !== undefined);
  const texts = messages.map(({ id, method }) => JSON.stringify({ jsonrpc: "2.0", id, result: method }));
  answer(texts.length === 0 ? undefined : text.startsWith("[") ? `[${texts.join()}]` : texts[0]);
}

describe("over exchanges, a client", () => {
  it("makes one of each call, notification and batch, and says whether it wants an answer", async (t) => {
    const { exchange, client } = played(t);
    const call = client.call("a", [1]);
    const notification = client.notify("b");
    const batch = client.batch();
    const [c] = [batch.call("c"), batch.notify("d")];
    void batch.send();
    const all = [await exchange.next(), await exchange.next(), await exchange.next()];
    assert.deepEqual(
      all.map(({ text, options }) => [text, options.expectsAnswer]),
      [
        ['{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}', true],
        ['{"jsonrpc":"2.0","method":"b"}', false],
        ['[{"jsonrpc":"2.0","id":3,"method":"c"},{"jsonrpc":"2.0","method":"d"}]', true],
      ],
    );
    const state = watch(notification);
    await turns(2);
    assert.equal(state.settled, false, "it is sent when its exchange is over");
    for (const each of all.reverse()) answer(each);
    assert.deepEqual(await Promise.all([call, notification, c]), ["a", undefined, "c"]);
  });

  it("is connected from the first call to the end, whatever becomes of calls, and its events say so", async (t) => {
    const { exchange, client } = played(t);
    const events: string[] = [];
    client.on("connect", (peer) => events.push(`connect ${peer.transport}`));
    client.on("disconnect", ({ kind }) => events.push(`disconnect ${kind}`));
    assert.equal(client.connected, false);
    await client.connect();
    assert.equal(client.connected, true);
    const call = rejection(client.call("m"), DialError);
    (await exchange.next()).refuse();
    await call;
    assert.equal(client.connected, true);
    await client.close();
    await turns(1);
    assert.deepEqual([events, client.connected, exchange.closes], [["connect fake", "disconnect closed"], false, 1]);
  });

  it("is told when the exchanges themselves are lost", async (t) => {
    const { exchange, client } = played(t);
    const reasons: DisconnectError[] = [];
    client.on("disconnect", (reason) => reasons.push(reason));
    const call = rejection(client.call("m"), ConnectionLostError);
    await exchange.next();
    const cause = new Error("the broker is gone");
    exchange.lose(cause);
    assert.equal((await call).outcome, "unknown");
    await turns(1);
    assert.deepEqual(
      [reasons.length, reasons[0]?.kind, reasons[0]?.cause, client.connected],
      [1, "lost", cause, false],
    );
    assert.equal(exchange.closes, 1);
  });

  it("takes what is thrown in an exchange for a loss", async (t) => {
    const { exchange, client } = played(t);
    const call = rejection(client.call("m"), ConnectionLostError);
    (await exchange.next()).lose("surprise");
    assert.equal((await call).outcome, "unknown");
  });

  it("has no more exchanges under way than it may; the rest goes in order, but for what was settled", async (t) => {
    const { exchange, client, clock } = played(t, {}, 2);
    const calls = ["a", "b", "c", "d", "e"].map((method) => client.call(method));
    const late = assert.rejects(client.call("late", [], { timeout: 10 }), { outcome: "not-sent" });
    const controller = new AbortController();
    const batch = client.batch();
    const [f] = [batch.call("f"), batch.notify("g")];
    void batch.send({ signal: controller.signal });
    const h = client.call("h");
    const first = await exchange.next();
    await turns(1);
    assert.equal(exchange.begun.length, 2);
    clock.advance(10);
    await late;
    controller.abort();
    await assert.rejects(f, { name: "AbortError", outcome: "not-sent" });
    answer(first);
    for (let at = 0; at < 5; at++) answer(await exchange.next());
    assert.deepEqual(await Promise.all([...calls, h]), ["a", "b", "c", "d", "e", "h"]);
    assert.equal(exchange.begun.length, 6);
  });

  it("keeps what there is no room for, also for none at all, until there is some", async (t) => {
    const { exchange, client, clock } = played(t, {}, 0);
    const late = assert.rejects(client.call("late", [], { timeout: 10 }), { outcome: "not-sent" });
    const call = client.call("a");
    await client.connect();
    clock.advance(10);
    await late;
    assert.equal(exchange.begun.length, 0);
    exchange.concurrency = 1;
    exchange.onRoom?.();
    answer(await exchange.next());
    assert.equal(await call, "a");
    assert.equal(exchange.begun.length, 1);
  });

  it("says the method where there is one", async (t) => {
    const { exchange, client } = played(t);
    const batch = client.batch();
    const all = [client.call("a"), client.notify("b"), batch.call("c")];
    void batch.send();
    const begun = [await exchange.next(), await exchange.next(), await exchange.next()];
    assert.deepEqual(
      begun.map(({ options }) => options.method),
      ["a", "b", undefined],
    );
    for (const each of begun) answer(each);
    await Promise.all(all);
  });

  it("refuses a call without a timeout where it could wait for ever, and no notification", async (t) => {
    const { exchange, client } = played(t);
    exchange.needsTimeout = true;
    await client.connect();
    await rejection(client.call("a"), RangeError);
    const batch = client.batch();
    const members = [batch.call("b"), batch.notify("c")].map((member) => rejection(member, RangeError));
    await batch.send();
    await Promise.all(members);
    assert.deepEqual([exchange.begun.length, client.pending], [0, 0]);
    const timed = client.call("d", [], { timeout: 1_000 });
    answer(await exchange.next());
    const notified = client.notify("e");
    answer(await exchange.next());
    assert.deepEqual(await Promise.all([timed, notified]), ["d", undefined]);
    // A call with a middleware around it has its timeout as a whole.
    client.use((_call, next) => next());
    await rejection(client.call("f"), RangeError);
    const wrapped = client.call("g", [], { timeout: 1_000 });
    answer(await exchange.next());
    assert.equal(await wrapped, "g");
  });

  it("does not try again what is too long", async (t) => {
    const { exchange, client } = played(t, { redial: true });
    const call = rejection(client.call("a"), MessageTooLongError);
    (await exchange.next()).turnDown("it is longer than it may be");
    const error = await call;
    assert.deepEqual([error.outcome, error.message], ["not-sent", "a was not sent: it is longer than it may be"]);
    assert.equal(exchange.begun.length, 1);
  });

  it("gives up an exchange when nobody is left who cares", async (t) => {
    const { exchange, client, clock } = played(t);
    const batch = client.batch();
    const members = [batch.call("a"), batch.call("b"), batch.notify("c")];
    const failures = Promise.allSettled(members);
    void batch.send({ timeout: 10 });
    const { options } = await exchange.next();
    clock.advance(9);
    assert.equal(options.signal.aborted, false);
    clock.advance(1);
    await failures;
    assert.equal(options.signal.aborted, true);
  });

  it("goes on also where an exchange does not heed that it was given up", async (t) => {
    const { exchange, client, clock } = played(t, {}, 1);
    exchange.heedful = false;
    const stuck = assert.rejects(client.call("a", [], { timeout: 10 }), { name: "CallTimeoutError" });
    const next = client.call("b");
    await exchange.next();
    clock.advance(10);
    await stuck;
    answer(await exchange.next());
    assert.equal(await next, "b");
    const last = rejection(client.call("c"), ClosedError);
    await exchange.next();
    await client.close();
    await last;
  });

  it("settles a call once, whatever comes after", async (t) => {
    const { exchange, client, clock } = played(t);
    const call = client.call("m", [], { timeout: 10 });
    const { text, answer: say } = await exchange.next();
    clock.advance(10);
    await assert.rejects(call, { name: "CallTimeoutError", outcome: "unknown" });
    say(`{"jsonrpc":"2.0","id":${JSON.parse(text).id},"result":"late"}`);
    await turns(1);
    const next = client.call("n");
    answer(await exchange.next());
    assert.equal(await next, "n");
    assert.equal(client.pending, 0);
  });

  it("refuses a batch that is too long", async (t) => {
    const { exchange, client } = played(t, { limits: { batchLength: 1 } });
    await client.connect();
    const batch = client.batch();
    const members = [batch.call("a"), batch.call("b")].map((member) => rejection(member, RangeError));
    await batch.send();
    await Promise.all(members);
    assert.equal(exchange.begun.length, 0);
  });
});

describe("over exchanges, a client that is to dial again", () => {
  const redial = { initialDelay: 100, maxDelay: 100 };

  it("tries what was not sent again, after a wait, and nothing else", async (t) => {
    const { exchange, client, clock } = played(t, { redial });
    const calls = [client.call("a"), client.call("b")];
    const lost = rejection(client.call("c"), ConnectionLostError);
    for (const act of ["refuse", "refuse", "lose"] as const) (await exchange.next())[act]();
    assert.equal((await lost).outcome, "unknown");
    const later = client.call("d");
    await turns();
    assert.equal(exchange.begun.length, 3, "it waits as well");
    clock.advance(100);
    for (let at = 0; at < 3; at++) answer(await exchange.next());
    assert.deepEqual(await Promise.all([...calls, later]), ["a", "b", "d"]);
    assert.equal(client.log.lines("info").filter((line) => /could not be dialled/.test(line)).length, 1);
  });

  it("lets calls time out meanwhile: not sent, and why", async (t) => {
    const { exchange, client, clock } = played(t, { redial: { initialDelay: 1e6, maxDelay: 1e6 } });
    const call = client.call("m", [], { timeout: 1 });
    (await exchange.next()).refuse();
    await turns();
    const rejected = assert.rejects(
      call,
      ({ name, outcome, cause }: { name: string; outcome: string; cause: unknown }) => {
        assert.deepEqual([name, outcome], ["CallTimeoutError", "not-sent"]);
        return cause instanceof DialError;
      },
    );
    clock.advance(1);
    await rejected;
  });

  it("no more once it is closed", async (t) => {
    const { exchange, client, clock } = played(t, { redial });
    const call = rejection(client.call("m"), ClosedError);
    (await exchange.next()).refuse();
    await turns();
    await client.close();
    assert.equal((await call).outcome, "not-sent");
    clock.advance(100);
    await turns();
    assert.equal(exchange.begun.length, 1);
  });
});

describe("over exchanges, closing a client", () => {
  it("rejects its calls and gives up their exchanges", async (t) => {
    const { exchange, client } = played(t, {}, 1);
    const [sent, waiting] = [rejection(client.call("a"), ClosedError), rejection(client.call("b"), ClosedError)];
    const { options } = await exchange.next();
    await client.close();
    assert.deepEqual([(await sent).outcome, (await waiting).outcome], ["unknown", "not-sent"]);
    assert.equal(options.signal.aborted, true);
    assert.deepEqual([exchange.closes, client.pending], [1, 0]);
    assert.equal((await rejection(client.call("c"), ClosedError)).outcome, "not-sent");
  });

  it("lets notifications go out, those that wait too", async (t) => {
    const { exchange, client } = played(t, {}, 1);
    const notifications = [client.notify("a"), client.notify("b")];
    const batch = client.batch();
    const [call, member] = [rejection(batch.call("c"), ClosedError), batch.notify("d")];
    member.catch(() => {});
    void batch.send();
    const first = await exchange.next();
    const closed = client.close();
    const state = watch(closed);
    assert.equal((await call).outcome, "not-sent");
    await rejection(member, ClosedError);
    answer(first);
    const second = await exchange.next();
    await turns(1);
    assert.equal(state.settled, false);
    answer(second);
    await Promise.all([...notifications, closed]);
    assert.deepEqual([exchange.begun.length, exchange.closes], [2, 1]);
  });

  it("waits for room for its notifications, and not for longer than it may", async (t) => {
    const { exchange, client, clock } = played(t, {}, 0);
    await client.connect();
    const notification = rejection(client.notify("a"), ClosedError);
    const closed = client.close({ timeout: 10 });
    const state = watch(closed);
    await turns(1);
    assert.equal(state.settled, false);
    clock.advance(10);
    await closed;
    assert.equal((await notification).outcome, "not-sent");
    assert.equal(exchange.begun.length, 0);
  });

  it("cuts them when they take too long", async (t) => {
    const { exchange, client, clock } = played(t, {}, 1);
    const failures = [rejection(client.notify("a"), ClosedError), rejection(client.notify("b"), ClosedError)];
    const { options } = await exchange.next();
    const closed = client.close({ timeout: 10 });
    await turns(1);
    clock.advance(10);
    await closed;
    const [a, b] = await Promise.all(failures);
    assert.deepEqual([a?.outcome, b?.outcome, options.signal.aborted], ["unknown", "not-sent", true]);
  });
});
