/** What becomes of a client's calls when its server is killed, and when the server is back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CallError } from "../../src/connection/errors/call-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import type { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { clientOf } from "../support/served.ts";
import { ServerProcess } from "../support/server-process.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const CALLS = 1_000;

describe("when a server is killed", () => {
  for (const transport of ["tcp", "ws", "unix"]) {
    it(`under ${CALLS} pending calls over ${transport}, each settles once, with its outcome`, async (t) => {
      const address = transport === "unix" ? `unix:${temporaryDirectory(t)}/s.sock` : `${transport}://127.0.0.1:0`;
      const server = await ServerProcess.start(t, address);
      const client = clientOf(t, server.address, { timeout: 0 });
      const reasons: DisconnectError[] = [];
      client.on("disconnect", (reason) => reasons.push(reason));

      const batch = client.batch();
      const calls = [batch.call("wait"), batch.call("wait")];
      const sent = batch.send();
      while (calls.length < CALLS) calls.push(client.call("wait"));
      const settlements: unknown[][] = calls.map(() => []);
      const settled = calls.map((call, at) => {
        const note = (outcome: unknown) => settlements[at]?.push(outcome);
        return call.then(note, note);
      });
      // Answered behind them, so the server has all of them.
      assert.equal(await client.call("started"), CALLS);
      await server.kill();
      await Promise.all([sent, ...settled]);

      for (const own of settlements) {
        assert.equal(own.length, 1);
        const [error] = own;
        assert.ok(error instanceof ConnectionLostError, String(error));
        assert.equal(error.outcome, "unknown");
        assert.equal(error.cause, reasons[0]);
      }
      assert.deepEqual([client.pending, client.connected, reasons.length], [0, false, 1]);
      await assert.rejects(client.call("echo", [1]), { name: "DialError", outcome: "not-sent" });

      // A port that was given up may be somebody else's by now; a path in a directory of one's own is not.
      if (transport !== "unix") return;
      await ServerProcess.start(t, server.address);
      assert.equal(await client.call("echo", ["back"]), "back");
    });
  }

  it("over HTTP, under calls that are sent and calls that wait, each settles once, with its outcome", async (t) => {
    const server = await ServerProcess.start(t, "http://127.0.0.1:0/rpc");
    const client = clientOf(t, server.address, { timeout: 0, http: { concurrency: 100 } });
    const settlements: (CallError | undefined)[][] = [];
    const settled = Array.from({ length: 250 }, async (_, at) => {
      const own: (CallError | undefined)[] = [];
      settlements[at] = own;
      await client.call("wait").then(
        () => own.push(undefined),
        (error) => own.push(error),
      );
    });
    // By itself, since the client's own requests all wait.
    const other = clientOf(t, server.address);
    while ((await other.call("started")) !== 100);
    await server.kill();
    await Promise.all(settled);
    for (const own of settlements) {
      assert.equal(own.length, 1);
      assert.ok(own[0] instanceof ConnectionLostError || own[0] instanceof DialError, String(own[0]));
    }
    const outcomes = settlements.map(([error]) => error?.outcome);
    // What waited finds nobody there. Which of those have a connection that ends under them is chance.
    assert.ok(outcomes.filter((outcome) => outcome === "unknown").length >= 100);
    assert.ok(outcomes.includes("not-sent"));
    assert.equal(client.pending, 0);
    await assert.rejects(client.call("echo", [1]), { name: "DialError", outcome: "not-sent" });
  });

  it("calls of a client that redials wait until it is back, and nothing is sent twice", async (t) => {
    const address = `unix:${temporaryDirectory(t)}/s.sock`;
    const server = await ServerProcess.start(t, address);
    const client = clientOf(t, address, { timeout: 0, redial: { initialDelay: 1, maxDelay: 10 } });
    const lost = assert.rejects(client.call("wait"), { name: "ConnectionLostError", outcome: "unknown" });
    assert.equal(await client.call("started"), 1);
    await server.kill();
    await lost;
    const calls = Array.from({ length: 100 }, (_, at) => client.call("echo", [at]));
    await client.log.said(/could not be dialled/);
    await ServerProcess.start(t, address);
    assert.deepEqual(await Promise.all(calls), [...Array(100).keys()]);
    assert.equal(await client.call("started"), 0);
  });

  it("again and again, its client goes on", async (t) => {
    const address = `unix:${temporaryDirectory(t)}/s.sock`;
    const client = clientOf(t, address, { timeout: 0, redial: { initialDelay: 1, maxDelay: 10 } });
    for (let round = 0; round < 3; round++) {
      const server = await ServerProcess.start(t, address);
      const pending = Array.from({ length: 50 }, () => client.call("wait").catch((error) => error));
      assert.equal(await client.call("started"), 50);
      await server.kill();
      for (const error of await Promise.all(pending)) assert.ok(error instanceof ConnectionLostError);
    }
    assert.equal(client.pending, 0);
  });
});
