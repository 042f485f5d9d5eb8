import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { clientOf } from "../support/served.ts";
import { ServerProcess } from "../support/server-process.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const CALLS = 1_000;

for (const transport of ["tcp", "unix"]) {
  test(`each call settles once when the server is killed under ${CALLS} of them (${transport})`, async (t) => {
    const address = transport === "tcp" ? undefined : `unix:${temporaryDirectory(t)}/app.sock`;
    const server = await ServerProcess.start(t, address);
    const client = clientOf(t, server.address, { timeout: 30_000 });

    const settlements: unknown[][] = Array.from({ length: CALLS }, () => []);
    const calls = settlements.map((own) =>
      client.call("wait").then(
        (result) => own.push(result),
        (error) => own.push(error),
      ),
    );
    // Answered behind them, so the server has all of them.
    assert.equal(await client.call("started"), CALLS);
    server.signal("SIGKILL");
    await Promise.all(calls);

    for (const own of settlements) {
      assert.equal(own.length, 1);
      const [error] = own;
      assert.ok(error instanceof ConnectionLostError, String(error));
      assert.equal(error.outcome, "unknown");
    }
    assert.equal(client.pending, 0);

    await ServerProcess.start(t, server.address);
    assert.equal(await client.call("echo", ["back"]), "back");
    for (const own of settlements) assert.equal(own.length, 1);
  });
}
