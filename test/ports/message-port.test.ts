/** A port of one's own, with anyone on the other end. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { Connection } from "../../src/connection/connection.ts";
import { portChannel } from "../../src/ports/message-port.ts";
import { PortViolation } from "../../src/ports/violation.ts";
import { trusted } from "../../src/protocol/limits.ts";
import { BrowserPort } from "../support/browser-port.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { Recorder } from "../support/recorder.ts";
import { exampleService } from "../support/served.ts";
import { turns } from "../support/turns.ts";

/** A port, and the other end of it, which takes down what it gets. */
function ports(test: TestContext) {
  const { port1, port2 } = new MessageChannel();
  cleanUp(test, () => port1.close());
  const got: unknown[] = [];
  port2.on("message", (message) => got.push(message));
  const gets = async (count: number) => {
    while (got.length < count) await once(port2, "message");
    return got;
  };
  return { near: port1, far: port2, got, gets };
}

/** What a channel says to whoever may be there. */
const hello = '{"jsonrpc":"2.0","method":"rpc.port.hello"}';

describe("a channel over a port", () => {
  it("gives others strings, one for each text, and words they need not know", async (t) => {
    const { near, far, gets } = ports(t);
    const service = exampleService();
    new Connection(portChannel(near), { service, logger: new Log() });
    for (const id of [1, 2, 3]) far.postMessage(`{"jsonrpc":"2.0","id":${id},"method":"echo","params":["${id}"]}`);
    const answers = [1, 2, 3].map((id) => `{"jsonrpc":"2.0","id":${id},"result":"${id}"}`);
    assert.deepEqual(await gets(4), [hello, ...answers]);
  });

  it("gives another of its kind arrays of the texts of a turn", async (t) => {
    const { near, far, gets } = ports(t);
    const owner = new Recorder(portChannel(near));
    far.postMessage([hello, "[1]"]);
    await owner.received(1);
    for (const text of ["1", "2", "3"]) owner.channel.send(text);
    assert.deepEqual(await gets(3), [hello, hello, ["1", "2", "3"]]);
  });

  it("gives it the first of much early, and then twice as much each time, anew in each turn", async (t) => {
    const { near, far, got, gets } = ports(t);
    const owner = new Recorder(portChannel(near));
    far.postMessage([hello, "[1]"]);
    await owner.received(1);
    const send = (count: number) => {
      for (let at = 0; at < count; at++) owner.channel.send("x".repeat(100));
    };
    send(500);
    await gets(8);
    send(42);
    await gets(10);
    const lots = got.filter((message) => Array.isArray(message));
    assert.deepEqual(
      lots.map(({ length }) => length),
      [21, 41, 82, 164, 164, 28, 21, 21],
    );
  });

  it("learns whom it talks to also when what was said first is lost", async (t) => {
    const { near, far } = ports(t);
    const early = new Recorder(portChannel(far));
    // Nobody listens yet where a worker stands for the port: what it is told so early is dropped.
    near.on("message", () => {});
    await turns();
    near.removeAllListeners("message");
    const late = new Recorder(portChannel(near));
    late.channel.send("0");
    await early.received(1);
    const texts = Array.from({ length: 32 }, (_, at) => JSON.stringify(String(at % 10).repeat(64 * 1024)));
    for (const text of texts) early.channel.send(text);
    for (const text of texts) late.channel.send(text);
    await Promise.all([early.received(texts.length + 1), late.received(texts.length)]);
    assert.deepEqual([early.messages, late.messages], [["0", ...texts], texts]);
  });

  it("takes what is no text for a violation that ends nothing", async (t) => {
    const { near, far } = ports(t);
    const owner = new Recorder(portChannel(near, { limits: { messageBytes: 10 } }));
    for (const message of [{ jsonrpc: "2.0" }, null, [7, "[0]"], "x".repeat(11), "[1]", "[2]"])
      far.postMessage(message);
    await owner.received(2);
    assert.deepEqual(owner.messages, ["[1]", "[2]"]);
    assert(owner.violations.every((violation) => violation instanceof PortViolation && !violation.fatal));
    assert.deepEqual(
      owner.violations.map(({ violation }) => violation),
      ["not-text", "not-text", "not-text", "too-long"],
    );
    assert.match(owner.violations[1]?.message ?? "", /got null/);
  });

  it("takes a message that cannot be deserialized for one too", async (t) => {
    const { near } = ports(t);
    const owner = new Recorder(portChannel(near));
    // Node.js raises it where a message cannot be in this context at all.
    near.emit("messageerror", new Error("no"));
    await owner.happened("malformed");
    assert.equal(owner.violations[0]?.violation, "unreadable");
  });

  it("answers what is no text with a parse error, and goes on", async (t) => {
    const { near, far, gets } = ports(t);
    const log = new Log();
    new Connection(portChannel(near), { service: exampleService(), logger: log });
    far.postMessage({ jsonrpc: "2.0", id: 1, method: "echo" });
    far.postMessage('{"jsonrpc":"2.0","id":2,"method":"echo","params":["2"]}');
    const [, error, answer] = (await gets(3)) as string[];
    assert.equal(JSON.parse(error ?? "").error.code, -32700);
    assert.equal(JSON.parse(answer ?? "").result, "2");
    assert.equal(log.lines("warn").length, 1);
  });

  it("is lost when the other end is closed without a word", async (t) => {
    const { near, far } = ports(t);
    const connection = new Connection(portChannel(near), { logger: new Log() });
    const call = assert.rejects(connection.call("any"), { name: "ConnectionLostError", outcome: "unknown" });
    await turns(1);
    far.close();
    await call;
    assert.equal((await connection.disconnected).kind, "lost");
  });

  it("takes only those acknowledgements that make sense", async (t) => {
    const { near, far, gets } = ports(t);
    const owner = new Recorder(portChannel(near, { limits: { queuedBytes: 1_000 } }));
    far.postMessage(hello);
    for (const ack of ["[-1]", "[1e99]", '["9"]', "[0]", "[]"]) {
      far.postMessage(`{"jsonrpc":"2.0","method":"rpc.port.ack","params":${ack}}`);
    }
    far.postMessage("[1]");
    await owner.received(1);
    const large = "x".repeat(256 * 1024);
    owner.channel.send(large);
    owner.channel.send("y".repeat(2_000));
    assert.deepEqual(await gets(3), [hello, hello, large]);
    await owner.happened("pressed");
    far.postMessage('{"jsonrpc":"2.0","method":"rpc.port.ack","params":[200000]}');
    assert.equal((await gets(4)).length, 4);
    assert.deepEqual(owner.events, ["message", "pressed", "drained"]);
  });

  it("tells of the end also who reads no more until the other side does", async (t) => {
    const { near, far } = ports(t);
    const channel = portChannel(near, { limits: { queuedBytes: 1_000 } });
    const owner = new Recorder(channel, { pressed: () => channel.pause(), drained: () => channel.resume() });
    far.postMessage([hello, "[1]"]);
    await owner.received(1);
    for (const character of ["x", "y"]) channel.send(character.repeat(256 * 1024));
    await owner.happened("pressed");
    const handOver = assert.rejects(channel.handOver());
    far.postMessage('{"jsonrpc":"2.0","method":"rpc.port.end"}');
    await owner.happened("closed");
    assert.deepEqual(owner.events, ["message", "pressed", "drained", "ended", "closed"]);
    assert.deepEqual([channel.handedOver, owner.reason], [1, undefined]);
    await handOver;
  });

  it("is one at a time, has the trusted limits, and refuses limits that make no sense", (t) => {
    const { near, far } = ports(t);
    assert.throws(() => portChannel(near, { limits: { messageBytes: 0 } }), RangeError);
    const channel = portChannel(near);
    assert.throws(() => portChannel(near), { code: "EADDRINUSE" });
    assert.deepEqual(channel.peer, { transport: "port" });
    const owner = new Recorder(channel);
    far.postMessage("x".repeat(5 * 1024 * 1024));
    assert(trusted.messageBytes > 5 * 1024 * 1024);
    return owner.received(1);
  });

  it("leaves nothing on a port that it let go", async (t) => {
    const { near } = ports(t);
    const port = new BrowserPort(near);
    const owner = new Recorder(portChannel(port));
    assert(port.listeners > 0);
    owner.channel.close();
    await owner.happened("closed");
    assert.equal(port.listeners, 0);
  });
});
