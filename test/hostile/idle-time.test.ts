import assert from "node:assert/strict";
import { it } from "node:test";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { gate } from "../support/settling.ts";

everywhere(
  "idleTime",
  (row) => {
    it("closes a connection that carries nothing, and none that is waited on", async (t) => {
      const clock = new FakeClock();
      const work = gate<string>();
      const begun = gate();
      const service = new Service()
        .addMethod("echo", (value: unknown) => value)
        .addMethod("work", () => {
          begun.open();
          return work.promise;
        });
      const { server, peer } = await attack(t, row, { idleTime: 1_000, stallTime: Infinity }, { clock, service });
      const [idle, busy, talking] = [await peer(), await peer(), await peer()];
      busy.say(callText(1, "work"));
      await begun.promise;
      const talk = async () => {
        talking.say(callText(1, "echo", [1]));
        assert.equal((await talking.inbox.next()).result, 1);
      };
      await talk();
      // All three are there before the time begins.
      while (server.connections.size < 3) await talk();
      for (let times = 0; times < 6; times++) {
        clock.advance(250);
        await talk();
      }
      idle.socket.end();
      await idle.gone;
      assert.equal(server.counters.idleTime, 1);
      assert.equal(server.connections.size, 2);
      work.open("done");
      assert.equal((await busy.inbox.next()).result, "done");
    });
  },
  { http: "Node.js closes idle connections there, by the option http.keepAliveTimeout" },
);
