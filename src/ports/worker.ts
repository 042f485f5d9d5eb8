import type { Channel } from "../connection/channel.ts";
import { resolveLimits, trusted } from "../protocol/limits.ts";
import { claim } from "./claim.ts";
import { type EmittingPort, listenForMessages, listenTo, type TargetPort } from "./listen.ts";
import { type Meetable, MeetingWire } from "./meeting-wire.ts";
import { PortChannel, type PortChannelOptions } from "./port-channel.ts";

/** A worker, seen from its parent: `Worker` of `node:worker_threads` or of a browser. */
export type WorkerLike = Omit<EmittingPort, "start" | "close"> | Omit<TargetPort, "start" | "close">;

/** A worker has exited, and the channel had not been closed. */
export class WorkerExitError extends Error {
  override name = "WorkerExitError";
  /** The exit code: 1 for a worker that threw or was terminated. */
  readonly code: number;

  /** @param cause - what it threw */
  constructor(code: number, cause?: unknown) {
    const why = cause === undefined ? "" : `: ${cause instanceof Error ? cause.message : String(cause)}`;
    super(`the worker exited with code ${code}${why}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/**
 * A channel to a worker, whose side of it is `parentChannel()`.
 *
 * ```ts
 * const worker = new Worker(new URL("worker.js", import.meta.url));
 * const connection = new Connection(workerChannel(worker));
 * ```
 *
 * The two agree by a few notes on a port of their own: other messages to and from the worker are neither read nor
 * disturbed. The worker is the caller's: closing the channel does not end it. What it throws becomes the reason of the
 * channel's end, and with that counts as handled.
 *
 * @throws RangeError when the limits make no sense
 * @throws Error with the code `EADDRINUSE` when another channel is over this worker
 */
export function workerChannel(worker: WorkerLike, { limits }: PortChannelOptions = {}): Channel {
  const resolved = resolveLimits(limits, trusted);
  return new PortChannel(new MeetingWire(placeOf(worker), claim(worker, "worker")), resolved, { transport: "worker" });
}

function placeOf(worker: WorkerLike): Meetable {
  const isNode = "on" in worker;
  return {
    exits: isNode,
    post: (note, transfer) => worker.postMessage(note, transfer as never[]),
    listen: ({ message, exited, failed }) => {
      let thrown: unknown;
      const listening = [
        listenForMessages(worker, message),
        listenTo(worker, "error", (error) => {
          thrown = error;
          // A browser's worker lives on when something in it throws, unless it could not even be loaded.
          if (!isNode)
            failed(new Error((error as { readonly message?: string }).message ?? "the worker's script did not load"));
        }),
        listenTo(worker, "exit", (code) => {
          exited({ reason: new WorkerExitError(code as number, thrown), orderly: code === 0 });
        }),
      ];
      // One that has exited before says nothing any more.
      if ((worker as { readonly threadId?: number }).threadId === -1) {
        queueMicrotask(() => exited({ reason: new Error("the worker had exited before"), orderly: false }));
      }
      return () => {
        for (const stop of listening) stop();
      };
    },
  };
}
