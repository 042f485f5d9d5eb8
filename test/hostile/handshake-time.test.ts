import assert from "node:assert/strict";
import { it } from "node:test";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { readUntil } from "../support/http.ts";

everywhere(
  "handshakeTime",
  (row) => {
    it("closes a connection that does not come to ask for anything, and no other", async (t) => {
      const { peer, socket } = await attack(t, row, { handshakeTime: row.scheme === "tls" ? 2_000 : 500 });
      const honest = await peer();
      honest.say(callText(1, "echo", ["in time"]));
      assert.equal((await honest.inbox.next()).result, "in time");
      const slow = await socket();
      // The beginning of a handshake, or of a request's head.
      slow.write(row.scheme === "tls" ? Buffer.from([0x16, 0x03, 0x01]) : "POST /rpc HTTP/1.1\r\nHost: loc");
      const said = await readUntil(slow, () => false);
      if (row.scheme !== "tls") assert.match(said, /^HTTP\/1\.1 408 /);
      if (row.scheme === "http") return;
      honest.say(callText(2, "echo", ["still"]));
      assert.equal((await honest.inbox.next()).result, "still");
    });
  },
  { tcp: "it has no handshake", unix: "it has no handshake" },
);
