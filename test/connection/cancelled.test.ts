/** Cancelling, as the one who is called sees it: which call ends, with which answer, and what is left alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConnectionOptions } from "../../src/connection/connection.ts";
import type { CancelDialect } from "../../src/protocol/cancellation.ts";
import { RequestCancelledError } from "../../src/protocol/errors/request-cancelled-error.ts";
import { listen } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { clientOf, serve } from "../support/served.ts";
import { type Gate, gate } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { WirePeer } from "../support/wire-peer.ts";

/** A service whose method `work` goes on until the test lets it, or it is aborted. */
function working() {
  const started: { readonly name: string; readonly signal: AbortSignal; readonly gate: Gate<unknown> }[] = [];
  const service = new Service()
    .addMethod(
      "work",
      ({ signal }: CallContext, name: string) => {
        const work = { name, signal, gate: gate<unknown>() };
        started.push(work);
        return work.gate.promise;
      },
      { context: true },
    )
    .addMethod("quick", () => "quick");
  const of = (name: string) => {
    const work = started.find((one) => one.name === name);
    assert(work, `${name} has not started`);
    return work;
  };
  return { service, of };
}

function play(cancel: CancelDialect | undefined, options: ConnectionOptions = {}) {
  const { service, of } = working();
  const script = scripted({ service, cancel, ...options });
  const { peer } = script;
  const words = cancel === "mcp" ? ["notifications/cancelled", "requestId"] : ["$/cancelRequest", "id"];
  const cancelCall = (id: unknown, more: object = {}) =>
    peer.notify(words[0] as string, { [words[1] as string]: id, ...more });
  /** All that was answered so far, an answer to `quick` at the end. */
  const answers = async () => {
    peer.call("the last", "quick");
    const all: unknown[] = [];
    for (;;) {
      const message = await peer.inbox.next();
      if (message.id === "the last") return all;
      all.push(message);
    }
  };
  return { ...script, service, of, cancelCall, answers };
}

const cancelled = { code: -32800, message: "Request cancelled" };

describe("in the dialect lsp", () => {
  it("the call is answered with -32800 at once, its signal aborts, and what it does later is nobody's", async () => {
    const { peer, of, cancelCall, answers, connection } = play("lsp");
    peer.call(7, "work", ["a"]);
    cancelCall(7);
    assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: 7, error: cancelled });
    const { signal, gate } = of("a");
    assert(signal.reason instanceof RequestCancelledError);
    assert.equal(signal.reason.data, undefined);
    assert.equal(connection.inFlight, 0);
    gate.open("late");
    await turns();
    assert.deepEqual(await answers(), []);
  });

  it("a member of a batch is answered with the others", async () => {
    const { peer, of, cancelCall } = play("lsp");
    peer.say([1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "work", params: [String(id)] })));
    cancelCall(1);
    await turns();
    assert.equal(peer.messages.length, 0, "the batch waits for its other member");
    of("2").gate.open("done");
    assert.deepEqual(await peer.inbox.batch(), [
      { jsonrpc: "2.0", id: 1, error: cancelled },
      { jsonrpc: "2.0", id: 2, result: "done" },
    ]);
  });

  it("a cancel may come in the same batch as its request", async () => {
    const { peer } = play("lsp");
    peer.say([
      { jsonrpc: "2.0", id: 1, method: "work", params: ["a"] },
      { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1 } },
    ]);
    assert.deepEqual(await peer.inbox.batch(), [{ jsonrpc: "2.0", id: 1, error: cancelled }]);
  });
});

