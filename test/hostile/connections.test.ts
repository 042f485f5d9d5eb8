import assert from "node:assert/strict";
import { it } from "node:test";
import { attack, callText, everywhere, goneOf, type Hostile, type Row } from "../support/hostile.ts";
import { readUntil } from "../support/http.ts";

/** What one who gets no place is told, before the connection is closed. */
export function farewell({ scheme }: Row, limit: string, max: number): string {
  const error = JSON.stringify({ code: -32096, message: "Server Busy", data: { limit, max } });
  const text = `{"jsonrpc":"2.0","id":null,"error":${error}}`;
  if (scheme === "tcp" || scheme === "unix") return `${text.length}:${text},`;
  return scheme === "tls" ? "" : "HTTP/1.1 503 Service Unavailable";
}

everywhere("connections", (row) => {
  it("refuses more, says why where it can, and has a place again when somebody leaves", async (t) => {
    const { server, peer, socket } = await attack(t, row, { connections: 2 });
    const inside: Hostile[] = [await peer(), await peer()];
    for (const one of inside) {
      one.say(callText(1, "echo", ["in"]));
      assert.equal((await one.inbox.next()).result, "in");
    }
    const outside = await socket();
    const said = await readUntil(outside, () => false);
    assert(said.startsWith(farewell(row, "connections", 2)), said);
    await goneOf(outside);
    assert.equal(server.counters.connections, 1);
    assert.match(server.log.lines("warn").join(), /was refused/);
    inside[0]?.socket.destroy();
    // When the server has heard of it is not to be seen from here.
    for (;;) {
      const next = await peer().catch(() => undefined);
      next?.say(callText(2, "echo", ["again"]));
      const answer = await next?.inbox.next().catch(() => undefined);
      if (answer?.result === "again") break;
    }
    inside[1]?.say(callText(2, "echo", ["still"]));
    assert.equal((await inside[1]?.inbox.next())?.result, "still");
  });

  it("counts those who have not said a word", async (t) => {
    const { server, peer, socket } = await attack(t, row, { connections: 3 });
    await Promise.all([socket(), socket(), socket()]);
    const refused = await socket();
    refused.resume();
    await goneOf(refused);
    assert.equal(server.counters.connections, 1);
    await assert.rejects(async () => {
      const late = await peer();
      late.say(callText(1, "echo", [1]));
      const { result } = await late.inbox.next();
      assert.equal(result, 1);
    });
  });
});
