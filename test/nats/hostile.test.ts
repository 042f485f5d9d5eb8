/** What brokers, servers and callers over NATS may do that they should not: each has an end, and says what it was. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { listen } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";
import { Broker, connection, withoutNats } from "../support/nats.ts";
import { type Published, type Script, scriptedBroker } from "../support/scripted-broker.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

/** The answer to what was published, as a service gives it. */
function answer({ text, reply, broker }: Published, result: unknown = "well"): void {
  broker.deliver(reply, JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(text).id, result }));
}

/** A client of a broker that does as it is told with the first call, and answers all others. */
async function playing(t: TestContext, first: Script["published"]) {
  let calls = 0;
  const published = (message: Published) => (++calls === 1 ? first(message) : answer(message));
  const host = await scriptedBroker(t, { published });
  const nats = { reconnectTimeWait: 1, reconnectJitter: 0 };
  const client = clientOf(t, `nats://${host}/p`, { nats, timeout: 20_000 });
  // A call's timeout counts from the call on, dialling included.
  await client.connect();
  return client;
}

describe("over NATS a client", { timeout: 30_000 }, () => {
  for (const [what, headers] of [
    ["names that are none", "NATS/1.0\r\na b: c\r\n\r\n"],
    ["values that are none", "NATS/1.0\r\na: b\nc\r\n\r\n"],
    ["names of none of its characters", "NATS/1.0\r\n: x\r\n\r\n"],
  ] as const) {
    it(`takes a reply whose headers have ${what} for no answer, and hears the next`, async (t) => {
      const client = await playing(t, ({ reply, broker }) => broker.deliver(reply, "", headers));
      assert.match((await rejection(client.call("m"), InvalidResponseError)).message, /headers|there is none/);
      assert.equal(await client.call("m"), "well");
    });
  }

  it("does not look at headers of answers", async (t) => {
    const client = await playing(t, ({ reply, broker, text }) => {
      const { id } = JSON.parse(text);
      broker.deliver(reply, JSON.stringify({ jsonrpc: "2.0", id, result: 1 }), "NATS/1.0 503\r\na b: c\r\n\r\n");
    });
    assert.equal(await client.call("m"), 1);
  });

  it("hears nothing of replies to what it did not ask, or twice, or to what is no token", async (t) => {
    const client = await playing(t, (message) => {
      const { reply, broker } = message;
      const inbox = reply.slice(0, reply.lastIndexOf("."));
      for (const token of ["", "zzz", "__proto__", "1".repeat(1_000)]) broker.deliver(`${inbox}.${token}`, '{"id":1}');
      answer(message, "first");
      answer(message, "second");
    });
    assert.equal(await client.call("m"), "first");
    assert.equal(await client.call("m"), "well");
    assert.deepEqual(client.log.lines(), []);
  });

  it("takes nobody's word for its answer but that of its own id", async (t) => {
    const client = await playing(t, ({ reply, broker }) => {
      broker.deliver(reply, '{"jsonrpc":"2.0","id":999,"result":"forged"}');
    });
    await rejection(client.call("m"), InvalidResponseError);
    assert.equal(await client.call("m"), "well");
  });

  it("asks once more, and no oftener, where a broker says again and again that nobody is there", async (t) => {
    const asked: string[] = [];
    const host = await scriptedBroker(t, {
      published: ({ subject, reply, broker }) => {
        asked.push(subject);
        const times = subject === "p" ? 3 : 1;
        for (let time = 0; time < times; time++) broker.deliver(reply, "", "NATS/1.0 503\r\n\r\n");
      },
    });
    const client = clientOf(t, `nats://${host}/p`, { timeout: 20_000 });
    assert.match((await rejection(client.call("m"), DialError)).message, /no responders/);
    assert.deepEqual(asked, ["p.m", "p"]);
  });

  it("times out where its broker throws it out as a slow reader, and goes on when it is back", async (t) => {
    const client = await playing(t, ({ broker }) => {
      broker.socket.end("-ERR 'Slow Consumer'\r\n");
    });
    const error = await rejection(client.call("m", [], { timeout: 200 }), CallTimeoutError);
    assert.equal(error.outcome, "unknown");
    assert.equal(await client.call("m"), "well");
  });

  it("times out where its broker talks nonsense", async (t) => {
    t.mock.method(console, "log", () => {}); // the official client's word on it
    const client = await playing(t, ({ broker }) => broker.say("SURPRISE\r\n"));
    assert.equal((await rejection(client.call("m", [], { timeout: 100 }), CallTimeoutError)).outcome, "unknown");
  });

  it("is told, and dials anew, where a broker takes no more subscriptions and so it would hear no reply", async (t) => {
    let refusals = 0;
    const host = await scriptedBroker(t, {
      published: answer,
      subscribed: (_subject, broker) => {
        if (++refusals > 1) return true;
        broker.say("-ERR 'maximum subscriptions exceeded'\r\n");
        return false;
      },
    });
    const client = clientOf(t, `nats://${host}/p`, { timeout: 20_000 });
    const error = await rejection(client.call("m"), ConnectionLostError);
    assert.match(error.message, /maximum subscriptions exceeded|ended before m/);
    assert.equal(await client.call("m"), "well");
  });

  it("is told that a notification is not let through, and that of another subject is", async (t) => {
    const host = await scriptedBroker(t, {
      published: ({ subject, broker }) => {
        if (subject === "p.secret") broker.say(`-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`);
      },
    });
    const client = clientOf(t, `nats://${host}/p`, { timeout: 20_000 });
    const [denied] = await Promise.all([rejection(client.notify("secret"), DialError), client.notify("open")]);
    assert.match(denied.message, /Permissions Violation for Publish to "p.secret"/);
    assert.equal(denied.outcome, "not-sent");
  });
});

