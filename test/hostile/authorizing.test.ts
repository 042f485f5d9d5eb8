import assert from "node:assert/strict";
import { it } from "node:test";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { readUntil } from "../support/http.ts";
import { upgradeRequest } from "../support/raw-websocket.ts";
import { gate } from "../support/settling.ts";

const none = "it has no hook that decides who may come in";

everywhere(
  "authorizing",
  (row) => {
    const ask = (address: string) =>
      row.scheme === "ws"
        ? upgradeRequest(address)
        : `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 44\r\n\r\n${callText(1, "echo", [1]).slice(0, 44)}`;

    it("refuses requests while too many wait for the hook", async (t) => {
      const decision = gate();
      let asked = 0;
      const bothAsk = gate();
      const authorize = () => {
        if (++asked === 2) bothAsk.open();
        return decision.promise;
      };
      const { server, socket } = await attack(t, row, { authorizing: 2 }, { ws: { authorize }, http: { authorize } });
      const waiting = [await socket(), await socket()];
      for (const one of waiting) one.write(ask(server.address));
      await bothAsk.promise;
      const refused = await socket();
      refused.write(ask(server.address));
      assert.match(await readUntil(refused, (text) => text.includes("\r\n\r\n")), /^HTTP\/1\.1 503 /);
      assert.equal(server.counters.authorizing, 1);
      assert.equal(asked, 2, "the hook was not even asked");
      decision.open();
      const isIn = row.scheme === "ws" ? /^HTTP\/1\.1 101 / : /^HTTP\/1\.1 200 /;
      for (const one of waiting) assert.match(await readUntil(one, (text) => text.includes("\r\n\r\n")), isIn);
    });

    it("does not wait for a hook that never answers", async (t) => {
      const authorize = () => new Promise(() => {});
      const limits = { handshakeTime: 50 };
      const { server, socket } = await attack(t, row, limits, { ws: { authorize }, http: { authorize } });
      const waiting = await socket();
      waiting.write(ask(server.address));
      assert.match(await readUntil(waiting, (text) => text.includes("\r\n\r\n")), /^HTTP\/1\.1 503 /);
      assert.equal(server.counters.handshakeTime, 1);
    });
  },
  { tcp: none, tls: none, unix: none },
);
