/** Middlewares of a connection, whose calls are those of clients too: what they see, change, and cannot break. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import type { CallMiddleware, CallNext, OutgoingCall } from "../../src/connection/middleware.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Random } from "../support/random.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { exampleService } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

/** A middleware that writes down what it sees, and changes nothing. */
function witness(seen: string[], name = ""): CallMiddleware {
  return async ({ method, params, notification, inBatch }, next) => {
    const kind = `${inBatch ? "batched " : ""}${notification ? "notification" : "call"}`;
    seen.push(`${name}> ${kind} ${method} ${JSON.stringify(params)}`);
    try {
      const result = await next();
      seen.push(`${name}< ${JSON.stringify(result)}`);
      return result;
    } catch (error) {
      seen.push(`${name}! ${(error as Error).name}`);
      throw error;
    }
  };
}

/** A connection to a service. */
function connected() {
  const { left: connection, right, clock, log } = joined({}, { service: exampleService() });
  return { connection, right, clock, log };
}

const sent = (method: string, params: unknown, id: number) => ({ jsonrpc: "2.0", id, method, params });

describe("a middleware of a connection", () => {
  test("goes around the ones that were added after it, for calls, notifications, namespaces and batches", async () => {
    const { connection } = connected();
    const seen: string[] = [];
    assert.equal(connection.use(witness(seen, "a")).use(witness(seen, "b")), connection);
    assert.equal(await connection.call("add", [1, 2]), 3);
    assert.deepEqual(seen.splice(0), ["a> call add [1,2]", "b> call add [1,2]", "b< 3", "a< 3"]);
    assert.equal(await connection.notify("echo", ["x"]), undefined);
    assert.deepEqual(seen.splice(0), [
      'a> notification echo ["x"]',
      'b> notification echo ["x"]',
      "b< undefined",
      "a< undefined",
    ]);
    assert.equal(await connection.namespace("").add?.(3, 4), 7);
    assert.equal(seen.splice(0)[0], "a> call add [3,4]");
    const batch = connection.batch();
    const [five, note] = [batch.call("add", [2, 3]), batch.notify("echo")];
    assert.equal(seen.length, 0, "only when it is sent");
    await batch.send();
    assert.deepEqual([await five, await note], [5, undefined]);
    assert.deepEqual(
      seen.filter((line) => line.startsWith("a>")),
      ["a> batched call add [2,3]", "a> batched notification echo undefined"],
    );
  });

  test("sees the options as they were given", async () => {
    const { connection } = connected();
    const seen: unknown[] = [];
    connection.use(({ options }, next) => {
      seen.push(options);
      return next();
    });
    const options = { timeout: 77, signal: new AbortController().signal };
    await connection.call("add", [1, 2], options);
    await connection.call("add", [1, 2]);
    assert.deepEqual(seen, [options, {}]);
  });

  test("replaces params and results, and makes a result of an error", async () => {
    const { connection } = connected();
    connection.use(async ({ method, params }, next) => {
      if (method !== "add") return next().catch((error) => `not quite: ${error.message}`);
      return { sum: await next({ params: [...(params as number[]), 40] }) };
    });
    const seen: string[] = [];
    connection.use(witness(seen));
    assert.deepEqual(await connection.call("add", [2]), { sum: 42 });
    assert.equal(seen[0], "> call add [2,40]");
    assert.equal(await connection.call("nowhere"), "not quite: Method not found");
  });

  test("answers without the peer, at once or later", async () => {
    const { connection, peer } = scripted();
    connection.use(({ method }) => (method === "now" ? 1 : Promise.resolve(2)));
    assert.deepEqual(await Promise.all([connection.call("now"), connection.call("later")]), [1, 2]);
    await connection.notify("gone");
    const batch = connection.batch();
    const one = batch.call("now");
    await batch.send();
    assert.equal(await one, 1);
    await turns(1);
    assert.deepEqual(peer.messages, []);
    assert.equal(connection.pending, 0);
  });

  test("that throws rejects that call only, at once or later", async () => {
    const { connection } = connected();
    connection.use(({ method }, next) => {
      if (method === "bad") throw new TypeError("not today");
      if (method === "worse") return Promise.reject(new RpcError(5, "nor tomorrow"));
      return next();
    });
    const calls = [connection.call("bad"), connection.call("worse"), connection.call("add", [1, 2])];
    const outcomes = await Promise.allSettled(calls);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : outcome.reason.message)),
      ["not today", "nor tomorrow", 3],
    );
    assert.equal(connection.pending, 0);
  });

  test("that throws for a notification: it is logged, and no unhandled rejection", async () => {
    const { connection, log } = connected();
    connection.use(() => {
      throw new Error("not today");
    });
    void connection.notify("echo");
    await log.said(/the notification echo was not sent/);
    const batch = connection.batch();
    void batch.call("add", [1, 2]);
    await batch.send();
    await log.said(/add, in a batch, failed and nobody asked/);
  });

  test("is used by the calls that come after it was added", async () => {
    const { connection, peer } = scripted();
    const seen: string[] = [];
    const before = connection.call("before");
    connection.use(witness(seen));
    await peer.received(1);
    peer.answer(1, "plain");
    assert.equal(await before, "plain");
    assert.deepEqual(seen, []);
  });

  test("is none of the calls of another connection", async () => {
    const seen: string[] = [];
    connected().connection.use(witness(seen));
    assert.equal(await connected().connection.call("add", [1, 2]), 3);
    assert.deepEqual(seen, []);
  });

  test("that is no function is refused", () => {
    const { connection } = connected();
    for (const nothing of [undefined, null, {}, "log"]) {
      assert.throws(() => connection.use(nothing as never), /expected a function as a middleware, got/);
    }
  });

  test("of both ends, each goes around its own", async () => {
    const service = exampleService().use(async (_call, next) => `${await next()} by the service`);
    const { left } = joined({}, { service });
    left.use(async (_call, next) => `${await next()} by the caller`);
    assert.equal(await left.call("echo", ["changed"]), "changed by the service by the caller");
  });
});

