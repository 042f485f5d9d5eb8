/** A service over NATS: how copies share the calls, what NATS' services framework tells of them, and how they end. */
import assert from "node:assert/strict";
import { after, describe, it, type TestContext } from "node:test";
import { RpcError as OwnError, RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { listen } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import type { NatsMessage } from "../../src/transport/nats/official.ts";
import type { NatsListenOptions } from "../../src/transport/nats/options.ts";
import { Broker, connection, type OfficialConnection, withoutNats } from "../support/nats.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

const shared = withoutNats ? undefined : await Broker.start({ after });
const broker = shared as Broker;

interface Told {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly metadata: unknown;
  readonly endpoints: readonly {
    readonly name: string;
    readonly subject: string;
    readonly queue_group: string;
    readonly metadata: unknown;
    readonly num_requests: number;
    readonly num_errors: number;
    readonly processing_time: number;
    readonly average_processing_time: number;
  }[];
}

/** What so many copies say of themselves. */
async function askAll(nc: OfficialConnection, subject: string, copies: number): Promise<Told[]> {
  const options = { maxWait: 10_000, maxMessages: copies, strategy: "count" } as const;
  const told: Told[] = [];
  for await (const message of await nc.requestMany(subject, "", options)) told.push(parsed(message));
  return told;
}

function parsed(message: NatsMessage) {
  return JSON.parse(Buffer.from(message.data).toString());
}

/** Answers a text in the name of a client without tsjason. */
async function answerTo(nc: OfficialConnection, subject: string, payload: string | Uint8Array) {
  return parsed(await nc.request(subject, payload as string, { timeout: 5_000 }));
}

describe("over NATS a service", { skip: withoutNats, timeout: 30_000 }, () => {
  it("shares its calls among copies: each runs on one, also a notification and a batch", async (t) => {
    const runs: Record<string, number> = {};
    const done = gate();
    const copy = (name: string) =>
      new Service().addMethod("run", () => {
        runs[name] = (runs[name] ?? 0) + 1;
        if (Object.values(runs).reduce((sum, more) => sum + more) === 330) done.open();
        return name;
      });
    const address = broker.address();
    for (const name of ["a", "b", "c"]) await serve(t, copy(name), {}, address);
    const client = clientOf(t, address);
    const calls = Array.from({ length: 300 }, () => client.call("run"));
    for (let at = 0; at < 20; at++) void client.notify("run");
    const batch = client.batch();
    const members = Array.from({ length: 10 }, () => batch.call("run"));
    await batch.send();
    assert.equal(new Set(await Promise.all(members)).size, 1);
    await Promise.all(calls);
    await done.promise;
    await client.call("run");
    assert.equal(
      Object.values(runs).reduce((sum, more) => sum + more),
      331,
    );
    assert.deepEqual(Object.keys(runs).sort(), ["a", "b", "c"]);
  });

  it("takes methods that are added while it is served", async (t) => {
    const service = exampleService();
    const address = broker.address();
    await serve(t, service, {}, address);
    const client = clientOf(t, address);
    assert.equal((await rejection(client.call("late"), RpcError)).code, -32601);
    const noted = gate<unknown>();
    service.addMethod("late", (value: unknown) => noted.open(value) ?? "here");
    await client.call("late", [1]);
    assert.equal(await noted.promise, 1);
    const nc = await connection(t, broker);
    const [info] = await askAll(nc, `$SRV.INFO.${address.split("/").at(-1)?.replace(".", "-")}`, 1);
    assert(info?.endpoints.some(({ name }) => name === "late"));
  });

  it("can be served under several prefixes, and two on one connection, each told from the other", async (t) => {
    const nc = await connection(t, broker);
    const nats = { connection: nc };
    const one = new Service().addMethod("which", () => "one");
    const two = new Service().addMethod("which", () => "two");
    const server = await listen(one, ["nats:///twice.a", "nats:///twice.b"], { nats });
    await serve(t, two, { nats }, "nats:///twice.c");
    assert.deepEqual(server.addresses, ["nats:///twice.a", "nats:///twice.b"]);
    const ask = (name: string) => clientOf(t, `nats:///twice.${name}`, { nats, timeout: 20_000 }).call("which");
    assert.deepEqual(await Promise.all(["a", "b", "c"].map(ask)), ["one", "one", "two"]);
    await server.close();
    await assert.rejects(ask("a"), /no responders/);
    assert.equal(await ask("c"), "two");
    assert.equal(nc.isClosed(), false);
  });

  it("answers what is no call as any other: no JSON, no UTF-8, too long, a notification with a reply", async (t) => {
    const address = broker.address();
    const prefix = address.split("/").at(-1) ?? "";
    await serve(t, exampleService(), { limits: { messageBytes: 100 } }, address);
    const nc = await connection(t, broker);
    for (const [payload, code] of [
      ["surprise!", -32700],
      [Uint8Array.of(0x22, 0xff, 0x22), -32700],
      ["", -32700],
      ["1", -32600],
      [`"${"x".repeat(100)}"`, -32600],
    ] as const) {
      for (const subject of [prefix, `${prefix}.echo`]) {
        const answer = await answerTo(nc, subject, payload);
        assert.deepEqual([answer.id, answer.error.code], [null, code]);
      }
    }
    const silent = await nc.request(`${prefix}.echo`, '{"jsonrpc":"2.0","method":"echo","params":[1]}');
    assert.equal(silent.data.length, 0);
    // A subject only says who is to take it; what is to be done the text says.
    const other = await answerTo(nc, `${prefix}.echo`, '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}');
    assert.equal(other.result, 3);
  });

  it("is seen by $SRV.PING and $SRV.INFO, every copy, with its endpoints", async (t) => {
    const nats = { service: { name: "shop", version: "1.2.3", description: "sells", metadata: { team: "a" } } };
    const service = exampleService().addMethod("orders.find all", () => []);
    const address = broker.address("shop.v1");
    for (let copy = 0; copy < 3; copy++) await serve(t, service, { nats }, address);
    const nc = await connection(t, broker);
    const pings = await askAll(nc, "$SRV.PING.shop", 3);
    assert.equal(new Set(pings.map(({ id }) => id)).size, 3);
    const [ping] = pings;
    assert.deepEqual([ping?.type, ping?.name, ping?.version], ["io.nats.micro.v1.ping_response", "shop", "1.2.3"]);
    const [info] = await askAll(nc, `$SRV.INFO.shop.${ping?.id}`, 1);
    assert.deepEqual([info?.description, info?.metadata], ["sells", { team: "a" }]);
    assert.deepEqual(info?.endpoints.slice(0, 2), [
      { name: "rpc", subject: "shop.v1", queue_group: "q", metadata: { takes: "batches, and calls of any method" } },
      { name: "echo", subject: "shop.v1.echo", queue_group: "q", metadata: { method: "echo" } },
    ]);
    assert.deepEqual(info?.endpoints.at(-1), {
      name: "orders_find_all",
      subject: "shop.v1.orders.find%20all",
      queue_group: "q",
      metadata: { method: "orders.find all" },
    });
  });

  it("counts requests, errors and time for $SRV.STATS, whatever a method's answer waits for", async (t) => {
    const work = gate();
    const service = exampleService()
      .addMethod("work", () => work.promise)
      .addMethod("refuse", () => {
        throw new OwnError(7, "no", '"result":');
      });
    const address = broker.address("stats");
    await serve(t, service, { nats: { queue: "mine" } }, address);
    const client = clientOf(t, address);
    const began = performance.now();
    const call = client.call("work");
    await client.call("echo", ['","error":']);
    await rejection(client.call("refuse"), RpcError);
    await rejection(client.call("add"), RpcError);
    await rejection(client.call("nope"), RpcError);
    work.open();
    await call;
    const took = (performance.now() - began) * 1e6;
    const nc = await connection(t, broker);
    const [stats] = await askAll(nc, "$SRV.STATS.stats", 1);
    const figures = new Map(stats?.endpoints.map((endpoint) => [endpoint.name, endpoint]));
    const counted = (name: string) => [figures.get(name)?.num_requests, figures.get(name)?.num_errors];
    assert.deepEqual(["work", "echo", "refuse", "add", "rpc", "later"].map(counted), [
      [1, 0],
      [1, 0],
      [1, 1],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const {
      processing_time: time = 0,
      average_processing_time: average,
      queue_group: queue,
    } = figures.get("work") ?? {};
    assert(time > 0 && time <= took, `${time} of ${took} ns`);
    assert.deepEqual([average, queue, figures.get("later")?.processing_time], [time, "mine", 0]);
  });

  it("serves more methods than the framework can tell of", async (t) => {
    const service = exampleService();
    for (let at = 0; at < 3_000; at++) service.addMethod(`method.${at}`, () => at);
    const address = broker.address("many");
    await serve(t, service, {}, address);
    const client = clientOf(t, address);
    assert.deepEqual(await Promise.all([0, 2_999].map((at) => client.call(`method.${at}`))), [0, 2_999]);
    const nc = await connection(t, broker);
    for (const verb of ["INFO", "STATS"]) {
      const [told] = await askAll(nc, `$SRV.${verb}.many`, 1);
      const count = told?.endpoints.length ?? 0;
      assert(count > 1_000 && count < 3_000, `${count} endpoints`);
    }
    assert.equal(await client.call("method.2999"), 2_999);
  });
});

/** A copy whose method `work` waits, and a client of it. */
async function working(test: TestContext) {
  const work = gate<string>();
  const started = gate();
  const service = exampleService().addMethod("work", () => {
    started.open();
    return work.promise;
  });
  const address = broker.address();
  const server = await serve(test, service, {}, address);
  const client = clientOf(test, address, { timeout: 20_000 });
  return { server, client, work, started: started.promise, address, service };
}

describe("over NATS a server that closes", { skip: withoutNats, timeout: 30_000 }, () => {
  it("finishes what it has taken, takes no more, and is gone then", async (t) => {
    const { server, client, work, started } = await working(t);
    const call = client.call("work");
    await started;
    const closing = server.close();
    const state = watch(closing);
    while (
      !(await client.call("echo", [1]).then(
        () => false,
        ({ outcome }) => outcome === "not-sent",
      ))
    )
      await turns(1);
    assert.equal(state.settled, false);
    work.open("done");
    assert.equal(await call, "done");
    await closing;
    const nc = await connection(t, broker);
    await assert.rejects(nc.request(`$SRV.PING.${server.address.split("/").at(-1)?.replace(".", "-")}`, ""), {
      name: /NoResponders|RequestError/,
    });
  });

  it("loses none of the calls that keep coming, and refuses none: others take them", async (t) => {
    const address = broker.address();
    const copies = [];
    for (let copy = 0; copy < 3; copy++) copies.push(await serve(t, exampleService(), {}, address));
    const client = clientOf(t, address, { timeout: 20_000 });
    let going = true;
    let answered = 0;
    const lanes = Array.from({ length: 50 }, async (_, lane) => {
      while (going) {
        assert.equal(await client.call(lane % 2 ? "later" : "echo", [lane]), lane);
        answered++;
      }
    });
    for (const copy of copies.slice(0, 2)) {
      const until = answered + 500;
      while (answered < until) await turns(1);
      await copy.close();
    }
    const until = answered + 500;
    while (answered < until) await turns(1);
    going = false;
    await Promise.all(lanes);
  });

  it("cancels what takes longer than it may", async (t) => {
    const { server, client, started } = await working(t);
    const call = rejection(client.call("work"), RpcError);
    await started;
    await server.close({ timeout: 10 });
    assert.equal((await call).code, -32098);
  });

  it("adds no method any more", async (t) => {
    const { server, service, client } = await working(t);
    await server.close();
    service.addMethod("late", () => 1);
    await assert.rejects(client.call("late"), /no responders/);
  });
});

describe("over NATS nobody can listen", { skip: withoutNats, timeout: 30_000 }, () => {
  for (const [address, says] of [
    ["nats://127.0.0.1:4222", /expected a subject/],
    ["nats://127.0.0.1:4222/", /expected a subject/],
    ["nats://127.0.0.1:4222/a.", /expected a subject/],
    ["nats://127.0.0.1:4222/a..b", /expected a subject/],
    ["nats://127.0.0.1:4222/a.*", /expected a subject/],
    ["nats://127.0.0.1:4222/a.>", /expected a subject/],
    ["nats://127.0.0.1:4222/a b", /expected a subject/],
    ["nats://127.0.0.1:4222/é", /expected a subject/],
    ["nats://127.0.0.1:4222/$SRV.PING", /expected a subject/],
    [`nats://127.0.0.1:4222/${"x".repeat(257)}`, /expected a subject/],
    ["nats://127.0.0.1:0/a", /expected a port from 1/],
    ["nats://127.0.0.1:4222/a?queue=b", /expected none after the "\?"/],
    ["nats://127.0.0.1:4222/a#b", /expected no fragment/],
    ["nats:///a", /expected a host, or the option nats.servers/],
    ["nats://%ff@127.0.0.1/a", /percent-encoded UTF-8/],
  ] as const) {
    it(`on ${address.slice(0, 60)}`, async (t) => {
      await assert.rejects(listen(new Service(), address), (error: Error) => {
        assert(error instanceof InvalidAddressError);
        return says.test(error.message);
      });
      await assert.rejects(clientOf(t, address).call("echo"), says);
    });
  }

  for (const [what, nats, says] of [
    ["a name that is none", { service: { name: "a b" } }, /option nats.service.name, got a b/],
    ["a version that is none", { service: { version: "one" } }, /semver/],
    ["an empty queue group: every copy would run every call", { queue: "" }, /option nats.queue, got $/],
    ["a queue group with wildcards", { queue: "*" }, /option nats.queue/],
    ["two ways to connect", { connection: {}, servers: "x" }, /expected nats.connection or nats.servers, got both/],
    ["what is no connection", { connection: {} }, /expected a NatsConnection/],
    ["no options", 7, /expected an object as the option nats, got number/],
  ] as const) {
    it(`with ${what}`, async () => {
      await assert.rejects(listen(new Service(), broker.address(), { nats: nats as NatsListenOptions }), says);
    });
  }

  it("where the broker does not let them", async (t) => {
    const permissions = 'permissions: { subscribe: ["p", "p.>", "_INBOX.>", "$SRV.>"], publish: "p.>" }';
    const config = `authorization { users: [{ user: ann, password: x, ${permissions} }] }`;
    const own = await Broker.start(t, { config });
    await assert.rejects(listen(exampleService(), `nats://ann:x@${own.host}/q`), /permissions violation/i);
    // One that may listen, and may not answer, says so in its log.
    const server = await serve(t, exampleService(), {}, `nats://ann:x@${own.host}/p`);
    const client = clientOf(t, `nats://ann:x@${own.host}/p`, { timeout: 20_000 });
    client.call("echo", [1]).catch(() => {});
    await server.log.said(/was refused/);
  });

  it("any more when the broker takes a permission away: the server ends, and says why", async (t) => {
    const service = exampleService();
    const config =
      'authorization { users: [{ user: ann, password: x, permissions: { subscribe: { deny: "p.late" } } }] }';
    const own = await Broker.start(t, { config });
    const server = await serve(t, service, {}, `nats://ann:x@${own.host}/p`);
    service.addMethod("late", () => 1);
    await server.closed;
    assert.match(server.log.lines().join("\n"), /was refused/);
  });
});
