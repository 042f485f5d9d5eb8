import assert from "node:assert/strict";
import { it } from "node:test";
import { cleanUp } from "../support/cleanup.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { readUntil } from "../support/http.ts";

everywhere("messageTime", (row) => {
  it("closes a connection that never comes to the end of a message, however busy it is", async (t) => {
    const { server, peer } = await attack(t, row, { messageTime: 100 });
    const [honest, hostile] = [await peer(), await peer()];
    const bytes = hostile.bytes(callText(1, "echo", ["x".repeat(60_000)]));
    hostile.socket.write(bytes.subarray(0, 1_000));
    let at = 1_000;
    const trickle = setInterval(() => hostile.socket.write(bytes.subarray(at, ++at)), 5);
    cleanUp(t, () => clearInterval(trickle));
    if (row.scheme === "http") {
      assert.match(await readUntil(hostile.socket, (text) => text.includes("\r\n\r\n")), /^HTTP\/1\.1 408 /);
      return;
    }
    const { id, error } = await hostile.inbox.next();
    assert.deepEqual([id, error?.code, error?.data], [null, -32600, { limit: "messageTime", max: 100 }]);
    hostile.socket.end();
    await hostile.gone;
    assert.equal(server.counters.messageTime, 1);
    assert.match(server.log.lines("warn").join(), /did not arrive whole within 100 ms/);
    honest.say(callText(1, "echo", ["still"]));
    assert.equal((await honest.inbox.next()).result, "still");
  });
});