describe("next()", () => {
  test("rejects the second time, and the call goes out once", async () => {
    const { connection, peer } = scripted();
    connection.use(async (_call, next) => {
      await next();
      return next();
    });
    const call = connection.call("once");
    await peer.received(1);
    peer.answer(1, "first");
    assert.match((await rejection(call, Error)).message, /called next\(\) twice/);
    await turns(1);
    assert.equal(peer.messages.length, 1);
  });

  test("makes the call again for a middleware that repeats, and for no other", async () => {
    const { connection, peer } = scripted();
    const seen: string[] = [];
    connection.use((_call, next) => next().catch(() => next()), { repeats: true }).use(witness(seen));
    const call = connection.call("again", [7]);
    await peer.received(1);
    peer.refuse(1, 1, "not now");
    await peer.received(2);
    peer.answer(2, "at last");
    assert.equal(await call, "at last");
    assert.deepEqual(
      peer.messages.map((text) => JSON.parse(text)),
      [sent("again", [7], 1), sent("again", [7], 2)],
    );
    assert.deepEqual(seen, ["> call again [7]", "! RpcError", "> call again [7]", '< "at last"']);
    assert.equal(connection.pending, 0);
  });

  test("rejects once the call is settled, and nothing goes out", async () => {
    const { connection, peer } = scripted();
    let late!: CallNext;
    connection.use((_call, next) => {
      late = next;
      return "answered";
    });
    assert.equal(await connection.call("now"), "answered");
    assert.match((await rejection(late(), Error)).message, /after the call was settled/);
    await turns(1);
    assert.deepEqual(peer.messages, []);
  });

  test("that nobody awaits is no unhandled rejection", async () => {
    const { connection } = connected();
    connection.use((_call, next) => {
      void next();
      throw new Error("mine");
    });
    assert.equal((await rejection(connection.call("nowhere"), Error)).message, "mine");
    await turns(2);
  });

  test("rejects with what cannot be written, and with what makes no sense", async () => {
    const { connection } = connected();
    const changes = [{ params: [1n] }, { params: 7 }, "params", null, { timeout: -1 }, { signal: {} }];
    connection.use(({ params }, next) => next(changes[(params as number[])[0] as number] as never));
    for (const [index, message] of [
      /BigInt/,
      /expected an array or an object as params, got number/,
      /next\(\) takes changes as \{ params: … \}, or nothing; got string/,
      /got null/,
      /expected a timeout/,
      /addEventListener/,
    ].entries()) {
      assert.match((await rejection(connection.call("echo", [index]), Error)).message, message);
    }
    assert.equal(connection.pending, 0);
  });

  test("gives one attempt a timeout and a signal of its own", async () => {
    const { connection, clock, peer } = scripted();
    const impatient = new AbortController();
    connection.use(
      async (_call, next) => {
        const first = await next({ timeout: 100 }).catch((error) => error.name);
        const second = next({ signal: impatient.signal }).catch((error) => error.name);
        impatient.abort();
        return [first, await second, await next()];
      },
      { repeats: true },
    );
    const call = connection.call("patience");
    await peer.received(1);
    clock.advance(100);
    await peer.received(3);
    peer.answer(3, "third");
    assert.deepEqual(await call, ["CallTimeoutError", "AbortError", "third"]);
  });
});

