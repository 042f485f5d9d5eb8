/** Each fault, as the two ends of a connection see it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Client } from "../../src/client/client.ts";
import { type Fault, FaultProxy, type FaultProxyOptions, randomFaults } from "../../src/testing/faults/index.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { cleanUp } from "../support/cleanup.ts";
import { clientOf, serve } from "../support/served.ts";
import { socketAt } from "../support/socket-at.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { turns } from "../support/turns.ts";

/** One end of a proxied connection, which keeps what it hears. */
class End {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  readonly ended: Promise<unknown>;
  /** How it was over: the error's code, if there was one. */
  readonly closed: Promise<string | undefined>;
  #look: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    let code: string | undefined;
    socket.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.#look();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      code = error.code;
    });
    this.ended = once(socket, "end");
    this.ended.catch(() => {});
    this.closed = new Promise((resolve) => socket.once("close", () => resolve(code)));
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString("latin1");
  }

  /** Resolves once it has heard so much. */
  async heard(text: string): Promise<void> {
    while (this.text.length < text.length) {
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
    assert.equal(this.text, text);
  }
}

/** A proxy with one connection through it, over tcp or a unix socket. */
async function proxied(test: TestContext, scheme: "tcp" | "unix" = "tcp", options?: FaultProxyOptions) {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const path = scheme === "unix" ? `${temporaryDirectory(test)}/s` : undefined;
  server.listen(path === undefined ? { port: 0, host: "127.0.0.1" } : { path });
  await once(server, "listening");
  cleanUp(test, () => server.close());
  const address = path === undefined ? `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${path}`;
  const proxy = await FaultProxy.listen(address, options);
  cleanUp(test, () => proxy.close());
  const accepted = once(server, "connection");
  const client = new End(connect({ ...socketAt(proxy.address), allowHalfOpen: true, noDelay: true }));
  const [socket] = await accepted;
  const there = new End(socket);
  cleanUp(test, () => {
    client.socket.destroy();
    there.socket.destroy();
  });
  return { proxy, client, server: there };
}

for (const scheme of ["tcp", "unix"] as const) {
  describe(`a fault proxy over ${scheme}`, { timeout: 30_000 }, () => {
    it("passes everything on, and half-closes", async (t) => {
      const { client, server, proxy } = await proxied(t, scheme);
      const large = "x".repeat(3_000_000);
      client.socket.end(large);
      await server.heard(large);
      await server.ended;
      server.socket.end("bye");
      await client.heard("bye");
      assert.deepEqual(await Promise.all([client.closed, server.closed]), [undefined, undefined]);
      await Promise.all([...proxy.connections].map(({ closed }) => closed));
      assert.deepEqual([proxy.connections.size, proxy.accepted], [0, 1]);
    });

    it("cuts behind a byte, for both", async (t) => {
      const { client, server, proxy } = await proxied(t, scheme);
      proxy.apply({ kind: "cut", towards: "server", after: 4 });
      client.socket.write("12");
      await server.heard("12");
      client.socket.write("3456");
      await server.heard("1234");
      await server.ended;
      server.socket.end();
      await client.ended.catch(() => {});
    });

    it("half-closes behind a byte, and the other direction goes on", async (t) => {
      const { client, server, proxy } = await proxied(t, scheme);
      proxy.apply({ kind: "half-close", towards: "server", after: 3 });
      client.socket.write("12345");
      await server.ended;
      assert.equal(server.text, "123");
      server.socket.write("still here");
      await client.heard("still here");
      server.socket.end();
      await client.ended;
    });

    it("lets one side vanish, and the other is told nothing", async (t) => {
      const { client, server, proxy } = await proxied(t, scheme);
      proxy.apply({ kind: "vanish", towards: "client", after: 1 });
      server.socket.write("12");
      await server.ended.catch(() => {});
      await client.heard("1");
      client.socket.write("into the void");
      await turns(20);
      assert.deepEqual([client.text, client.socket.closed, client.socket.readableEnded], ["1", false, false]);
    });

    it("stalls, and goes on in order", async (t) => {
      const clock = new FakeClock();
      const { client, server, proxy } = await proxied(t, scheme, { clock });
      proxy.apply({ kind: "stall", towards: "server", after: 1, ms: 1_000 });
      client.socket.write("1234");
      await server.heard("1");
      server.socket.write("the other way is free");
      await client.heard("the other way is free");
      assert.equal(server.text, "1");
      clock.advance(1_000);
      await server.heard("1234");
    });

    it("stalls for ever, until it is closed", async (t) => {
      const { client, server, proxy } = await proxied(t, scheme);
      proxy.apply({ kind: "stall", towards: "client" });
      server.socket.write("never heard");
      await turns(20);
      assert.equal(client.text, "");
      await proxy.close();
      await client.ended.catch(() => {});
      assert.equal(client.text, "");
    });

    it("delays each packet", async (t) => {
      const clock = new FakeClock();
      const { client, server, proxy } = await proxied(t, scheme, { clock });
      proxy.apply({ kind: "delay", towards: "server", ms: 50 });
      await turns();
      client.socket.write("a");
      while (clock.timers === 0) await turns(1);
      assert.equal(server.text, "");
      clock.advance(50);
      await server.heard("a");
    });

    it("passes byte by byte", async (t) => {
      const { client, server, proxy } = await proxied(t, scheme);
      proxy.apply({ kind: "split", towards: "server", after: 2, bytes: 1 });
      client.socket.write("12345678");
      await server.heard("12345678");
      assert(server.chunks.length > 1);
    });

    it("puts garbage in between", async (t) => {
      const { client, server, proxy } = await proxied(t, scheme);
      proxy.apply({ kind: "garbage", towards: "server", after: 2, bytes: Buffer.from("??") });
      proxy.apply({ kind: "garbage", towards: "client", bytes: Buffer.from("!") });
      await client.heard("!");
      client.socket.write("1234");
      await server.heard("12??34");
    });

    it("refuses connections while it is told to, and those whose target is not there", async (t) => {
      const { proxy } = await proxied(t, scheme);
      proxy.refuses = true;
      const client = clientOf(t, proxy.address);
      await assert.rejects(client.call("m", [], { timeout: 0 }), { name: /ConnectionLostError|DialError/ });
      assert.equal(proxy.accepted, 1);
      const nowhere = await FaultProxy.listen(scheme === "tcp" ? "tcp://127.0.0.1:1" : "unix:/nowhere/s");
      cleanUp(t, () => nowhere.close());
      await assert.rejects(clientOf(t, nowhere.address).call("m", [], { timeout: 0 }), { name: "ConnectionLostError" });
    });
  });
}

