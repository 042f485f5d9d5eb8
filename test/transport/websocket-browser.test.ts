import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import type { Channel } from "../../src/connection/channel.ts";
import { type Limits, resolveLimits, untrusted } from "../../src/protocol/limits.ts";
import { parseAddress } from "../../src/transport/address.ts";
import { loaders } from "../../src/transport/loaders-browser.ts";
import { BrowserWire, type PlatformWebSocket } from "../../src/transport/websocket/browser-wire.ts";
import { WebSocketChannel } from "../../src/transport/websocket/channel.ts";
import { webSocket as nodeWebSocket } from "../../src/transport/websocket/websocket.ts";
import { webSocket } from "../../src/transport/websocket/websocket-browser.ts";
import { channelSuite } from "../conformance/channel.ts";
import { accepting } from "../support/accepting.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Recorder } from "../support/recorder.ts";
import { Stage } from "../support/stage.ts";

const node = {
  name: "ws",
  transport: nodeWebSocket,
  address: () => "ws://127.0.0.1:0/rpc",
  rawDial: () => assert.fail("nobody does"),
  ready: "upgraded",
} as const;

/* The package `ws` has a browser's interface too, so it can play a browser on every version of Node.js. */
async function connect(test: TestContext, given: Partial<Limits> = {}) {
  const stage = new Stage(node, test);
  const { address } = await stage.listen(undefined, { limits: given });
  const played = new WebSocket(address, { perMessageDeflate: false });
  test.after(() => played.terminate());
  const limits = resolveLimits(given, untrusted);
  const opened = once(played, "open").then(() => {
    const wire = new BrowserWire(played as unknown as PlatformWebSocket, limits.messageBytes);
    return new WebSocketChannel(wire, { limits, peer: { transport: "ws" } });
  });
  const [right, left] = await Promise.all([stage.accept(), opened]);
  return { left, right, played };
}

/** The same with a server of the package `ws`, for what a channel would not say. */
async function connectRaw(test: TestContext, given: Partial<Limits>) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  cleanUp(test, () => server.close());
  await once(server, "listening");
  const played = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  cleanUp(test, () => played.terminate());
  const limits = resolveLimits(given, untrusted);
  const left = once(played, "open").then(() => {
    const wire = new BrowserWire(played as unknown as PlatformWebSocket, limits.messageBytes);
    return new WebSocketChannel(wire, { limits, peer: { transport: "ws" } });
  });
  const [there] = (await once(server, "connection")) as [WebSocket];
  return { left: await left, there, played };
}

channelSuite("of a browser's WebSocket", async (test, limits) => {
  const { left, right } = await connect(test, limits);
  return { left, right, breakRight: () => right.destroy() };
});

describe("a browser's WebSocket", { timeout: 30_000 }, () => {
  it("closes with codes that a page may say", async (t) => {
    for (const [violate, code] of [
      [(there: WebSocket) => there.send(Buffer.from("1")), 4003],
      [(there: WebSocket) => there.send("x".repeat(101)), 4009],
    ] as const) {
      const { left, there } = await connectRaw(t, { messageBytes: 100 });
      const owner = new Recorder(left);
      violate(there);
      const [received] = await once(there, "close");
      await owner.happened("closed");
      assert.deepEqual([owner.events, received], [["malformed", "closed"], code]);
    }
  });

  it("is cut when more arrives than it keeps while this side does not read", async (t) => {
    const { left, there } = await connectRaw(t, { maxQueuedBytes: 64_000 });
    const owner = new Recorder(left);
    left.pause();
    for (let count = 0; count < 100; count++) there.send("x".repeat(1_000));
    await owner.happened("closed");
    assert.deepEqual(owner.events, ["closed"]);
    assert.match(String(owner.reason), /more than 64000 bytes arrived while this side did not read/);
  });

  it("is given no more than it has room for, and the rest was not sent", async (t) => {
    const { left, there, played } = await connectRaw(t, {});
    const owner = new Recorder(left);
    there.pause();
    const text = JSON.stringify("x".repeat(100_000));
    let count = 0;
    while (left.handedOver === count) {
      left.send(text);
      count++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const before = left.handedOver;
    left.send(text);
    left.destroy();
    await owner.happened("closed");
    assert.equal(left.handedOver, before);
    played.terminate();
  });

  describe("is dialled", () => {
    /** A failure that nobody listens for is no error in a browser. */
    class Platform extends WebSocket {
      constructor(url: string, subprotocols: string[]) {
        super(url, subprotocols);
        this.on("error", () => {});
      }
    }

    function playPlatform(test: TestContext): void {
      const before = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
      Object.defineProperty(globalThis, "WebSocket", { value: Platform, configurable: true, writable: true });
      test.after(() => {
        if (before) Object.defineProperty(globalThis, "WebSocket", before);
        else Reflect.deleteProperty(globalThis, "WebSocket");
      });
    }

    const dial = (address: string, ws: object = {}, signal = new AbortController().signal) =>
      webSocket.connect(parseAddress(address), { limits: untrusted, signal, transport: { ws } }) as Promise<Channel>;

    it("by the platform's own, with subprotocols", async (t) => {
      playPlatform(t);
      const stage = new Stage(node, t);
      const { address } = await stage.listen(undefined, { transport: { ws: { subprotocols: ["a"] } } });
      const [right, left] = await Promise.all([stage.accept(), dial(address, { subprotocols: ["a"] })]);
      assert.deepEqual(left.peer, { transport: "ws", address: "127.0.0.1", subprotocol: "a" });
      left.send("1");
      await new Recorder(right).received(1);
      left.destroy();
    });

    it("in vain where nobody is, or it is refused", async (t) => {
      playPlatform(t);
      const { address } = await new Stage(node, t).listen();
      for (const wrong of ["ws://127.0.0.1:1/", new URL("/other", address).href]) {
        await assert.rejects(dial(wrong), /could not be opened; a browser does not say why/);
      }
    });

    it("and given up", async (t) => {
      playPlatform(t);
      const { address } = await new Stage(node, t).listen();
      const reason = new Error("no patience");
      await assert.rejects(dial(address, {}, AbortSignal.abort(reason)), reason);
      const controller = new AbortController();
      const dialling = dial(address, {}, controller.signal);
      controller.abort(reason);
      await assert.rejects(dialling, reason);
    });

    it("without headers, and without a fragment", async () => {
      await assert.rejects(dial("ws://127.0.0.1:1/", { headers: { a: "b" } }), /cannot send them/);
      await assert.rejects(dial("ws://127.0.0.1:1/#x"), { name: "InvalidAddressError" });
    });
  });

  it("does not listen", async () => {
    const options = accepting();
    await assert.rejects(
      webSocket.listen(parseAddress("ws://localhost:1"), options, () => {}),
      /cannot listen/,
    );
  });

  it("is all the transports that a browser has", async () => {
    assert.deepEqual([...loaders.keys()], ["ws", "wss", "http", "https"]);
    for (const scheme of ["ws", "wss"]) assert.equal(await loaders.get(scheme)?.(), webSocket);
    for (const scheme of ["http", "https"]) {
      const transport = await loaders.get(scheme)?.();
      const options = accepting();
      const listening = transport?.listen(parseAddress(`${scheme}://localhost:1`), options, () => {});
      await assert.rejects(listening as Promise<unknown>, /cannot listen/);
    }
  });
});