describe("the time of a call with middlewares", () => {
  test("is the whole's: it covers what comes before next()", async () => {
    const { connection, clock, peer } = scripted();
    let seen: AbortSignal | undefined;
    connection.use(async ({ signal }, next) => {
      seen = signal;
      await new Promise(() => {});
      return next();
    });
    const call = connection.call("slow", [], { timeout: 50 });
    assert.equal(connection.pending, 1);
    await turns(1);
    clock.advance(50);
    const error = await rejection(call, CallTimeoutError);
    assert.deepEqual([error.timeout, error.outcome], [50, "not-sent"]);
    assert.equal(seen?.reason, error);
    assert.deepEqual([connection.pending, peer.messages], [0, []]);
  });

  test("goes on while the middlewares wait, not anew with each attempt", async () => {
    const { connection, clock, peer } = scripted();
    const opened = gate();
    connection.use(async (_call, next) => {
      await opened.promise;
      return next();
    });
    const call = connection.call("slow", [], { timeout: 50 });
    await turns(1);
    clock.advance(40);
    opened.open();
    await peer.received(1);
    clock.advance(10);
    const error = await rejection(call, CallTimeoutError);
    assert.deepEqual([error.timeout, error.outcome], [50, "unknown"]);
    peer.answer(1, "late");
    await turns(1);
    assert.equal(connection.pending, 0);
  });

  for (const [how, end] of [
    ["timeout", ({ clock }: ReturnType<typeof scripted>) => clock.advance(5_000)],
    ["signal", (_stage: unknown, controller: AbortController) => controller.abort()],
    ["close", ({ connection }: ReturnType<typeof scripted>) => void connection.close()],
    ["loss", ({ peer }: ReturnType<typeof scripted>) => peer.channel.destroy(new Error("cut"))],
  ] as const) {
    test(`ended by its ${how}: a middleware can still make a result of it`, async () => {
      const stage = scripted();
      const controller = new AbortController();
      stage.connection.use((_call, next) => next().catch((error) => `instead of ${error.name}`));
      const call = stage.connection.call("slow", [], { signal: controller.signal });
      await stage.peer.received(1);
      end(stage, controller);
      assert.match(String(await call), /^instead of (CallTimeoutError|AbortError|ClosedError|ConnectionLostError)$/);
      assert.equal(stage.connection.pending, 0);
    });

    test(`ended by its ${how}: it rejects whatever a middleware waits for`, async () => {
      const stage = scripted();
      const controller = new AbortController();
      const seen: OutgoingCall[] = [];
      stage.connection.use((call) => {
        seen.push(call);
        return new Promise(() => {});
      });
      const call = stage.connection.call("slow", [], { signal: controller.signal });
      await turns(1);
      end(stage, controller);
      const kind = {
        timeout: CallTimeoutError,
        signal: CallAbortedError,
        close: ClosedError,
        loss: ConnectionLostError,
      };
      const error = await rejection(call, kind[how] as typeof ClosedError);
      assert.deepEqual([error.outcome, stage.connection.pending], ["not-sent", 0]);
      assert.equal(seen[0]?.signal.reason, error);
    });
  }

  test("was up before it began: no middleware sees it", async () => {
    const { connection } = connected();
    const seen: string[] = [];
    connection.use(witness(seen));
    const aborted = AbortSignal.abort();
    const error = await rejection(connection.call("add", [1, 2], { signal: aborted }), CallAbortedError);
    assert.equal(error.outcome, "not-sent");
    assert.deepEqual(seen, []);
  });

  test("is checked before a middleware sees the call", async () => {
    const { connection } = connected();
    const seen: string[] = [];
    connection.use(witness(seen));
    await rejection(connection.call("add", [1, 2], { timeout: -1 }), RangeError);
    await rejection(connection.call("add", [1, 2], { signal: {} as AbortSignal }), TypeError);
    const batch = connection.batch();
    void batch.call("add", [1, 2]);
    assert.throws(() => batch.send({ timeout: -1 }), RangeError);
    await batch.send();
    assert.deepEqual(seen, ["> batched call add [1,2]", "< 3"]);
  });

  test("that is up cancels the attempt on the wire, with the reason of the whole", async () => {
    const { connection, clock, peer } = scripted({ cancel: "mcp" });
    connection.use((_call, next) => next());
    const controller = new AbortController();
    const aborted = connection.call("one", [], { signal: controller.signal });
    const timedOut = connection.call("two", [], { timeout: 500 });
    await peer.received(2);
    controller.abort("no longer needed");
    clock.advance(500);
    await Promise.all([rejection(aborted, CallAbortedError), rejection(timedOut, CallTimeoutError)]);
    await peer.received(4);
    assert.deepEqual(
      peer.messages.slice(2).map((text) => JSON.parse(text).params),
      [
        { requestId: 1, reason: "no longer needed" },
        { requestId: 2, reason: "not answered within 500 ms" },
      ],
    );
  });
});

