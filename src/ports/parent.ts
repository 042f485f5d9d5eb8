import type { Channel } from "../connection/channel.ts";
import { resolveLimits, trusted } from "../protocol/limits.ts";
import { claim } from "./claim.ts";
import { listenForMessages, type PortLike } from "./listen.ts";
import { MeetingWire } from "./meeting-wire.ts";
import { PortChannel, type PortChannelOptions } from "./port-channel.ts";

/** What there may be in a worker: Node.js' module for it, or a browser's global object. */
interface Platform {
  readonly process?: {
    getBuiltinModule?(name: "node:worker_threads"): { readonly parentPort: PortLike | null } | undefined;
  };
  readonly DedicatedWorkerGlobalScope?: new () => object;
}

/**
 * A worker's channel to its parent, whose side of it is `workerChannel(worker)`. For Node.js and browsers.
 *
 * ```ts
 * new Connection(parentChannel(), { service });
 * ```
 *
 * An open one keeps the worker alive.
 *
 * @throws RangeError when the limits make no sense
 * @throws Error when this is no worker, or with the code `EADDRINUSE` when there is such a channel already
 */
export function parentChannel({ limits }: PortChannelOptions = {}): Channel {
  const resolved = resolveLimits(limits, trusted);
  const parent = parentPort();
  if (!parent) throw new Error("there is no parent: this is no worker");
  const place = {
    exits: false,
    post: (note: object, transfer: readonly object[]) => parent.postMessage(note, transfer as never[]),
    listen: ({ message }: { message(message: unknown): void }) => listenForMessages(parent, message),
  };
  return new PortChannel(new MeetingWire(place, claim(parent, "parent")), resolved, { transport: "worker" });
}

function parentPort(): PortLike | undefined {
  const platform = globalThis as unknown as Platform;
  const port = platform.process?.getBuiltinModule?.("node:worker_threads")?.parentPort;
  if (port) return port;
  const isWorker = platform.DedicatedWorkerGlobalScope && globalThis instanceof platform.DedicatedWorkerGlobalScope;
  return isWorker ? (globalThis as unknown as PortLike) : undefined;
}