describe("in the dialect mcp", () => {
  it("the call is not answered, and its signal aborts with the reason that was given", async () => {
    const { peer, of, cancelCall, answers, connection } = play("mcp");
    peer.call(7, "work", ["a"]);
    cancelCall(7, { reason: "the user pressed escape" });
    assert.deepEqual(await answers(), []);
    const { signal, gate } = of("a");
    assert(signal.reason instanceof RequestCancelledError);
    assert.deepEqual(signal.reason.data, { reason: "the user pressed escape" });
    assert.equal(connection.inFlight, 0);
    gate.open("late");
    await turns();
    assert.deepEqual(await answers(), []);
  });

  it("a reason that is no string is none", async () => {
    const { peer, of, cancelCall, answers } = play("mcp");
    peer.call(7, "work", ["a"]);
    cancelCall(7, { reason: { deep: true } });
    await answers();
    assert.equal(of("a").signal.reason.data, undefined);
  });

  it("a batch is answered without the member, as soon as the others are done", async () => {
    const { peer, of, cancelCall } = play("mcp");
    peer.say([1, 2, 3].map((id) => ({ jsonrpc: "2.0", id, method: "work", params: [String(id)] })));
    await turns();
    of("2").gate.open("two");
    cancelCall(3);
    of("1").gate.open("one");
    assert.deepEqual(
      (await peer.inbox.batch()).map(({ id }) => id),
      [2, 1],
    );
  });

  it("a batch whose last open member is cancelled is answered then", async () => {
    const { peer, cancelCall } = play("mcp");
    peer.say([
      { jsonrpc: "2.0", id: 1, method: "work", params: ["a"] },
      { jsonrpc: "2.0", id: 2, method: "quick" },
    ]);
    cancelCall(1);
    assert.deepEqual(await peer.inbox.batch(), [{ jsonrpc: "2.0", id: 2, result: "quick" }]);
  });

  it("a batch whose members are all cancelled is not answered", async () => {
    const { peer, cancelCall, answers, connection } = play("mcp");
    peer.say([1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "work", params: [String(id)] })));
    cancelCall(1);
    cancelCall(2);
    assert.deepEqual(await answers(), []);
    assert.equal(connection.inFlight, 0);
  });

  it("the rest of a batch goes out before the connection that drains closes", async () => {
    const { peer, cancelCall, connection } = play("mcp");
    peer.say([
      { jsonrpc: "2.0", id: 1, method: "work", params: ["a"] },
      { jsonrpc: "2.0", id: 2, method: "quick" },
    ]);
    await turns();
    const drained = connection.drain().then(() => connection.close());
    cancelCall(1);
    assert.deepEqual(await peer.inbox.batch(), [{ jsonrpc: "2.0", id: 2, result: "quick" }]);
    await drained;
  });
});