describe("a fault proxy", { timeout: 30_000 }, () => {
  it("resets both ends", async (t) => {
    const { client, server, proxy } = await proxied(t);
    server.socket.write("12");
    await client.heard("12");
    // Now: Node.js takes a reset that arrives together with data for an end.
    proxy.apply({ kind: "reset", towards: "client" });
    assert.deepEqual(await Promise.all([client.closed, server.closed]), ["ECONNRESET", "ECONNRESET"]);
  });

  it("passes a reset on", async (t) => {
    const { client, server } = await proxied(t);
    client.socket.resetAndDestroy();
    assert.equal(await server.closed, "ECONNRESET");
  });

  it("does what its plan says, connection by connection", async (t) => {
    const plans: number[] = [];
    const plan = (index: number): readonly Fault[] => {
      plans.push(index);
      return index === 0 ? [{ kind: "cut", towards: "server", after: 10 }] : [];
    };
    const server = await serve(t);
    const proxy = await FaultProxy.listen(server.address, { plan });
    cleanUp(t, () => proxy.close());
    const client = clientOf(t, proxy.address);
    await assert.rejects(client.call("add", [1, 2]), { name: "ConnectionLostError", outcome: "unknown" });
    assert.equal(await client.call("add", [1, 2]), 3);
    assert.deepEqual(plans, [0, 1]);
  });

  for (const address of ["ws://127.0.0.1:0/rpc", "http://127.0.0.1:0/rpc", "tcp://127.0.0.1:0?framing=newline"]) {
    it(`stands in front of ${address}`, async (t) => {
      const server = await serve(t, undefined, {}, address);
      const proxy = await FaultProxy.listen(server.address);
      cleanUp(t, () => proxy.close());
      const client = clientOf(t, proxy.address);
      assert.equal(await client.call("add", [1, 2]), 3);
      assert.equal(proxy.accepted, 1);
      await client.close();
    });
  }

  it("passes TLS through", async (t) => {
    const authority = await makeAuthority("those who are trusted");
    const { cert, key } = await makeCertificate(authority, { name: "localhost" });
    const server = await serve(t, undefined, { tls: { cert, key } }, "tls://127.0.0.1:0");
    const proxy = await FaultProxy.listen(server.address);
    cleanUp(t, () => proxy.close());
    const client = clientOf(t, proxy.address, { tls: { ca: authority.cert } });
    assert.equal(await client.call("add", [1, 2]), 3);
  });

  it("puts its socket's directory away", async () => {
    const proxy = await FaultProxy.listen("unix:/nowhere/s");
    const directory = dirname(decodeURIComponent(new URL(proxy.address).pathname));
    assert.equal(existsSync(directory), true);
    await Promise.all([proxy.close(), proxy.close()]);
    assert.equal(existsSync(directory), false);
  });

  it("refuses what it cannot stand in front of, and what is no fault", async (t) => {
    for (const address of ["stdio:", "tcp://127.0.0.1", "nowhere"]) {
      await assert.rejects(FaultProxy.listen(address), InvalidAddressError);
    }
    const { proxy } = await proxied(t);
    const apply = (fault: object) => () => proxy.apply(fault as Fault);
    assert.throws(apply({ kind: "smoke", towards: "client" }), /expected a fault \(cut, reset, .*\), got smoke/);
    assert.throws(apply({ kind: "cut" }), /towards client or server, got undefined/);
    assert.throws(apply({ kind: "cut", towards: "client", after: -1 }), RangeError);
    assert.throws(apply({ kind: "split", towards: "client", bytes: 0 }), RangeError);
    assert(new Client(proxy.address));
  });
});

describe("random faults", () => {
  it("are the same for the same seed, and others for another", () => {
    const plans = [1, 1, 2].map((seed) =>
      JSON.stringify(Array.from({ length: 50 }, (_, at) => randomFaults(seed)(at))),
    );
    assert.equal(plans[0], plans[1]);
    assert.notEqual(plans[0], plans[2]);
  });

  it("are of the kinds and within the bounds that were asked for", () => {
    const plan = randomFaults(7, { kinds: ["cut", "stall"], bytes: 100, ms: 5 });
    const faults = Array.from({ length: 500 }, (_, at) => plan(at)).flat();
    assert.deepEqual([...new Set(faults.map(({ kind }) => kind))].sort(), ["cut", "stall"]);
    for (const fault of faults) {
      assert((fault.after ?? 0) >= 1 && (fault.after ?? 0) <= 100);
      if (fault.kind === "stall") assert((fault.ms ?? 0) <= 5);
    }
    assert(Array.from({ length: 100 }, (_, at) => plan(at)).some((list) => list.length === 0));
  });
});
