/** The channel suite over every kind of port. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { MessageChannel } from "node:worker_threads";
import type { Channel } from "../../src/connection/channel.ts";
import { ipcChannel } from "../../src/ports/ipc.ts";
import { MessagePortWire, portChannel } from "../../src/ports/message-port.ts";
import { PortChannel } from "../../src/ports/port-channel.ts";
import { windowChannel } from "../../src/ports/window.ts";
import { workerChannel } from "../../src/ports/worker.ts";
import { resolveLimits, trusted } from "../../src/protocol/limits.ts";
import { channelSuite } from "../conformance/channel.ts";
import { BrowserPort } from "../support/browser-port.ts";
import { cleanUp } from "../support/cleanup.ts";
import { ipcPair } from "../support/ipc-pair.ts";
import { startWorker } from "../support/start-worker.ts";
import { windowPair } from "../support/window-pair.ts";

it("each channel says what it goes over", (test) => {
  const { port1 } = new MessageChannel();
  const { port2: far } = new MessageChannel();
  const { there, seenByHere, here } = windowPair();
  const channels = [
    portChannel(port1),
    workerChannel(startWorker(test, "port-relay.ts", far, { transferList: [far] })),
    ipcChannel(ipcPair(test)[0]),
    windowChannel({ target: seenByHere, targetOrigin: there.origin, window: here }),
  ];
  cleanUp(test, () => channels.map((channel) => channel.destroy()));
  assert.deepEqual(
    channels.map(({ peer }) => peer),
    ["port", "worker", "ipc", "window"].map((transport) => ({ transport })),
  );
});

/** A channel that is destroyed says so to the other end. */
const pairOf = (left: Channel, right: Channel) => ({ left, right, breakRight: () => right.destroy() });

channelSuite("over a MessageChannel", (test, limits = {}) => {
  const { port1, port2 } = new MessageChannel();
  cleanUp(test, () => port1.close());
  return pairOf(portChannel(port1, { limits }), portChannel(port2, { limits }));
});

channelSuite("over a MessageChannel of a browser", (test, limits = {}) => {
  const { port1, port2 } = new MessageChannel();
  cleanUp(test, () => port1.close());
  return pairOf(portChannel(new BrowserPort(port1), { limits }), portChannel(new BrowserPort(port2), { limits }));
});

// The other end of the worker's channel has to be in this thread: the worker passes on what it gets.
channelSuite("to a worker and back", (test, limits = {}) => {
  const { port1, port2 } = new MessageChannel();
  const worker = startWorker(test, "port-relay.ts", port2, { transferList: [port2] });
  const right = new PortChannel(new MessagePortWire(port1, true), resolveLimits(limits, trusted), {
    transport: "port",
  });
  return pairOf(workerChannel(worker, { limits }), right);
});

channelSuite("over IPC with another process, and back", (test, limits = {}) => {
  const [one, other] = ipcPair(test);
  return pairOf(ipcChannel(one, { limits }), ipcChannel(other, { limits }));
});

channelSuite("between windows", (test, limits = {}) => {
  const { here, there, seenByHere, seenByThere } = windowPair();
  const left = windowChannel({ target: seenByHere, targetOrigin: there.origin, window: here, limits });
  const right = windowChannel({ target: seenByThere, targetOrigin: here.origin, window: there, limits });
  cleanUp(test, () => {
    left.destroy();
    right.destroy();
  });
  return pairOf(left, right);
});
