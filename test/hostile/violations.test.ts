import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { readUntil } from "../support/http.ts";
import { plainSocket } from "../support/raw-websocket.ts";
import { scripted } from "../support/scripted-peer.ts";
import { exampleService, serve } from "../support/served.ts";
import { turns } from "../support/turns.ts";

const stray = '{"jsonrpc":"2.0","id":7,"result":0}';

everywhere(
  "violations",
  (row) => {
    it("logs a few answers that nobody awaits, counts the rest, and closes over it", async (t) => {
      const { server, peer } = await attack(t, row, { violations: 100 });
      const hostile = await peer();
      for (let times = 0; times < 100; times++) hostile.say(stray);
      hostile.say(callText(1, "echo", ["still"]));
      assert.equal((await hostile.inbox.next()).result, "still");
      assert.equal(server.log.lines("warn").length, 5);
      hostile.say(`[${Array.from({ length: 900 }, () => stray).join()}]`);
      const { id, error } = await hostile.inbox.next();
      assert.deepEqual([id, error?.data], [null, { limit: "violations", max: 100 }]);
      hostile.socket.end();
      await hostile.gone;
      const lines = server.log.lines("warn");
      assert(lines.length <= 8, lines.join("\n"));
      assert.match(lines.join(), /more messages that make no sense/);
      assert.equal(server.counters.violations, 1);
    });
  },
  { http: "an answer that is posted is answered, as an Invalid Request, and not logged" },
);

describe("limits.violations over lines", () => {
  it("holds for lines that are no text at all, two bytes each", async (t) => {
    const limits = { violations: 1_000, profile: "untrusted" } as const;
    const server = await serve(t, exampleService(), { limits }, "tcp://127.0.0.1:0?framing=newline");
    const hostile = await plainSocket(t, server.address);
    hostile.write(Buffer.from("ff0a".repeat(20_000), "hex"));
    const said = await readUntil(hostile, () => false);
    assert.match(said, /"data":\{"limit":"violations","max":1000\}/);
    assert(server.log.lines("warn").length < 10);
    assert.equal(server.counters.violations, 1);
  });
});

describe("what a slow peer answers too late", () => {
  it("does not count against it", async () => {
    const { connection, peer, clock, log } = scripted({ limits: { violations: 2, profile: "untrusted" } });
    for (let times = 0; times < 10; times++) {
      const call = connection.call("slow", [], { timeout: 10 });
      const { id } = await peer.inbox.next();
      clock.advance(10);
      await assert.rejects(call, { name: "CallTimeoutError" });
      peer.answer(id, "late");
      await turns(1);
    }
    const call = connection.call("quick");
    peer.answer((await peer.inbox.next()).id, "in time");
    assert.equal(await call, "in time");
    assert.equal(log.lines("warn").length, 5);
  });
});