for (const cancel of ["lsp", "mcp"] as const) {
  describe(`in the dialect ${cancel}`, () => {
    /** Ids of a call and of a cancel, as they are written. */
    const same: readonly (readonly [call: string, cancel: string])[] = [
      ["1", "1"],
      ["0", "0"],
      ["-0", "0"],
      ['"1"', '"1"'],
      ['""', '""'],
      ['"é"', '"\\u00e9"'],
      ["1.0", "1"],
      ["1e2", "100"],
      ["1.5", "1.5"],
      ["9007199254740991", "9007199254740991"],
    ];
    const different: readonly (readonly [call: string, cancel: string])[] = [
      ["1", '"1"'],
      ['"1"', "1"],
      ["1", "2"],
      ["1", "null"],
      ["null", "null"],
      ["1", "[1]"],
      ["1", "true"],
      ["1", '{"id":1}'],
      ['"1"', '["1"]'],
      // What a JavaScript number does not hold exactly could be its neighbour.
      ["12345678901234567890", "12345678901234567891"],
      ["12345678901234567890", "12345678901234567890"],
      ["1e400", "1e500"],
    ];
    const texts = (id: string, cancelId: string): string[] => [
      `{"jsonrpc":"2.0","id":${id},"method":"work","params":["a"]}`,
      cancel === "lsp"
        ? `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":${cancelId}}}`
        : `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${cancelId}}}`,
    ];

    for (const [id, cancelId] of same) {
      it(`${cancelId} cancels the call ${id}`, async () => {
        const { peer, of, answers } = play(cancel);
        for (const text of texts(id, cancelId)) peer.sayText(text);
        await answers();
        assert.equal(of("a").signal.aborted, true);
      });
    }
    for (const [id, cancelId] of different) {
      it(`${cancelId} does not cancel the call ${id}`, async () => {
        const { peer, of, answers } = play(cancel);
        for (const text of texts(id, cancelId)) peer.sayText(text);
        assert.deepEqual(await answers(), []);
        assert.equal(of("a").signal.aborted, false);
        of("a").gate.open("done");
        assert.equal((await peer.inbox.next()).result, "done");
      });
    }

    it("what names no call, or one that was answered, changes nothing and is not answered", async () => {
      const { peer, of, cancelCall, answers, log, connection } = play(cancel);
      const name = cancel === "lsp" ? "$/cancelRequest" : "notifications/cancelled";
      peer.call(1, "quick");
      cancelCall(1);
      cancelCall(99);
      for (const params of [undefined, [], [1], {}, { id: {} }, { requestId: null }]) peer.notify(name, params);
      peer.call(2, "work", ["a"]);
      assert.deepEqual(await answers(), [{ jsonrpc: "2.0", id: 1, result: "quick" }]);
      of("a").gate.open("done");
      assert.equal((await peer.inbox.next()).result, "done");
      cancelCall(2);
      assert.deepEqual([await answers(), connection.inFlight, log.lines()], [[], 0, []]);
    });

    it("the other dialect's word is an unknown notification", async () => {
      const { peer, of, answers } = play(cancel);
      peer.call(1, "work", ["a"]);
      peer.notify(cancel === "lsp" ? "notifications/cancelled" : "$/cancelRequest", { id: 1, requestId: 1 });
      assert.deepEqual(await answers(), []);
      assert.equal(of("a").signal.aborted, false);
    });

    it("it is a notification: as a request it is an unknown method", async () => {
      const { peer, of } = play(cancel);
      peer.call(1, "work", ["a"]);
      peer.call(2, cancel === "lsp" ? "$/cancelRequest" : "notifications/cancelled", { id: 1, requestId: 1 });
      assert.equal((await peer.inbox.next()).error?.code, -32601);
      assert.equal(of("a").signal.aborted, false);
    });

    it("a method of that name that the service has goes first, and takes the matter over", async () => {
      const heard: unknown[] = [];
      const { peer, service, of, cancelCall, answers } = play(cancel);
      service.addMethod(cancel === "lsp" ? "$/cancelRequest" : "notifications/cancelled", (params: unknown) => {
        heard.push(params);
      });
      peer.call(1, "work", ["a"]);
      cancelCall(1);
      assert.deepEqual(await answers(), []);
      assert.deepEqual(heard, [cancel === "lsp" ? { id: 1 } : { requestId: 1 }]);
      assert.equal(of("a").signal.aborted, false);
    });

    it("a call that was started after a first cancel can be cancelled too", async () => {
      const { peer, of, cancelCall, answers } = play(cancel);
      cancelCall(1);
      for (const id of [1, 2, 3]) peer.call(id, "work", [String(id)]);
      cancelCall(2);
      await answers();
      assert.deepEqual(
        ["1", "2", "3"].map((name) => of(name).signal.aborted),
        [false, true, false],
      );
    });

    it("an id may be used again once it is answered; of two calls at once the later one is cancelled", async () => {
      const { peer, of, cancelCall, answers } = play(cancel);
      cancelCall(0);
      peer.call(1, "work", ["first"]);
      peer.call(1, "work", ["second"]);
      await answers();
      of("first").gate.open("done");
      await peer.inbox.next();
      cancelCall(1);
      await answers();
      assert.equal(of("second").signal.aborted, true);
      peer.call(1, "work", ["third"]);
      cancelCall(1);
      await answers();
      assert.equal(of("third").signal.aborted, true);
    });

    it("a connection cancels none but its own calls", async (t) => {
      const { service, of } = working();
      const server = await serve(t, service, { cancel });
      const [one, two] = [clientOf(t, server.address, { cancel }), clientOf(t, server.address, { cancel })];
      const controller = new AbortController();
      const calls = [one.call("work", ["a"], { signal: controller.signal }), two.call("work", ["b"])];
      await Promise.all([one.call("quick"), two.call("quick")]);
      controller.abort();
      await assert.rejects(calls[0] as Promise<unknown>, { name: "AbortError" });
      await one.call("quick");
      assert.deepEqual([of("a").signal.aborted, of("b").signal.aborted], [true, false]);
      of("b").gate.open("done");
      assert.equal(await calls[1], "done");
      assert.deepEqual([one.log.lines(), server.log.lines()], [[], []]);
    });

    it("both ends cancel: a handler gives up its call back", async () => {
      const { service, of } = working();
      const controller = new AbortController();
      const asking = new Service({ onError() {} }).addMethod(
        "ask",
        ({ connection }: CallContext) => connection?.call("work", ["back"], { signal: controller.signal }),
        { context: true },
      );
      const { left, right } = joined({ service, cancel }, { service: asking, cancel });
      const call = left.call("ask");
      await turns();
      controller.abort();
      await assert.rejects(call, { code: -32000 });
      await turns();
      assert.equal(of("back").signal.aborted, true);
      assert.equal(right.pending + left.inFlight, 0);
    });

    it("thousands of calls that share a signal are all cancelled", async () => {
      const { service } = working();
      const { left, right } = joined({ cancel }, { service, cancel, limits: "trusted" }, { queuedBytes: 100_000_000 });
      const controller = new AbortController();
      const calls = Array.from({ length: 20_000 }, (_, at) =>
        left.call("work", [String(at)], { signal: controller.signal }),
      );
      // Of a method that nobody knows the answers of, not all begin at once.
      while (right.inFlight < 20_000) await turns(1);
      controller.abort();
      await Promise.allSettled(calls);
      await turns();
      assert.equal(right.inFlight, 0);
    });
  });
}

