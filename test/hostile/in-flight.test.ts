import assert from "node:assert/strict";
import { it } from "node:test";
import { attack, callText, everywhere } from "../support/hostile.ts";

everywhere("inFlight", (row) => {
  it("refuses calls over it, also from a batch, and not those of others", async (t) => {
    const { server, peer } = await attack(t, row, { inFlight: 2 });
    const hostile = await peer();
    hostile.say(`[${[1, 2, 3].map((id) => callText(id, "later", [id])).join()}]`);
    const answers = new Map((await hostile.inbox.batch()).map(({ id, error }) => [id, error]));
    assert.deepEqual(answers.get(1), undefined);
    assert.deepEqual(answers.get(2), undefined);
    assert.deepEqual(answers.get(3), {
      code: -32096,
      message: "Server Busy",
      data: { limit: "inFlight", max: 2 },
    });
    assert.equal(server.counters.inFlight, 1);
    assert.equal(server.inFlight, 0);
    hostile.say(callText(4, "echo", ["after"]));
    assert.equal((await hostile.inbox.next()).result, "after");
  });
});
