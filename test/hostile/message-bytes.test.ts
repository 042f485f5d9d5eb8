import assert from "node:assert/strict";
import { it } from "node:test";
import { ErrorCode } from "../../src/protocol/codes.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";

everywhere("messageBytes", (row) => {
  it("refuses a longer message, and one that is only announced", async (t) => {
    const { server, peer } = await attack(t, row, { messageBytes: 1_000 });
    const fine = await peer();
    const long = callText(1, "echo", ["x".repeat(1_000)]);
    for (const bytes of [0, 40]) {
      const hostile = await peer();
      // All of it, or its head only.
      hostile.socket.write(bytes === 0 ? hostile.bytes(long) : hostile.bytes(long).subarray(0, -960));
      if (row.scheme !== "ws") {
        const { error } = await hostile.inbox.next();
        const isTold = row.scheme === "http" ? ErrorCode.InvalidRequest : ErrorCode.ParseError;
        assert.equal(error?.code, isTold);
      }
      hostile.socket.end();
      await hostile.gone;
    }
    assert.equal(server.counters.messageBytes, 2);
    fine.say(callText(1, "echo", ["x".repeat(900)]));
    assert.equal((await fine.inbox.next()).error, undefined);
  });
});
