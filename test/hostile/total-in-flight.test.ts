import assert from "node:assert/strict";
import { it } from "node:test";
import { Service } from "../../src/service/service.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { gate } from "../support/settling.ts";

everywhere("totalInFlight", (row) => {
  it("counts the calls of all connections together", async (t) => {
    const work = gate<string>();
    const bothAreIn = gate();
    let running = 0;
    const service = new Service().addMethod("work", () => {
      if (++running === 2) bothAreIn.open();
      return work.promise;
    });
    const { server, peer } = await attack(t, row, { totalInFlight: 2 }, { service });
    const peers = [await peer(), await peer(), await peer()] as const;
    peers[0].say(callText(1, "work"));
    peers[1].say(callText(1, "work"));
    await bothAreIn.promise;
    peers[2].say(callText(1, "work"));
    assert.deepEqual((await peers[2].inbox.next()).error?.data, { limit: "totalInFlight", max: 2 });
    assert.equal(server.counters.totalInFlight, 1);
    work.open("done");
    for (const one of peers.slice(0, 2)) assert.equal((await one.inbox.next()).result, "done");
    peers[2].say(callText(2, "work"));
    assert.equal((await peers[2].inbox.next()).result, "done");
  });
});
