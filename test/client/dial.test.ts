import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { Client } from "../../src/client/client.ts";
import { Connection } from "../../src/connection/connection.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { Service } from "../../src/service/service.ts";
import { channelPair, FakeClock, type MemoryChannel } from "../../src/testing/index.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import { registerTransport } from "../../src/transport/registry.ts";
import type { DialOptions, Transport } from "../../src/transport/transport.ts";
import { cleanUp } from "../support/cleanup.ts";
import { faked } from "../support/faked.ts";
import { Log } from "../support/log.ts";
import { Recorder } from "../support/recorder.ts";
import { clientOf, serve } from "../support/served.ts";
import { gate, rejection, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { WireServer } from "../support/wire-peer.ts";

describe("a client dials", () => {
  it("not before the first call, and then by itself", async (t) => {
    const server = await WireServer.listen(t);
    const client = clientOf(t, server.address);
    await turns();
    assert.deepEqual([server.peers.length, client.connected], [0, false]);
    const call = client.call("m");
    const peer = await server.peer();
    peer.answer((await peer.inbox.next()).id, "fine");
    assert.equal(await call, "fine");
    assert.deepEqual([server.peers.length, client.connected, client.pending], [1, true, 0]);
  });

  it("once for all who wait: calls, notifications, batches and connect", async (t) => {
    const server = await WireServer.listen(t);
    const client = clientOf(t, server.address);
    const connected = client.connect();
    const calls = Array.from({ length: 50 }, (_, at) => client.call("m", [at]));
    const told = client.notify("n");
    const batch = client.batch();
    const member = batch.call("b");
    void batch.send();
    const peer = await server.peer();
    const messages = await peer.inbox.take(51);
    assert.deepEqual(
      messages.map(({ method }) => method),
      [...Array(50).fill("m"), "n"],
      "in the order in which they were made",
    );
    for (const { id, params } of messages) if (id !== undefined) peer.answer(id, params);
    for (const { id } of await peer.inbox.batch()) peer.answer(id, "member");
    assert.deepEqual((await Promise.all(calls)).length, 50);
    await Promise.all([connected, told]);
    assert.equal(await member, "member");
    assert.equal(server.peers.length, 1);
  });

  it("once for calls that come while it does", async (t) => {
    const { client, transport } = faked(t);
    const calls = [client.call("early")];
    const dial = await transport.dial();
    calls.push(client.call("late"));
    void client.connect();
    const peer = dial.accept();
    for (const { id, method } of await peer.inbox.take(2)) peer.answer(id, method);
    assert.deepEqual(await Promise.all(calls), ["early", "late"]);
    assert.equal(transport.dials.length, 1);
  });

  it("and a failure rejects all who wait, each with an error of its own that carries the cause", async (t) => {
    const { client, transport, log } = faked(t);
    const calls = [client.call("a"), client.call("b"), client.notify("c"), client.connect()];
    const cause = new Error("nobody there");
    (await transport.dial()).refuse(cause);
    const errors = await Promise.all(calls.map((call) => rejection(call, DialError)));
    for (const error of errors) {
      assert.deepEqual([error.cause, error.outcome, error.address], [cause, "not-sent", transport.address]);
      assert.match(error.message, /could not be dialled: nobody there/);
    }
    assert.equal(new Set(errors).size, calls.length);
    assert.equal(client.pending, 0);
    assert.equal(transport.dials.length, 1);
    assert.match(String(log.lines("warn")), /could not be dialled/);
  });

  it("again with the next call, after a failure", async (t) => {
    const { client, transport, accept } = faked(t);
    const first = client.call("m");
    (await transport.dial()).refuse();
    await rejection(first, DialError);
    const second = client.call("m");
    const peer = await accept();
    peer.answer((await peer.inbox.next()).id, "fine");
    assert.equal(await second, "fine");
    assert.equal(transport.dials.length, 2);
  });

  it("again from inside the rejection of the call before", async (t) => {
    const { client, transport, accept } = faked(t);
    const call = client.call("m").catch(() => client.call("m again"));
    (await transport.dial()).refuse();
    const peer = await accept();
    const { id, method } = await peer.inbox.next();
    assert.equal(method, "m again");
    peer.answer(id, "fine");
    assert.equal(await call, "fine");
  });

  it("where nobody listens, and says what the system said", async (t) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const client = clientOf(t, `tcp://127.0.0.1:${port}`);
    const error = await rejection(client.call("m"), DialError);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
    assert.match(error.message, /ECONNREFUSED/);
  });

  it("a name that stands for several addresses, and names what went wrong", () => {
    const cause = new AggregateError([
      new Error("connect ECONNREFUSED ::1:1"),
      new Error("connect ECONNREFUSED 127.0.0.1:1"),
    ]);
    assert.match(
      new DialError("tcp://localhost:1", { cause }).message,
      /could not be dialled: connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1$/,
    );
    assert.match(new DialError("tcp://localhost:1").message, /could not be dialled$/);
    assert.match(new DialError("tcp://localhost:1", { cause: "odd" }).message, /could not be dialled$/);
  });

  it("for no longer than it may", async (t) => {
    const { client, transport, clock } = faked(t, { dialTimeout: 300, timeout: 0 });
    const call = client.call("m");
    const dial = await transport.dial();
    clock.advance(299);
    assert.equal(dial.options.signal.aborted, false);
    clock.advance(1);
    const error = await rejection(call, DialError);
    assert.match(String(error.cause), /no connection within 300 ms/);
    assert.equal(clock.timers, 0);
  });

  it("for no longer than it may, also where a transport does not heed it, and puts away what comes then", async (t) => {
    const { client, transport, clock, accept } = faked(t, { dialTimeout: 300, timeout: 0 });
    transport.heedful = false;
    const call = client.call("m");
    const dial = await transport.dial();
    clock.advance(300);
    await rejection(call, DialError);
    const next = client.call("n");
    const peer = await accept();
    await dial.accept().happened("closed");
    peer.answer((await peer.inbox.next()).id, "fine");
    assert.equal(await next, "fine");
  });

  it("and takes a channel that came too late for its caller", async (t) => {
    const { client, transport, clock } = faked(t);
    const call = client.call("m", [], { timeout: 100 });
    const dial = await transport.dial();
    clock.advance(100);
    await assert.rejects(call, { name: "CallTimeoutError", outcome: "not-sent" });
    const next = client.call("n");
    const peer = dial.accept();
    const { id, method } = await peer.inbox.next();
    assert.equal(method, "n");
    peer.answer(id, "fine");
    assert.equal(await next, "fine");
  });
});

