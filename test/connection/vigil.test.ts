import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Connection, type ConnectionOptions } from "../../src/connection/connection.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { Log } from "../support/log.ts";
import { StubChannel } from "../support/stub-channel.ts";
import { turns } from "../support/turns.ts";

/** A channel that says of its peer what the test likes. */
class WatchedChannel extends StubChannel {
  taken = 0;
  arriving = 0;
}

function watched(limits: ConnectionOptions["limits"]) {
  const clock = new FakeClock();
  const channel = new WatchedChannel();
  const connection = new Connection(channel, { clock, limits, logger: new Log() });
  /** So many times a quarter of the time, and what happens before each. */
  const quarters = (count: number, between = () => {}) => {
    for (let quarter = 0; quarter < count; quarter++) {
      between();
      clock.advance(250);
    }
  };
  return { clock, channel, connection, quarters };
}

describe("a peer that takes nothing", () => {
  it("is cut when that has lasted, and not before", () => {
    const { channel, quarters } = watched({ stallTime: 1_000 });
    quarters(8);
    channel.queuedBytes = 10;
    quarters(5);
    assert.deepEqual(channel.orders, ["destroy"]);
  });

  it("is not as long as it takes anything, or nothing is there to be taken", () => {
    const { channel, quarters } = watched({ stallTime: 1_000 });
    channel.queuedBytes = 10;
    quarters(20, () => channel.taken++);
    channel.queuedBytes = 0;
    quarters(20);
    channel.queuedBytes = 10;
    quarters(4);
    assert.deepEqual(channel.orders, []);
  });
});

describe("a message that does not come to its end", () => {
  it("ends its connection, and those that do come do not", () => {
    const { channel, quarters } = watched({ messageTime: 1_000 });
    quarters(20, () => channel.arriving++);
    channel.arriving = 0;
    quarters(20);
    assert.deepEqual(channel.orders, []);
    channel.arriving = 100;
    quarters(5);
    assert.deepEqual(channel.orders, ["close"]);
    assert.match(channel.sent.join(), /"limit":"messageTime","max":1000/);
  });

  it("is not to blame where this process did not look", async () => {
    const { channel, clock, quarters } = watched({ messageTime: 1_000 });
    const started = clock.now();
    channel.arriving = 1;
    quarters(3);
    // As after a suspension: the one timer that was set fires, late.
    const now = clock.now.bind(clock);
    clock.now = () => now() + 3_600_000;
    quarters(3);
    assert.deepEqual(channel.orders, []);
    quarters(3);
    await turns(1);
    assert.deepEqual(channel.orders, ["close"]);
    assert(clock.now() > started);
  });
});

describe("a connection that carries nothing", () => {
  it("is closed, unless something is pending", async () => {
    const { channel, connection, quarters } = watched({ idleTime: 1_000 });
    const call = connection.call("m", [], { timeout: 0 });
    quarters(20);
    assert.deepEqual(channel.orders, []);
    channel.receiver.message('{"jsonrpc":"2.0","id":1,"result":"r"}');
    assert.equal(await call, "r");
    quarters(6);
    assert.deepEqual(channel.orders, ["close"]);
    const { kind, cause } = await connection.disconnected;
    assert.deepEqual([kind, (cause as Error).name], ["closed", "LimitError"]);
  });

  it("has no timer where there is no time to watch over, nor once it is closed", () => {
    const none = Number.POSITIVE_INFINITY;
    assert.equal(watched({ stallTime: none, messageTime: none, idleTime: none }).clock.timers, 0);
    const { clock, connection } = watched({ idleTime: 1_000 });
    assert.equal(clock.timers, 1);
    connection.destroy();
    assert.equal(clock.timers, 0);
  });
});
