/** What a client over NATS does, and what becomes of calls that cannot be answered. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { MessageTooLongError } from "../../src/connection/errors/message-too-long-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { NatsMessage } from "../../src/transport/nats/official.ts";
import { MAX_SUBJECT } from "../../src/transport/nats/subject.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { Broker, connection, official, withoutNats } from "../support/nats.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const shared = withoutNats ? undefined : await Broker.start({ after }, { config: "max_payload: 65536" });
const broker = shared as Broker;

describe("over NATS a call", { skip: withoutNats, timeout: 30_000 }, () => {
  it("is a request on its method's subject, and the answer a reply, for a client in any language", async (t) => {
    await serve(
      t,
      exampleService().addMethod("a b.*", () => "odd"),
      {},
      broker.address("plain"),
    );
    const nc = await connection(t, broker);
    const ask = async (subject: string, message: object) =>
      JSON.parse(Buffer.from((await nc.request(subject, JSON.stringify(message), { timeout: 5_000 })).data).toString());
    const request = { jsonrpc: "2.0", id: "x", method: "add", params: [1, 2] };
    assert.deepEqual(await ask("plain.add", request), { jsonrpc: "2.0", id: "x", result: 3 });
    assert.deepEqual(await ask("plain.a%20b.%2A", { jsonrpc: "2.0", id: 1, method: "a b.*" }), {
      jsonrpc: "2.0",
      id: 1,
      result: "odd",
    });
    assert.deepEqual(await ask("plain", [request, { ...request, id: 2 }]), [
      { jsonrpc: "2.0", id: "x", result: 3 },
      { jsonrpc: "2.0", id: 2, result: 3 },
    ]);
  });

  it("goes to the method's subject, a batch to the prefix, a notification where nobody replies", async (t) => {
    const nc = await connection(t, broker);
    const seen: { subject: string; message: unknown; hasReply: boolean }[] = [];
    const all = gate();
    const callback = (_error: Error | null, message: NatsMessage) => {
      const { subject, reply } = message;
      const value = JSON.parse(Buffer.from(message.data).toString());
      seen.push({ subject, message: value, hasReply: Boolean(reply) });
      if (reply) message.respond(`{"jsonrpc":"2.0","id":${value.id ?? "null"},"error":{"code":1,"message":"seen"}}`);
      if (seen.length === 4) all.open();
    };
    for (const subject of ["wire", "wire.>"]) nc.subscribe(subject, { callback });
    await nc.flush();
    const client = clientOf(t, broker.address("wire"));
    assert.equal((await rejection(client.call("main.echo", ["é"]), RpcError)).code, 1);
    await client.notify("note", { a: 1 });
    const batch = client.batch();
    const member = rejection(batch.call("x"), RpcError);
    await batch.send();
    await member;
    await rejection(client.call("x".repeat(MAX_SUBJECT)), RpcError);
    await all.promise;
    assert.deepEqual(
      seen.map(({ subject, hasReply }) => [subject, hasReply]),
      [
        ["wire.main.echo", true],
        ["wire.note", false],
        ["wire", true],
        ["wire", true],
      ],
    );
    assert.deepEqual(seen[0]?.message, { jsonrpc: "2.0", id: 1, method: "main.echo", params: ["é"] });
  });

  it("of an unknown method is -32601, by one more try on the prefix", async (t) => {
    await serve(t, exampleService(), {}, broker.address("unknown"));
    const client = clientOf(t, broker.address("unknown"));
    for (const method of ["nope", "constructor", "*", ">", "a b", "", "x".repeat(5_000), "\ud800"]) {
      assert.equal((await rejection(client.call(method), RpcError)).code, -32601, JSON.stringify(method));
    }
    assert.equal(await client.call("add", [1, 2]), 3);
  });

  it("that nobody serves is not sent, and told at once", async (t) => {
    const client = clientOf(t, broker.address("nobody"), { timeout: 20_000 });
    const batch = client.batch();
    const calls = [client.call("echo", [1]), batch.call("echo", [1])].map((call) => rejection(call, DialError));
    await batch.send();
    for (const error of await Promise.all(calls)) {
      assert.equal(error.outcome, "not-sent");
      assert.match(error.message, /no responders on the subject nobody$/);
    }
    // Nobody knows whether anybody is there for a notification.
    await client.notify("note");
  });

  it("that nobody serves waits for somebody where the client is to dial again", async (t) => {
    const address = broker.address("later");
    const client = clientOf(t, address, { timeout: 20_000, redial: { initialDelay: 1, maxDelay: 1 } });
    const call = client.call("add", [1, 2]);
    await client.log.said(/no responders/).catch(() => {});
    await serve(t, exampleService(), {}, address);
    assert.equal(await call, 3);
  });

  it("needs a timeout: one without is refused, by each way to say so", async (t) => {
    await serve(t, exampleService(), {}, broker.address("endless"));
    const client = clientOf(t, broker.address("endless"));
    const expected = /expected a timeout above 0, got none: over nats nobody tells when a server dies/;
    for (const timeout of [0, Number.POSITIVE_INFINITY]) {
      await assert.rejects(client.call("echo", [1], { timeout }), expected);
      await assert.rejects(clientOf(t, broker.address("endless"), { timeout }).call("echo", [1]), expected);
      const batch = client.batch();
      const member = assert.rejects(batch.call("echo", [1]), expected);
      await batch.send({ timeout });
      await member;
    }
    // What waits for no answer needs none.
    await client.notify("echo", [1], { timeout: 0 });
    assert.equal(await client.call("echo", [1]), 1);
    assert.equal(client.pending, 0);
  });

  it("whose answer does not come rejects at its timeout, and may have been executed", async (t) => {
    await serve(t, exampleService(), {}, broker.address("silent"));
    const client = clientOf(t, broker.address("silent"));
    // The timeout counts from the call on, dialling included.
    await client.connect();
    const error = await rejection(client.call("never", [], { timeout: 20 }), CallTimeoutError);
    assert.equal(error.outcome, "unknown");
  });

  it("is aborted on this side only", async (t) => {
    const started = gate<AbortSignal>();
    const service = exampleService().addMethod(
      "hold",
      ({ signal }: { signal: AbortSignal }) => {
        started.open(signal);
        return new Promise(() => {});
      },
      { context: true },
    );
    await serve(t, service, {}, broker.address("abort"));
    const client = clientOf(t, broker.address("abort"));
    const controller = new AbortController();
    const call = rejection(client.call("hold", [], { signal: controller.signal }), CallAbortedError);
    const signal = await started.promise;
    controller.abort();
    assert.equal((await call).outcome, "unknown");
    assert.equal(await client.call("add", [1, 2]), 3);
    assert.equal(signal.aborted, false);
  });

  it("that is longer than the broker takes is not sent; the connection lives on", async (t) => {
    await serve(t, exampleService(), {}, broker.address("long"));
    const client = clientOf(t, broker.address("long"));
    const long = "x".repeat(65_536);
    const batch = client.batch();
    const calls = [client.call("echo", [long]), client.notify("echo", [long]), batch.call("echo", [long])];
    const rejected = calls.map((call) => rejection(call, MessageTooLongError));
    await batch.send();
    for (const error of await Promise.all(rejected)) {
      assert.equal(error.outcome, "not-sent");
      assert.match(error.message, /^echo was not sent: it is longer than the broker's max_payload, 65536 bytes$/);
    }
    const fits = "é".repeat(32_000);
    assert.equal(await client.call("echo", [fits]), fits);
  });

  it("whose answer would be longer than the broker takes gets an error with its id, alone", async (t) => {
    const service = exampleService().addMethod("repeat", (text: string, times: number) => text.repeat(times));
    await serve(t, service, {}, broker.address("answers"));
    const client = clientOf(t, broker.address("answers"));
    const error = await rejection(client.call("repeat", ["x", 70_000]), RpcError);
    assert.deepEqual([error.code, error.data], [-32603, { limit: "maxPayload", max: 65_536 }]);
    const batch = client.batch();
    const members = [batch.call("repeat", ["x", 70_000]), batch.call("add", [1, 2])];
    const rejected = members.map((member) => rejection(member, RpcError));
    await batch.send();
    for (const { code } of await Promise.all(rejected)) assert.equal(code, -32603);
    assert.equal(await client.call("repeat", ["x", 3]), "xxx");
  });

  it("takes a reply that is no answer for what it is", async (t) => {
    const nc = await connection(t, broker);
    const { headers } = (await import("@nats-io/transport-node" as string)) as { headers(): Map<string, string> };
    const failed = headers();
    failed.set("Nats-Service-Error-Code", "500");
    const replies: Record<string, Parameters<NatsMessage["respond"]>> = {
      nothing: [],
      words: ["surprise!"],
      service: ["", { headers: failed }] as unknown as [string],
    };
    nc.subscribe("odd.*", { callback: (_, message) => message.respond(...(replies[message.subject.slice(4)] ?? [])) });
    nc.subscribe("odd.bytes", { callback: (_, message) => message.respond(Buffer.from([0xff]) as never) });
    await nc.flush();
    const client = clientOf(t, broker.address("odd"));
    for (const [method, says] of [
      ["nothing", /there is none/],
      ["words", /no JSON/],
      ["service", /service's error 500/],
    ] as const) {
      assert.match((await rejection(client.call(method), InvalidResponseError)).message, says);
    }
  });

  it("has no more under way than it may", async (t) => {
    const started: string[] = [];
    const work = gate<string>();
    const service = exampleService().addMethod("work", (name: string) => {
      started.push(name);
      return work.promise;
    });
    await serve(t, service, {}, broker.address("bounded"));
    const client = clientOf(t, broker.address("bounded"), { nats: { concurrency: 2 } });
    const calls = ["a", "b", "c"].map((name) => client.call("work", [name]));
    const other = clientOf(t, broker.address("bounded"));
    while (started.length < 2) await other.call("echo", [1]);
    await other.call("echo", [1]);
    assert.deepEqual(started, ["a", "b"]);
    work.open("done");
    await Promise.all(calls);
    assert.equal(started.length, 3);
  });
});

describe("over NATS a client", { skip: withoutNats, timeout: 30_000 }, () => {
  it("shares a connection, which it leaves open", async (t) => {
    const nc = await connection(t, broker);
    await serve(t, exampleService(), { nats: { connection: nc } }, "nats:///shared");
    const clients = [1, 2].map(() => clientOf(t, "nats:///shared", { nats: { connection: nc } }));
    assert.deepEqual(await Promise.all(clients.map((client, at) => client.call("echo", [at]))), [0, 1]);
    await clients[0]?.close();
    assert.equal(await clients[1]?.call("echo", [2]), 2);
    assert.equal(nc.isClosed(), false);
  });

  it("is told when the connection it shares is closed, and dials no more", async (t) => {
    const nc = await connection(t, broker);
    const client = clientOf(t, "nats:///closed", { nats: { connection: nc } });
    await client.connect();
    const ended = new Promise<{ kind: string }>((resolve) => client.on("disconnect", resolve));
    await nc.close();
    assert.equal((await ended).kind, "ended");
    assert.match((await rejection(client.call("echo"), DialError)).message, /a connection that is closed/);
  });

  it("cannot be reached where no broker is, and says so at once", async (t) => {
    const client = clientOf(t, "nats://127.0.0.1:1/p", { timeout: 20_000 });
    assert.equal((await rejection(client.call("echo"), DialError)).outcome, "not-sent");
  });

  for (const [what, config, wrong, right] of [
    ["a user and password", 'authorization { user: ann, password: "s3cr:et" }', "ann:no@", "ann:s3cr%3Aet@"],
    ["a token", 'authorization { token: "t0ken" }', "", "t0ken@"],
  ] as const) {
    it(`shows ${what}, from its address, where nothing else shows it`, async (t) => {
      const own = await Broker.start(t, { config });
      const refused = clientOf(t, `nats://${wrong}${own.host}/p`);
      const error = await rejection(refused.call("echo"), DialError);
      assert.match(error.message, /Authorization Violation/);
      const address = `nats://${right}${own.host}/p`;
      const server = await serve(t, exampleService(), {}, address);
      assert.equal(server.address, `nats://${own.host}/p`);
      const client = clientOf(t, address);
      assert.equal(client.address, `nats://${own.host}/p`);
      assert.equal(await client.call("add", [1, 2]), 3);
    });
  }

  it("shows an nkey, by the official client's authenticator", async (t) => {
    const { nkeys, nkeyAuthenticator } = await official();
    const user = nkeys.createUser();
    const config = `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`;
    const own = await Broker.start(t, { config });
    const nats = { authenticator: nkeyAuthenticator(user.getSeed()) };
    await serve(t, exampleService(), { nats }, own.address("p"));
    await rejection(clientOf(t, own.address("p")).call("echo"), DialError);
    assert.equal(await clientOf(t, own.address("p"), { nats }).call("add", [1, 2]), 3);
  });

  it("speaks TLS, and trusts whom it is told to", async (t) => {
    const authority = await makeAuthority("nats");
    const { cert, key } = await makeCertificate(authority, { name: "broker" });
    const folder = temporaryDirectory(t);
    const files = { cert_file: join(folder, "cert.pem"), key_file: join(folder, "key.pem") };
    writeFileSync(files.cert_file, cert);
    writeFileSync(files.key_file, key);
    const config = `tls { cert_file: "${files.cert_file}", key_file: "${files.key_file}" }`;
    const own = await Broker.start(t, { config });
    const nats = { tls: { ca: authority.cert } };
    await serve(t, exampleService(), { nats }, own.address("p"));
    await rejection(clientOf(t, own.address("p")).call("echo"), DialError);
    assert.equal(await clientOf(t, own.address("p"), { nats }).call("add", [1, 2]), 3);
  });

  it("is told at once where it may not publish, or not take replies", async (t) => {
    const users = [
      '{ user: ann, password: x, permissions: { publish: ["p.echo", "_INBOX.>", "mine.>"], subscribe: ["_INBOX.>", "p", "p.>", "$SRV.>"] } }',
      '{ user: eve, password: x, permissions: { publish: ">", subscribe: ["mine.>"] } }',
    ];
    const own = await Broker.start(t, { config: `authorization { users: [${users}] }` });
    await serve(t, exampleService(), {}, `nats://ann:x@${own.host}/p`);
    const ann = clientOf(t, `nats://ann:x@${own.host}/p`, { timeout: 20_000 });
    assert.equal(await ann.call("echo", [1]), 1);
    const denied = await rejection(ann.call("add", [1, 2]), DialError);
    assert.match(denied.message, /Permissions Violation/i);
    assert.equal(await ann.call("echo", [2]), 2);
    const eve = clientOf(t, `nats://eve:x@${own.host}/p`, { timeout: 20_000 });
    await assert.rejects(eve.call("echo", [1]), /Permissions Violation|connection ended/i);
    const named = { nats: { inboxPrefix: "mine" } };
    assert.equal(await clientOf(t, `nats://eve:x@${own.host}/p`, named).call("echo", [1]), 1);
  });
});
