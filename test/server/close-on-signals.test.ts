import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDraining } from "../../src/protocol/errors/from-error-object.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { closeOnSignals } from "../../src/server/close-on-signals.ts";
import { clientOf } from "../support/served.ts";
import { ServerProcess } from "../support/server-process.ts";
import { rejection } from "../support/settling.ts";

describe("a program that closes on signals", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`lets what is in flight finish on ${signal}, refuses what is new, and exits with 0`, async (t) => {
      const server = await ServerProcess.start(t);
      const client = clientOf(t, server.address);
      const last = client.call("untilSignal", ["the last one"]);
      assert.equal(await client.call("echo", ["behind it"]), "behind it");

      server.signal(signal);
      assert.equal(await server.says(), "closing");
      assert.ok(isDraining(await rejection(client.call("echo", ["new"]), ServiceUnavailableError)));

      server.signal("SIGUSR2");
      assert.equal(await last, "the last one");
      assert.equal(await server.says(), "closed");
      assert.equal(await server.ended, 0);
      assert.equal(server.errors, "");
    });
  }

  for (const [first, second, status] of [
    ["SIGTERM", "SIGTERM", 143],
    ["SIGINT", "SIGINT", 130],
    ["SIGTERM", "SIGINT", 130],
  ] as const) {
    it(`exits at once with ${status} on ${first} and then ${second}`, async (t) => {
      const server = await ServerProcess.start(t);
      const client = clientOf(t, server.address);
      const lost = assert.rejects(client.call("wait"), { name: "ConnectionLostError", outcome: "unknown" });
      assert.equal(await client.call("started"), 1);
      server.signal(first);
      assert.equal(await server.says(), "closing");
      server.signal(second);
      assert.equal(await server.ended, status);
      await lost;
    });
  }

  for (const closing of ["badly", "badly-at-once"]) {
    it(`prints why and exits with 1 when closing goes ${closing}`, async (t) => {
      const server = await ServerProcess.start(t, undefined, closing);
      server.signal("SIGTERM");
      assert.equal(await server.ended, 1);
      assert.match(server.errors, /^closing failed: Error: it will not close/);
    });
  }

  it("takes its listeners off again", () => {
    const count = () => process.listenerCount("SIGTERM") + process.listenerCount("SIGHUP");
    const before = count();
    const off = closeOnSignals(() => Promise.resolve(), { signals: ["SIGTERM", "SIGHUP"] });
    assert.equal(count(), before + 2);
    off();
    assert.equal(count(), before);
  });
});
