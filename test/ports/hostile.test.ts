/** Ports whose other end is not what it says. */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Connection } from "../../src/connection/connection.ts";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { portChannel } from "../../src/ports/message-port.ts";
import { windowChannel } from "../../src/ports/window.ts";
import type { LimitOptions } from "../../src/protocol/limits.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { exampleService } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

const HELLO = '{"jsonrpc":"2.0","method":"rpc.port.hello"}';

/** A connection over a port, and the bare other end of it. */
function face(test: TestContext, limits: LimitOptions = "untrusted") {
  const { port1, port2 } = new MessageChannel();
  const log = new Log();
  const connection = new Connection(portChannel(port1, { limits }), { service: exampleService(), logger: log });
  const said: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  port2.on("message", (message) => {
    const next = waiting.shift();
    if (next) next(message);
    else said.push(message);
  });
  cleanUp(test, () => {
    connection.destroy();
    port2.close();
  });
  const next = () =>
    new Promise<unknown>((resolve) => (said.length > 0 ? resolve(said.shift()) : waiting.push(resolve)));
  return { connection, log, peer: port2 as MessagePort, next };
}

it("what only reads like a control word is a message", async (t) => {
  const { peer, next } = face(t);
  assert.equal(await next(), HELLO);
  peer.postMessage('{"jsonrpc":"2.0","method":"rpc.port.foo","id":1}');
  assert.match(String(await next()), /"id":1,"error":\{"code":-32601/);
});

it("an owner's own text is never a control word", async (t) => {
  const { connection, peer, next } = face(t);
  assert.equal(await next(), HELLO);
  await connection.notify("rpc.port.cut");
  assert.equal(await next(), ' {"jsonrpc":"2.0","method":"rpc.port.cut"}');
  peer.postMessage('{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}');
  assert.match(String(await next()), /"result":1/);
});

it("an array of nothing is one violation, however long", async (t) => {
  const { peer, next, log } = face(t);
  assert.equal(await next(), HELLO);
  peer.postMessage(new Array(2 ** 27));
  assert.match(String(await next()), /-32700/);
  peer.postMessage(HELLO);
  assert.equal(await next(), HELLO);
  peer.postMessage(new Array(2 ** 27));
  assert.match(String(await next()), /-32700/);
  peer.postMessage('{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}');
  assert.match(String(await next()), /"result":1/);
  assert.equal(log.lines("warn").length, 2);
});

it("what arrives while this side does not read is bounded", async (t) => {
  const { port1, port2 } = new MessageChannel();
  cleanUp(t, () => port2.close());
  const channel = portChannel(port1, { limits: { queuedBytes: 10_000, maxQueuedBytes: 20_000 } });
  channel.pause();
  const closed = new Promise<Error | undefined>((resolve) => {
    const nothing = () => {};
    const unread = () => assert.fail("it is paused");
    const rest = { malformed: nothing, pressed: nothing, drained: nothing, ended: nothing };
    channel.open({ message: unread, ...rest, closed: resolve });
  });
  for (let at = 0; at < 300; at++) port2.postMessage(at % 2 ? "1" : '"0123456789"');
  assert.match(String(await closed), /more than 20000 bytes arrived while this side did not read/);
});

it("a note that brings no port is nobody's", async () => {
  const listeners = new Set<(event: object) => void>();
  const origin = "https://other.example";
  let hello: { from?: string } = {};
  const target = {
    postMessage: (note: object) => {
      hello = note;
    },
  };
  const window = {
    addEventListener: (_: string, listener: (event: object) => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: (event: object) => void) => listeners.delete(listener),
  };
  const channel = windowChannel({ target, targetOrigin: origin, window } as never);
  const connection = new Connection(channel, { logger: new Log() });
  for (const port of [undefined, null, 1, {}, { postMessage() {} }]) {
    const data = { tsjason: "met", from: "zzz", to: hello.from, port };
    for (const listener of [...listeners]) listener({ data, origin, source: target, ports: [] });
  }
  const controller = new AbortController();
  const call = rejection(connection.call("m", [], { signal: controller.signal }), CallAbortedError);
  controller.abort();
  assert.equal((await call).outcome, "unknown");
  connection.destroy();
});