it("by default it is a notification that nobody knows", async () => {
  const { peer, of, answers } = play(undefined);
  peer.call(1, "work", ["a"]);
  peer.notify("$/cancelRequest", { id: 1 });
  peer.notify("notifications/cancelled", { requestId: 1 });
  assert.deepEqual(await answers(), []);
  assert.equal(of("a").signal.aborted, false);
});

it("a call without a context, and one that timed out, take it well", async () => {
  const clock = new FakeClock();
  const service = new Service({ timeout: 10, clock }).addMethod("never", () => new Promise(() => {}));
  const { peer } = scripted({ service, cancel: "lsp", clock });
  peer.call(1, "never");
  peer.notify("$/cancelRequest", { id: 1 });
  assert.deepEqual((await peer.inbox.next()).error, cancelled);
  peer.call(2, "never");
  await turns();
  clock.advance(10);
  assert.equal((await peer.inbox.next()).error?.code, -32098);
  peer.notify("$/cancelRequest", { id: 2 });
  await turns();
  assert.equal(peer.messages.length, 2);
});

it("over tcp, the handler of a client of another make is cancelled", async (t) => {
  const { service, of } = working();
  const server = await serve(t, service, { cancel: "lsp" });
  const peer = await WirePeer.dial(t, server.address);
  peer.call("a", "work", ["a"]);
  peer.say({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: "a" } });
  assert.deepEqual(await peer.inbox.next(), { jsonrpc: "2.0", id: "a", error: cancelled });
  assert.equal(of("a").signal.aborted, true);
});

it("over HTTP the end of the request says it all, and nothing else is sent", async (t) => {
  const aborted = gate<unknown>();
  const started = gate();
  const service = new Service().addMethod(
    "work",
    ({ signal }: CallContext) => {
      signal.addEventListener("abort", () => aborted.open(signal.reason));
      started.open();
      return new Promise(() => {});
    },
    { context: true },
  );
  const texts: string[] = [];
  const server = await listen(service, "http://127.0.0.1:0/", { cancel: "lsp" });
  t.after(() => server.close({ timeout: 0 }));
  const client = clientOf(t, server.address, {
    cancel: "lsp",
    http: {
      fetch: (input, init) => {
        texts.push(String(init?.body));
        return fetch(input, init);
      },
    },
  });
  const controller = new AbortController();
  const call = client.call("work", [], { signal: controller.signal });
  await started.promise;
  controller.abort();
  await assert.rejects(call, { name: "AbortError" });
  assert(await aborted.promise);
  assert.equal(texts.length, 1);
});
