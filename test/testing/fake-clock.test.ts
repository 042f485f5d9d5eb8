import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Client } from "../../src/client/client.ts";
import { Connection } from "../../src/connection/connection.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";
import { Log } from "../support/log.ts";
import { turns } from "../support/turns.ts";

describe("a fake clock", () => {
  it("runs what comes due, in order, each at its moment", () => {
    const clock = new FakeClock();
    const ran: unknown[] = [];
    const note = (name: string) => () => ran.push([name, clock.now()]);
    clock.after(30, note("c"));
    clock.after(10, note("a"));
    clock.after(20, note("b1"));
    clock.after(20, note("b2"));
    clock.after(31, note("not yet"));
    clock.advance(30);
    assert.deepEqual(ran, [
      ["a", 10],
      ["b1", 20],
      ["b2", 20],
      ["c", 30],
    ]);
    assert.deepEqual([clock.now(), clock.timers], [30, 1]);
  });

  it("runs what was set meanwhile, if it comes due too", () => {
    const clock = new FakeClock();
    const ran: number[] = [];
    const again = () => {
      ran.push(clock.now());
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(35);
    assert.deepEqual(ran, [10, 20, 30]);
    assert.equal(clock.timers, 1);
  });

  it("runs what is due now only when time passes, be it none", () => {
    const clock = new FakeClock();
    let ran = 0;
    clock.after(0, () => ran++);
    clock.after(-5, () => ran++);
    assert.equal(ran, 0);
    clock.advance(0);
    assert.deepEqual([ran, clock.now()], [2, 0]);
  });

  it("runs what is to run soon before time goes on, and also when it does not", async () => {
    const clock = new FakeClock();
    const ran: unknown[] = [];
    const note = (name: string) => () => ran.push([name, clock.now()]);
    clock.after(10, () => clock.soon(note("in a timer")));
    clock.after(20, note("the next timer"));
    clock.soon(() => clock.soon(note("once more")));
    clock.soon(note("first"));
    assert.deepEqual(ran, []);
    clock.advance(20);
    assert.deepEqual(ran.splice(0), [
      ["first", 0],
      ["once more", 0],
      ["in a timer", 10],
      ["the next timer", 20],
    ]);
    clock.soon(note("by itself"));
    await turns(1);
    assert.deepEqual(ran, [["by itself", 20]]);
  });

  it("calls off what is called off, also twice, late, and by another action of the same moment", () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    const off = clock.after(10, () => ran.push("off"));
    off();
    off();
    const late = clock.after(10, () => ran.push("late"));
    let victim = () => {};
    clock.after(10, () => victim());
    victim = clock.after(10, () => ran.push("victim"));
    clock.advance(10);
    late();
    assert.deepEqual(ran, ["late"]);
    assert.equal(clock.timers, 0);
  });

  it("never runs what is for never", () => {
    const clock = new FakeClock();
    clock.after(Number.POSITIVE_INFINITY, () => assert.fail("it did"));
    clock.advance(Number.MAX_SAFE_INTEGER);
    assert.equal(clock.timers, 1);
  });

  it("is the time of services, connections and clients", async () => {
    const clock = new FakeClock();
    const logger = new Log();
    const service = new Service({ timeout: 2_000, clock }).addMethod("never", () => new Promise(() => {}));
    const [here, there] = channelPair();
    new Connection(there, { service, clock, logger });
    const connection = new Connection(here, { clock, logger, timeout: 3_000 });
    const slow = connection.call("never");
    const slower = new Client("tcp://127.0.0.1:1", { clock, logger, timeout: 50 });
    const impatient = connection.call("never", [], { timeout: 1_000 });
    await turns();
    clock.advance(1_000);
    await assert.rejects(impatient, { name: "CallTimeoutError" });
    clock.advance(1_000);
    await assert.rejects(slow, { code: -32098 });
    await slower.close();
    await connection.close();
  });
});
