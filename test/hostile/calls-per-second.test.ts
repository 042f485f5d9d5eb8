import assert from "node:assert/strict";
import { it } from "node:test";
import { FakeClock } from "../../src/testing/index.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";

everywhere("callsPerSecond", (row) => {
  it("lets as many through as time brings, counts batches by member, and what is wrong too", async (t) => {
    const clock = new FakeClock();
    const { server, peer } = await attack(t, row, { callsPerSecond: 10 }, { clock });
    const hostile = await peer();
    const served = async (count: number) => {
      hostile.say(`[${Array.from({ length: count }, (_, id) => callText(id, "echo", [id])).join()}]`);
      const answers = await hostile.inbox.batch();
      const refused = answers.filter(({ error }) => error !== undefined);
      for (const { error } of refused) {
        assert.deepEqual(error, { code: -32096, message: "Server Busy", data: { limit: "callsPerSecond", max: 10 } });
      }
      return count - refused.length;
    };
    assert.equal(await served(15), 10);
    assert.equal(await served(3), 0);
    clock.advance(300);
    assert.equal(await served(5), 3);
    clock.advance(100);
    hostile.say(callText(1, "unknown"));
    assert.equal((await hostile.inbox.next()).error?.code, -32601);
    assert.equal(await served(1), 0);
    clock.advance(60_000);
    assert.equal(await served(15), 10, "no more than a second's worth is saved");
    assert.equal(server.counters.callsPerSecond, 5 + 3 + 2 + 1 + 5);
  });
});