describe("a transport that does not keep to its seam is a dial that failed, and nothing is left of it:", () => {
  const opened = () => new Recorder(channelPair()[0]).channel;
  const rows: readonly [what: string, connect: () => unknown, cause: RegExp][] = [
    ["it throws", () => assert.fail("at once"), /at once/],
    ["it brings nothing", async () => undefined, /expected a channel or an exchange, got undefined/],
    ["it returns nothing", () => undefined, /expected a channel or an exchange, got undefined/],
    ["it brings a channel that was opened before", async () => opened(), /opened before/],
  ];
  for (const [row, [what, connect, cause]] of rows.entries()) {
    it(what, async (t) => {
      const scheme = `seamless${row}`;
      registerTransport(scheme, async () => ({ limits: untrusted, connect, listen: connect }) as unknown as Transport);
      const clock = new FakeClock();
      const client = new Client(`${scheme}:here`, { clock, logger: new Log(), timeout: 0 });
      cleanUp(t, () => client.close());
      for (const attempt of ["first", "second"]) {
        const error = await rejection(client.call(attempt), DialError);
        assert.match(String(error.cause), cause);
      }
      assert.deepEqual([clock.timers, client.pending, client.connected], [0, 0, false]);
    });
  }

  it("it returns a channel, and no promise of one, which does as well", async (t) => {
    registerTransport("prompt", async () => {
      const connect = () => {
        const [here, there] = channelPair();
        void new Connection(there, { service: new Service().addMethod("m", () => "fine"), logger: new Log() });
        return here;
      };
      return { limits: untrusted, connect, listen: connect } as unknown as Transport;
    });
    const client = clientOf(t, "prompt:here");
    assert.equal(await client.call("m"), "fine");
  });

  it("it closes the client from within `connect`, and brings a channel too late", async (t) => {
    const clock = new FakeClock();
    const [here, there] = channelPair();
    const left = new Recorder(there);
    const late = gate<MemoryChannel>();
    const connect = (_: unknown, options: DialOptions) => {
      signal = options.signal;
      void client.close();
      return late.promise;
    };
    let signal: AbortSignal | undefined;
    registerTransport("closing", async () => ({ limits: untrusted, connect, listen: connect }) as unknown as Transport);
    const client = new Client("closing:here", { clock, logger: new Log(), timeout: 0 });
    cleanUp(t, () => client.close());
    await assert.rejects(client.call("m"), { name: "ClosedError", outcome: "not-sent" });
    assert.deepEqual([signal?.aborted, clock.timers], [true, 0]);
    late.open(here);
    await left.happened("closed");
  });
});