describe("over NATS a server", { timeout: 30_000 }, () => {
  it("does not come to listen where the broker takes not all of its subscriptions", {
    skip: withoutNats,
  }, async (t) => {
    for (const most of [3, 10, 12]) {
      const broker = await Broker.start(t, { config: `max_subscriptions: ${most}` });
      await assert.rejects(listen(exampleService(), broker.address()), /maximum subscriptions exceeded/i);
    }
  });

  it("outlives questions of the services framework that it cannot answer in one message", {
    skip: withoutNats,
  }, async (t) => {
    const broker = await Broker.start(t);
    const service = exampleService();
    for (let each = 0; each < 300; each++) service.addMethod(`method${each}`, () => each);
    const nats = { reconnectTimeWait: 10, reconnectJitter: 0 };
    const server = await serve(t, service, { nats }, broker.address("many"));
    await broker.kill();
    const smaller = await Broker.start(t, { port: broker.port, config: "max_payload: 16384" });
    const nc = await connection(t, smaller);
    const client = clientOf(t, broker.address("many"), { timeout: 20_000, retry: "not-sent" });
    assert.equal(await client.call("method7"), 7);
    for (const verb of ["STATS", "INFO"]) nc.publish(`$SRV.${verb}.many`, "", { reply: "nobody" });
    await server.log.said(/refused/);
    for (const verb of ["PING", "STATS", "INFO"]) nc.publish(`$SRV.${verb}.many`, "{malformed");
    await nc.flush();
    assert.equal(await client.call("method8"), 8);
  });

  it("answers each call once where the answer comes back to it as a call", { skip: withoutNats }, async (t) => {
    const broker = await Broker.start(t);
    let runs = 0;
    const service = new Service().addMethod("run", () => ++runs);
    await serve(t, service, {}, broker.address("loop"));
    const nc = await connection(t, broker);
    for (const reply of ["loop.run", "loop", "$SRV.PING"]) {
      nc.publish("loop.run", '{"jsonrpc":"2.0","id":1,"method":"run"}', { reply });
    }
    assert.equal(await clientOf(t, broker.address("loop"), { timeout: 20_000 }).call("run"), 4);
  });
});