describe("a batch with middlewares", () => {
  test("goes out as one message, in its own order, once each member has come", async () => {
    const { connection, peer } = scripted();
    const opened = gate();
    connection.use(async ({ method }, next) => {
      if (method === "first") await opened.promise;
      return next();
    });
    const batch = connection.batch();
    const [first, second] = [batch.call("first", [1]), batch.call("second", [2])];
    void batch.notify("third", [3]);
    const done = watch(batch.send());
    await turns(2);
    assert.deepEqual(peer.messages, []);
    opened.open();
    await peer.received(1);
    assert.deepEqual(JSON.parse(peer.messages[0] ?? ""), [
      sent("first", [1], 3),
      sent("second", [2], 1),
      { jsonrpc: "2.0", method: "third", params: [3] },
    ]);
    peer.say([
      { jsonrpc: "2.0", id: 1, result: "b" },
      { jsonrpc: "2.0", id: 3, result: "a" },
    ]);
    assert.deepEqual([await first, await second], ["a", "b"]);
    await turns(1);
    assert.equal(done.settled, true);
  });

  test("goes without the members that are settled before, and without a message if none is left", async () => {
    const { connection, peer, clock } = scripted();
    connection.use(({ method }, next) => {
      if (method === "cached") return "from the cache";
      if (method === "bad") throw new Error("not today");
      return method === "stuck" ? new Promise(() => {}) : next();
    });
    const batch = connection.batch();
    const members = ["cached", "bad", "stuck", "good"].map((method) => batch.call(method));
    const outcomes = Promise.allSettled(members);
    void batch.send({ timeout: 100 });
    await turns(2);
    assert.deepEqual(peer.messages, [], "one is still stuck");
    clock.advance(99);
    assert.equal(peer.messages.length, 0);
    clock.advance(1);
    // The time of all is up at once: nothing is left to send.
    assert.deepEqual(
      (await outcomes).map((outcome) => (outcome.status === "fulfilled" ? outcome.value : outcome.reason.name)),
      ["from the cache", "Error", "CallTimeoutError", "CallTimeoutError"],
    );
    assert.deepEqual([peer.messages, connection.pending], [[], 0]);
  });

  test("a member that is repeated goes alone", async () => {
    const { connection, peer } = scripted();
    connection.use((_call, next) => next().catch(() => next()), { repeats: true });
    const batch = connection.batch();
    const [one, two] = [batch.call("one"), batch.call("two")];
    void batch.send();
    await peer.received(1);
    peer.say([
      { jsonrpc: "2.0", id: 1, result: 1 },
      { jsonrpc: "2.0", id: 2, error: { code: 1, message: "not now" } },
    ]);
    await peer.received(2);
    assert.deepEqual(JSON.parse(peer.messages[1] ?? ""), { jsonrpc: "2.0", id: 3, method: "two" });
    peer.answer(3, 2);
    assert.deepEqual([await one, await two], [1, 2]);
  });

  test("params are those of the moment they were given", async () => {
    const { connection, peer } = scripted();
    connection.use((_call, next) => next());
    const params = [1];
    const batch = connection.batch();
    void batch.call("add", params);
    params.push(2);
    void batch.send();
    await peer.received(1);
    assert.deepEqual(JSON.parse(peer.messages[0] ?? ""), [sent("add", [1], 1)]);
  });

  test("an empty one is done at once, one that is too long rejects its members", async () => {
    const { connection } = scripted({ limits: { batchLength: 1 } });
    connection.use((_call, next) => next());
    await connection.batch().send();
    const batch = connection.batch();
    const members = [batch.call("one"), batch.call("two")];
    void batch.send();
    for (const member of members) assert.match((await rejection(member, RangeError)).message, /batchLength/);
  });

  test("that is aborted sends nothing", async () => {
    const { connection, peer } = scripted();
    const controller = new AbortController();
    const opened = gate();
    connection.use(async (_call, next) => {
      await opened.promise;
      return next();
    });
    const batch = connection.batch();
    const member = batch.call("one");
    const done = batch.send({ signal: controller.signal });
    controller.abort();
    opened.open();
    assert.equal((await rejection(member, CallAbortedError)).outcome, "not-sent");
    await done;
    await turns(1);
    assert.deepEqual(peer.messages, []);
  });
});

