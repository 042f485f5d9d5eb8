import assert from "node:assert/strict";
import { test } from "node:test";
import { isDraining } from "../../src/protocol/errors/from-error-object.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { clientOf } from "../support/served.ts";
import { ServerProcess } from "../support/server-process.ts";
import { rejection } from "../support/settling.ts";

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} lets what is in flight finish, refuses what is new, and exits with 0`, async (t) => {
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
  });
}

for (const [first, second, status] of [
  ["SIGTERM", "SIGTERM", 143],
  ["SIGTERM", "SIGINT", 130],
] as const) {
  test(`${first} and then ${second} exits at once with ${status}`, async (t) => {
    const server = await ServerProcess.start(t);
    const client = clientOf(t, server.address);
    const slow = assert.rejects(client.call("wait"));
    assert.equal(await client.call("started"), 1);
    server.signal(first);
    assert.equal(await server.says(), "closing");
    server.signal(second);
    assert.equal(await server.ended, status);
    await slow;
  });
}
