import assert from "node:assert/strict";
import { it } from "node:test";
import { Service } from "../../src/service/service.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";

/* More than any system's buffers take. */
const LARGE = 20_000_000;

everywhere("stallTime", (row) => {
  for (const [name, method] of [
    ["answered at once", () => "x".repeat(LARGE)],
    ["answered later", async () => "x".repeat(LARGE)],
  ] as const) {
    it(`cuts a peer that asks, stays, and reads nothing of what is ${name}`, async (t) => {
      const service = new Service().addMethod("large", method).addMethod("echo", (value: unknown) => value);
      const { server, peer } = await attack(t, row, { stallTime: 200, profile: "trusted" }, { service });
      const [honest, hostile] = [await peer(), await peer()];
      hostile.socket.pause();
      hostile.say(callText(1, "large"));
      while (server.counters.stallTime === 0) {
        honest.say(callText(2, "echo", ["still"]));
        assert.equal((await honest.inbox.next()).result, "still");
      }
      if (row.scheme !== "http") {
        assert.match(server.log.lines("warn").join(), /reads too slowly: it took nothing for 200 ms/);
      }
      hostile.socket.resume();
      await hostile.gone;
    });
  }

  it("does not mind one that reads slowly", async (t) => {
    const service = new Service().addMethod("large", () => "x".repeat(LARGE / 4));
    const { server, peer } = await attack(t, row, { stallTime: 2_000, profile: "trusted" }, { service });
    const slow = await peer();
    slow.say(callText(1, "large"));
    slow.socket.on("data", () => {
      slow.socket.pause();
      setImmediate(() => slow.socket.resume());
    });
    assert.equal((await slow.inbox.next()).result, "x".repeat(LARGE / 4));
    assert.equal(server.counters.stallTime, 0);
  });
});
