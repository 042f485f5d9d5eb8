/** What becomes of calls when brokers go, and come back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { Broker, brokers, connection, type OfficialConnection, withoutNats } from "../support/nats.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

/* For as long as it takes: a busy machine may need longer for another broker than the official client tries by itself. */
const AGAIN = { reconnectTimeWait: 20, reconnectJitter: 0, maxReconnectAttempts: -1 };

/** Resolves when a connection says so. */
async function status(nc: OfficialConnection, wanted: string): Promise<void> {
  for await (const { type } of nc.status()) if (type === wanted) return;
}

describe("when a broker goes, over NATS", { skip: withoutNats, timeout: 100_000 }, () => {
  it("of a cluster, clients and servers go to another, and calls go on", async (t) => {
    const all = await brokers(t);
    const [first] = all;
    const servers = all.map(({ host }) => host);
    const address = first?.address() ?? "";
    for (let copy = 0; copy < 2; copy++) await serve(t, exampleService(), { nats: { ...AGAIN, servers } }, address);
    const nats = { ...AGAIN, servers, noRandomize: true };
    const client = clientOf(t, address, { nats, timeout: 4_000, redial: { initialDelay: 5, maxDelay: 20 } });
    let answered = 0;
    let going = true;
    const failures: unknown[] = [];
    const lanes = Array.from({ length: 20 }, async () => {
      while (going) {
        await client.call("echo", [1]).then(
          () => answered++,
          (error) => failures.push(error),
        );
      }
    });
    while (answered < 200) await turns(1);
    await first?.kill();
    const until = answered + 500;
    while (answered < until) await turns(1);
    going = false;
    await Promise.all(lanes);
    // What was on its way then nobody can know; all else was answered.
    assert(failures.length <= 20, `${failures.length} calls were lost`);
    for (const error of failures) {
      assert(error instanceof CallTimeoutError, String(error));
      assert.equal(error.outcome, "unknown");
    }
  });

  it("calls wait until it is back, and have not been sent when their time is over first", async (t) => {
    const broker = await Broker.start(t);
    const address = broker.address();
    const server = await serve(t, exampleService(), { nats: AGAIN }, address);
    const nc = await connection(t, broker, AGAIN);
    const client = clientOf(t, address, { nats: { connection: nc }, timeout: 20_000 });
    assert.equal(await client.call("add", [1, 2]), 3);
    const gone = status(nc, "disconnect");
    await broker.kill();
    await gone;
    const late = rejection(client.call("echo", [1], { timeout: 20 }), CallTimeoutError);
    assert.equal((await late).outcome, "not-sent");
    const notified = client.notify("echo", [1], { timeout: 0 });
    // It may be back before the server is, and then finds nobody.
    const add = (): Promise<unknown> => client.call("add", [3, 4]).catch(add);
    const sum = add();
    await Broker.start(t, { port: broker.port });
    await notified;
    assert.equal(await sum, 7);
    assert.equal(server.addresses.length, 1);
  });

  it("an answer that is due meanwhile is sent when the server has found another", async (t) => {
    const [first, second] = await brokers(t);
    assert(first && second);
    const work = gate<string>();
    const started = gate();
    const service = exampleService().addMethod("work", () => {
      started.open();
      return work.promise;
    });
    const nc = await connection(t, first, { ...AGAIN, servers: [first.host, second.host], noRandomize: true });
    const address = first.address();
    await serve(t, service, { nats: { connection: nc } }, address);
    const client = clientOf(t, address.replace(first.host, second.host), { timeout: 20_000 });
    const call = client.call("work");
    await started.promise;
    const gone = status(nc, "disconnect");
    const back = status(nc, "reconnect");
    await first.kill();
    await gone;
    work.open("in time");
    assert.equal(await call, "in time");
    await back;
  });

  it("in good order, calls in hand are answered through the next, and new ones wait for it", async (t) => {
    // Who has not left within the grace period is put out at leisure, within half a minute, which is the shortest there is.
    const broker = await Broker.start(t, { config: 'lame_duck_duration: "30s"\nlame_duck_grace_period: "500ms"' });
    const address = broker.address();
    const [started, work] = [gate(), gate<string>()];
    const service = exampleService().addMethod("work", () => {
      started.open();
      return work.promise;
    });
    await serve(t, service, { nats: AGAIN }, address);
    const client = clientOf(t, address, { nats: AGAIN, timeout: 60_000, retry: "not-sent" });
    const call = client.call("work");
    await started.promise;
    await broker.retire();
    // What is sent before this end has seen it go is lost.
    const waiting = client.call("add", [1, 2], { idempotent: true, attemptTimeout: 1_000 });
    await Broker.start(t, { port: broker.port });
    assert.equal(await waiting, 3);
    // Both are there again, and what was asked through the first is answered through the second.
    work.open("done");
    assert.equal(await call, "done");
  });

  it("for good, a server that closes does not wait for it", async (t) => {
    const broker = await Broker.start(t);
    const server = await serve(t, exampleService(), { nats: AGAIN }, broker.address());
    const client = clientOf(t, broker.address("x"), { nats: { ...AGAIN } });
    await client.connect();
    await broker.kill();
    await Promise.all([server.close({ timeout: 500 }), client.close({ timeout: 500 })]);
  });

  it("and is not to be tried again, the client is told, and dials with the next call", async (t) => {
    const broker = await Broker.start(t);
    const address = broker.address();
    const client = clientOf(t, address, { nats: { reconnect: false } });
    await client.connect();
    const ended = new Promise((resolve) => client.on("disconnect", resolve));
    await broker.kill();
    await ended;
    await Broker.start(t, { port: broker.port });
    await serve(t, exampleService(), {}, address);
    assert.equal(await client.call("add", [1, 2]), 3);
  });
});
