import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { isDraining } from "../../src/protocol/errors/from-error-object.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { closeOnSignals } from "../../src/server/close-on-signals.ts";
import { Child } from "../support/child.ts";
import { clientOf } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

/** A program that serves, and a client of it with a call in flight. */
async function program(test: TestContext, closing = "well") {
  const child = new Child(test, "stoppable-program.ts", closing);
  const { address } = (await child.hear()) as { address: string };
  const client = clientOf(test, address);
  const call = client.call("work");
  call.catch(() => {});
  assert.equal(await child.hear(), "working");
  return { child, client, call };
}

describe("a program that closes on signals", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`drains on ${signal}, and exits with 0`, async (t) => {
      const { child, client, call } = await program(t);
      child.signal(signal);
      assert.equal(await child.hear(), "closing");
      assert(isDraining(await rejection(client.call("echo", [1]), RpcError)));
      child.tell("finish");
      assert.equal(await call, "done");
      assert.equal(await child.exit, 0);
      assert.equal(child.errors, "");
    });
  }

  for (const [first, second, status] of [
    ["SIGTERM", "SIGTERM", 143],
    ["SIGINT", "SIGINT", 130],
    ["SIGTERM", "SIGINT", 130],
  ] as const) {
    it(`exits at once with ${status} on ${first} and then ${second}`, async (t) => {
      const { child, call } = await program(t);
      child.signal(first);
      assert.equal(await child.hear(), "closing");
      child.signal(second);
      assert.equal(await child.exit, status);
      await assert.rejects(call, { name: "ConnectionLostError", outcome: "unknown" });
    });
  }

  for (const closing of ["badly", "badly at once"]) {
    it(`prints why and exits with 1 when closing goes ${closing}`, async (t) => {
      const { child } = await program(t, closing);
      child.signal("SIGTERM");
      if (closing === "badly") {
        assert.equal(await child.hear(), "closing");
        child.tell("finish");
      }
      assert.equal(await child.exit, 1);
      assert.match(child.errors, /^closing failed: Error: it will not close/);
    });
  }

  it("takes its listeners off again", () => {
    const before = process.listenerCount("SIGTERM") + process.listenerCount("SIGHUP");
    const off = closeOnSignals(() => Promise.resolve(), { signals: ["SIGTERM", "SIGHUP"] });
    assert.equal(process.listenerCount("SIGTERM") + process.listenerCount("SIGHUP"), before + 2);
    off();
    assert.equal(process.listenerCount("SIGTERM") + process.listenerCount("SIGHUP"), before);
  });
});
