import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { attack, everywhere } from "../support/hostile.ts";
import { joined, scripted } from "../support/scripted-peer.ts";
import { type Gate, gate, rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

/** A service whose calls the test ends one by one, and that tells which have begun. */
function working(timeout = 0) {
  const clock = new FakeClock();
  const begun: unknown[] = [];
  const running = new Map<unknown, Gate<unknown>>();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const service = new Service({ logger: log, timeout, clock })
    .addMethod("work", (name: unknown) => {
      begun.push(name);
      const work = gate<unknown>();
      running.set(name, work);
      return work.promise;
    })
    .addMethod("quick", (name: unknown) => {
      begun.push(name);
      return name;
    });
  const finish = async (name: unknown) => {
    running.get(name)?.open(name);
    await turns(2);
  };
  return { service, begun, finish, clock };
}

describe("calls with a concurrency of 1", () => {
  it("run one at a time, in the order in which they came, whatever kind they are", async () => {
    const { service, begun, finish } = working();
    const { left } = joined({}, { service, concurrency: 1 });
    const calls = [left.call("work", ["a"]), left.call("quick", ["b"]), left.call("work", ["c"])];
    const batch = left.batch();
    const members = [batch.call("quick", ["d"]), batch.call("work", ["e"])];
    void batch.send();
    const told = left.notify("work", ["f"]);
    calls.push(left.call("quick", ["g"]));
    await turns();
    assert.deepEqual(begun, ["a"]);
    await finish("a");
    assert.deepEqual(begun, ["a", "b", "c"]);
    await finish("c");
    assert.deepEqual(begun, ["a", "b", "c", "d", "e"]);
    await finish("e");
    await told;
    assert.deepEqual(begun, ["a", "b", "c", "d", "e", "f"]);
    await finish("f");
    assert.deepEqual(await Promise.all([...calls, ...members]), ["a", "b", "c", "g", "d", "e"]);
  });

  it("of another connection do not wait for them", async () => {
    const { service, begun, finish } = working();
    const [one, other] = [joined({}, { service, concurrency: 1 }), joined({}, { service, concurrency: 1 })];
    const calls = [one.left.call("work", ["a"]), other.left.call("work", ["b"])];
    await turns();
    assert.deepEqual(begun, ["a", "b"]);
    await finish("a");
    await finish("b");
    await Promise.all(calls);
  });

  it("go on when one has failed, thrown, or been given up by its caller", async () => {
    const { service, begun, finish } = working();
    service.addMethod("fail", () => {
      throw new Error("as it was told");
    });
    const { left } = joined({ cancel: "lsp" }, { service, concurrency: 1, cancel: "lsp" });
    const controller = new AbortController();
    const first = left.call("work", ["a"]);
    const aborted = left.call("work", ["b"], { signal: controller.signal });
    const failed = rejection(left.call("fail"), RpcError);
    const last = left.call("work", ["c"]);
    await turns();
    controller.abort();
    await assert.rejects(aborted, { name: "AbortError" });
    await turns();
    await finish("a");
    assert.equal(await first, "a");
    await failed;
    assert.deepEqual(begun, ["a", "c"], "what was cancelled never begins");
    await finish("c");
    assert.equal(await last, "c");
  });

  it("wait for one that has timed out and still runs", async () => {
    const { service, begun, finish, clock } = working();
    service.addMethod(
      "slow",
      () => {
        begun.push("slow");
        return stuck.promise;
      },
      { timeout: 100 },
    );
    const stuck = gate<unknown>();
    const { left } = joined({}, { service, concurrency: 1 });
    const slow = left.call("slow", [], { timeout: 0 });
    const next = left.call("quick", ["next"]);
    await turns();
    clock.advance(100);
    assert.equal((await rejection(slow, RpcError)).code, ErrorCode.ServerTimeout);
    await turns();
    assert.deepEqual(begun, ["slow"]);
    stuck.open("late");
    assert.equal(await next, "next");
    await finish("slow");
  });
});

describe("calls that wait for their turn", () => {
  it("count as in flight, and are refused over the limit", async () => {
    const { service, begun, finish } = working();
    const limits = { inFlight: 3 };
    const { left, right } = joined({}, { service, concurrency: 2, limits });
    const calls = ["a", "b", "c"].map((name) => left.call("work", [name]));
    const refused = await rejection(left.call("work", ["d"]), RpcError);
    assert.deepEqual([refused.code, refused.data], [ErrorCode.ServerBusy, { limit: "inFlight", max: 3 }]);
    assert.deepEqual([begun, right.inFlight, service.inFlight], [["a", "b"], 3, 3]);
    await finish("b");
    assert.deepEqual(begun, ["a", "b", "c"]);
    await finish("a");
    await finish("c");
    assert.deepEqual(await Promise.all(calls), ["a", "b", "c"]);
  });

  it("time out by the time they came, and never begin then", async () => {
    const { service, begun, finish, clock } = working(1_000);
    const { peer, connection } = scripted({ service, concurrency: 1 });
    service.addMethod("long", () => new Promise(() => {}), { timeout: 0 });
    peer.call(1, "long");
    peer.call(2, "work", ["b"]);
    await turns();
    clock.advance(1_000);
    const { id, error } = await peer.inbox.next();
    assert.deepEqual([id, error?.code], [2, ErrorCode.ServerTimeout]);
    assert.deepEqual([begun, connection.inFlight], [[], 1]);
    await finish("b");
  });

  it("are waited for by a drain, and refused after it has begun", async () => {
    const { service, begun, finish } = working();
    const { left, right } = joined({}, { service, concurrency: 1 });
    const calls = [left.call("work", ["a"]), left.call("work", ["b"])];
    await turns();
    let drained = false;
    const draining = right.drain().then(() => {
      drained = true;
    });
    assert.equal((await rejection(left.call("work", ["c"]), RpcError)).code, ErrorCode.ServiceUnavailable);
    await finish("a");
    assert.deepEqual([begun, drained], [["a", "b"], false]);
    await finish("b");
    await draining;
    assert.deepEqual(await Promise.all(calls), ["a", "b"]);
  });

  it("are forgotten when their caller leaves, and end with the service's own cancel", async () => {
    const { service, begun, finish } = working();
    const { left, right } = joined({}, { service, concurrency: 1 });
    const gone = [left.call("work", ["a"]), left.call("work", ["b"])];
    await turns();
    service.cancelPending();
    for (const call of gone) assert.equal((await rejection(call, RpcError)).code, ErrorCode.ServerTimeout);
    void left.call("work", ["c"]).catch(() => {});
    await turns();
    left.destroy();
    await right.closed;
    await finish("a");
    assert.deepEqual([begun, service.inFlight], [["a"], 0]);
  });

  it("are refused as an option when the number makes no sense", () => {
    for (const concurrency of [0, -1, 1.5, Number.NaN, "2" as unknown as number]) {
      assert.throws(() => joined({}, { concurrency }), /expected a whole number above zero as the concurrency/);
      assert.throws(() => new Service({ concurrency }), RangeError);
    }
  });
});

describe("what service.handle is given", () => {
  it("takes turns too", async () => {
    const begun: unknown[] = [];
    const running: Gate<unknown>[] = [];
    const service = new Service({ concurrency: 1 }).addMethod("work", (name: string) => {
      begun.push(name);
      const work = gate<unknown>();
      running.push(work);
      return work.promise;
    });
    const text = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"work","params":["${id}"]}`;
    const answers = [service.handle(text(1)), service.handle(text(2))];
    assert.deepEqual(begun, ["1"]);
    running[0]?.open("done");
    assert.match((await answers[0]) ?? "", /"id":1,"result":"done"/);
    await turns(1);
    assert.deepEqual(begun, ["1", "2"]);
    running[1]?.open("done");
    assert.match((await answers[1]) ?? "", /"id":2/);
  });
});

/* Calls of one connection begin in order of arrival, whatever carries them. */
everywhere(
  "inFlight",
  (row) => {
    for (const concurrency of [Number.POSITIVE_INFINITY, 1, 3]) {
      it(`begins calls in the order in which they came, with a concurrency of ${concurrency}`, async (t: TestContext) => {
        const begun: number[] = [];
        const service = new Service()
          .addMethod("now", (at: number) => begun.push(at))
          .addMethod("later", async (at: number) => {
            begun.push(at);
            await turns(at % 3);
          });
        const { peer } = await attack(t, row, "untrusted", { service, concurrency });
        const caller = await peer();
        const order = Array.from({ length: 500 }, (_, at) => at);
        const texts = order.map((at) =>
          JSON.stringify({ jsonrpc: "2.0", id: at, method: at % 2 ? "now" : "later", params: [at] }),
        );
        caller.socket.write(Buffer.concat(texts.map((text) => caller.bytes(text))));
        await caller.inbox.take(order.length);
        assert.deepEqual(begun, order);
      });
    }
  },
  { http: "requests come on many connections, which have no order among them" },
);

it("a call that times out while it waits on the caller's side is never sent", async () => {
  const { service } = working();
  const { left, clock } = joined({}, { service, concurrency: 1 });
  const calls = [left.call("work", ["a"], { timeout: 10 }), left.call("work", ["b"], { timeout: 10 })];
  await turns();
  clock.advance(10);
  for (const call of calls) await rejection(call, CallTimeoutError);
});