describe("a transport that cannot be loaded", () => {
  it("is a dial that failed, and is tried again with the next call", async () => {
    const cause = new Error("it is not installed");
    let loads = 0;
    registerTransport("unloadable", () => {
      loads++;
      return Promise.reject(cause);
    });
    const client = new Client("unloadable:here", { logger: new Log() });
    for (const attempt of [1, 2]) {
      const error = await rejection(client.call("m"), DialError);
      assert.deepEqual([error.cause, loads], [cause, attempt]);
    }
    await client.close();
  });
});

describe("connect", () => {
  it("dials early, and does nothing when there is a connection", async (t) => {
    const server = await serve(t);
    const client = clientOf(t, server.address);
    await client.connect();
    assert.equal(client.connected, true);
    await Promise.all([client.connect(), client.connect()]);
    assert.equal(server.connections.size, 1);
    assert.equal(client.pending, 0);
  });

  it("times out and aborts like a call", async (t) => {
    const { client, clock } = faked(t);
    const controller = new AbortController();
    const [timed, aborted] = [client.connect({ timeout: 50 }), client.connect({ signal: controller.signal })];
    controller.abort("enough");
    await assert.rejects(aborted, { name: "AbortError", outcome: "not-sent", cause: "enough" });
    clock.advance(50);
    await assert.rejects(timed, { name: "CallTimeoutError", outcome: "not-sent" });
    await assert.rejects(client.connect({ timeout: -1 }), RangeError);
    await assert.rejects(client.connect({ signal: AbortSignal.abort() }), { name: "AbortError" });
    assert.equal(client.pending, 0);
  });

  it("is rejected by a client that was closed", async (t) => {
    const { client, transport } = faked(t);
    await client.close();
    await assert.rejects(client.connect(), { name: "ClosedError", outcome: "not-sent" });
    assert.equal(transport.dials.length, 0);
  });

  it("holds nobody up who gave up long ago", async (t) => {
    const { client, clock, accept } = faked(t);
    const given = Array.from({ length: 500 }, () => client.connect({ timeout: 10 }));
    const kept = client.connect();
    const state = watch(kept);
    clock.advance(20);
    assert((await Promise.allSettled(given)).every(({ status }) => status === "rejected"));
    assert.deepEqual([client.pending, state.settled], [1, false]);
    await accept();
    await kept;
  });
});

describe("a client is refused", () => {
  it("when its address is none", () => {
    for (const address of ["", "nonsense", "127.0.0.1:80", "gopher://127.0.0.1:70"]) {
      assert.throws(() => new Client(address), InvalidAddressError, address);
    }
  });

  it("when an option makes no sense", () => {
    const address = "tcp://127.0.0.1:1";
    for (const options of [
      { timeout: -1 },
      { timeout: "5" as unknown as number },
      { dialTimeout: Number.NaN },
      { limits: { batchLength: 0 } },
      { limits: { unheardOf: 1 } as object },
      { redial: { initialDelay: -1 } },
      { redial: { maxDelay: Number.NaN } },
    ]) {
      assert.throws(() => new Client(address, options), RangeError, JSON.stringify(options));
    }
  });
});