test("what became of a call says its outcome, over all its attempts", async () => {
  const { connection, peer, clock } = scripted();
  const opened = gate();
  connection.use(
    async (_call, next) => {
      await next().catch(() => {});
      await opened.promise;
    },
    { repeats: true },
  );
  const call = connection.call("tried");
  await peer.received(1);
  peer.refuse(1, 1, "not now");
  await turns(2);
  assert.equal(connection.pending, 1, "it is pending while a middleware waits");
  clock.advance(5_000);
  assert.equal((await rejection(call, CallTimeoutError)).outcome, "unknown", "the peer has seen it");
});

test("a notification waits for its connection, and times out with it", async () => {
  const { connection, clock, log } = scripted();
  connection.use(() => new Promise(() => {}));
  const note = connection.notify("stuck", [], { timeout: 10 });
  await turns(1);
  clock.advance(10);
  assert.equal((await rejection(note, CallTimeoutError)).outcome, "not-sent");
  await log.said(/the notification stuck was not sent/);
});

for (const seed of [1, 2, 3, 4, 5]) {
  test(`whatever middlewares and the peer do, every call settles, is sent once at most, and nothing stays (${seed})`, async () => {
    const random = new Random(seed);
    const { connection, peer, clock } = scripted();
    for (let layer = 0; layer < 2; layer++) {
      connection.use(async (_call, next) => {
        switch (random.below(8)) {
          case 0:
            return "instead";
          case 1:
            throw new Error("not today");
          case 2:
            return new Promise(() => {});
          case 3:
            await turns(random.below(3));
            return next();
          case 4:
            return next().catch(() => "to fall back on");
          case 5:
            return next({ timeout: 1 + random.below(50), params: [] });
          default:
            return next();
        }
      });
    }
    const names: string[] = [];
    const outcomes: Promise<unknown>[] = [];
    const add = (promise: Promise<unknown>) => outcomes.push(promise.catch((error) => error));
    const nameOne = () => {
      const name = `call-${names.length}`;
      names.push(name);
      return name;
    };
    let answered = 0;
    for (let step = 0; step < 400; step++) {
      random.act([
        [4, () => add(connection.call(nameOne(), [], { timeout: 1 + random.below(100) }))],
        [1, () => add(connection.notify(nameOne(), [], { timeout: 1 + random.below(100) }))],
        [1, () => add(connection.call(nameOne(), [], { signal: random.once(2) ? AbortSignal.abort() : undefined }))],
        [
          1,
          () => {
            const batch = connection.batch();
            for (let member = random.below(4); member > 0; member--) add(batch.call(nameOne()));
            add(batch.send({ timeout: 1 + random.below(100) }));
          },
        ],
        [2, () => clock.advance(random.below(20))],
        [
          3,
          () => {
            for (const text of peer.messages.slice(answered)) {
              const message = JSON.parse(text) as { id?: number } | { id?: number }[];
              for (const { id } of Array.isArray(message) ? message : [message]) {
                if (id !== undefined && !random.once(4)) peer.answer(id, 0);
              }
            }
            answered = peer.messages.length;
          },
        ],
      ]);
      if (random.once(3)) await turns(1);
    }
    if (seed % 2) peer.channel.destroy(new Error("cut"));
    else void connection.close();
    await Promise.all(outcomes);
    assert.equal(connection.pending, 0);
    assert.ok(outcomes.length > 150, `${outcomes.length} calls`);
    const sent = peer.messages.flatMap((text) => JSON.parse(text)).map(({ method }) => method as string);
    assert.equal(new Set(sent).size, sent.length, "none is sent twice");
    assert.ok(sent.length > 25, `${sent.length} were sent`);
  });
}
