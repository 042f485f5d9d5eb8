import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trusted } from "../../src/protocol/limits.ts";
import { InvalidAddressError } from "../../src/transport/address.ts";
import { registerTransport, routeTo } from "../../src/transport/registry.ts";
import type { Transport, TransportLoader } from "../../src/transport/transport.ts";

const nowhere: Transport = {
  limits: trusted,
  connect: () => Promise.reject(new Error("nowhere")),
  listen: () => Promise.reject(new Error("nowhere")),
};

describe("a route", () => {
  for (const [scheme, file] of [
    ["tcp", "tcp"],
    ["tls", "tls"],
    ["unix", "unix/unix"],
    ["stdio", "stdio/stdio"],
    ["http", "http/http"],
    ["https", "http/http"],
  ] as const) {
    it(`leads to ${scheme}, which is loaded when it is asked for`, async () => {
      const route = routeTo(`${scheme}://localhost:1`);
      assert.equal(route.address.scheme, scheme);
      const module = await import(`../../src/transport/${file}.ts`);
      assert.equal(await route.load(), module[scheme]);
    });
  }

  it("leads to ws and wss, which are one transport, and loaded when it is asked for", async () => {
    const { webSocket } = await import("../../src/transport/websocket/websocket.ts");
    for (const scheme of ["ws", "wss"]) {
      const route = routeTo(`${scheme}://localhost:1`);
      assert.equal(route.address.scheme, scheme);
      assert.equal(await route.load(), webSocket);
    }
  });

  it("leads to a registered transport, whose loader runs when it is asked to", async () => {
    let loaded = 0;
    registerTransport("x-nowhere", async () => {
      loaded++;
      return nowhere;
    });
    const route = routeTo(new URL("x-nowhere:anything?at=all"));
    assert.deepEqual([route.address.scheme, route.address.url.search, loaded], ["x-nowhere", "?at=all", 0]);
    assert.equal(await route.load(), nowhere);
    assert.equal(loaded, 1);
  });

  it("leads nowhere where there is no transport, and says which there are", () => {
    for (const address of ["gopher://localhost:70", "constructor:x", "__proto__:x", "ftp:x"]) {
      assert.throws(
        () => routeTo(address),
        (error: unknown) => error instanceof InvalidAddressError && (error.address === address || !address),
      );
    }
    assert.throws(
      () => routeTo("gopher://localhost:70"),
      /there is no transport for gopher: .*tcp, tls, unix, stdio, ws, wss, http, https/,
    );
  });

  it("leads nowhere from what is no address", () => {
    assert.throws(() => routeTo("localhost"), InvalidAddressError);
  });
});

describe("registering a transport", () => {
  const load: TransportLoader = async () => nowhere;

  it("refuses what no URL could start with", () => {
    for (const scheme of ["", "TCP", "1st", "a_b", "tcp:", "a b", undefined]) {
      assert.throws(() => registerTransport(scheme as string, load), TypeError);
    }
  });

  it("refuses what is no loader", () => {
    assert.throws(() => registerTransport("x-none", nowhere as unknown as TransportLoader), TypeError);
  });

  it("refuses a scheme that is taken", () => {
    assert.throws(() => registerTransport("tcp", load), /tcp: already/);
    registerTransport("x-once", load);
    assert.throws(() => registerTransport("x-once", load), /x-once: already/);
  });

  it("loads it once, also for those who want it at the same time", async () => {
    let loads = 0;
    registerTransport("x-counted", async () => {
      loads++;
      return nowhere;
    });
    const [one, other] = [routeTo("x-counted://a"), routeTo("x-counted://b")];
    assert.deepEqual(await Promise.all([one.load(), other.load(), one.load()]), [nowhere, nowhere, nowhere]);
    await routeTo("x-counted://c").load();
    assert.equal(loads, 1);
  });

  for (const [how, fail] of [
    ["rejects", async () => Promise.reject(new Error("not yet"))],
    [
      "throws",
      () => {
        throw new Error("not yet");
      },
    ],
  ] as const) {
    it(`loads it again when its loader ${how}`, async () => {
      let loads = 0;
      registerTransport(`x-${how}`, () => (loads++ === 0 ? fail() : Promise.resolve(nowhere)));
      const route = routeTo(`x-${how}://a`);
      await assert.rejects(route.load(), /not yet/);
      assert.equal(await route.load(), nowhere);
      assert.equal(await route.load(), nowhere);
      assert.equal(loads, 2);
    });
  }
});
