import assert from "node:assert/strict";
import { it } from "node:test";
import { attack, callText, everywhere } from "../support/hostile.ts";

everywhere("batchLength", (row) => {
  it("refuses a longer batch as one, and serves the connection as before", async (t) => {
    const { server, peer } = await attack(t, row, { batchLength: 3 });
    const hostile = await peer();
    const batch = (length: number) => `[${Array.from({ length }, (_, id) => callText(id, "echo", [id])).join()}]`;
    hostile.say(batch(4));
    assert.deepEqual(await hostile.inbox.next(), {
      jsonrpc: "2.0",
      id: null,
      error: { code: -32600, message: "Invalid Request", data: { limit: "batchLength", max: 3 } },
    });
    hostile.say(batch(3));
    assert.equal((await hostile.inbox.batch()).length, 3);
    assert.equal(server.counters.batchLength, 1);
  });
});
