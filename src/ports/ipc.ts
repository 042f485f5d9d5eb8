import type { Channel } from "../connection/channel.ts";
import { resolveLimits, trusted } from "../protocol/limits.ts";
import { ChildExitError } from "../transport/child-exit-error.ts";
import { claim } from "./claim.ts";
import { Departure } from "./departure.ts";
import { type EmittingPort, listenTo } from "./listen.ts";
import { Meeting } from "./meeting.ts";
import { PortChannel, type PortChannelOptions } from "./port-channel.ts";
import type { PortWire, WireEvents } from "./port-wire.ts";

/** One end of the IPC channel between a Node.js process and its child: a `ChildProcess`, or the child's `process`. */
export interface IpcEnd extends Pick<EmittingPort, "on" | "off"> {
  readonly connected: boolean;
  readonly pid?: number | undefined;
  readonly spawnfile?: string;
  send?(message: never, callback?: (error: Error | null) => void): boolean;
}

/**
 * A channel over the IPC channel between a Node.js process and its child, with one on the other side too.
 *
 * ```ts
 * const child = fork("worker.js");
 * const connection = new Connection(ipcChannel(child)); // in worker.js: ipcChannel(process)
 * ```
 *
 * Its texts travel as objects `{ tsjason: "text", … }`; other messages are neither read nor disturbed, but listeners
 * for all messages hear of these too. The process is the caller's: closing the channel neither disconnects nor ends it. In
 * a child, an open one keeps the process alive.
 *
 * @param end - the child, or in the child `process`
 * @throws Error when it has no IPC channel; with the code `EADDRINUSE` when another channel is over it
 * @throws RangeError when the limits make no sense
 */
export function ipcChannel(end: IpcEnd, { limits }: PortChannelOptions = {}): Channel {
  const resolved = resolveLimits(limits, trusted);
  if (!end.connected || !end.send) {
    throw new Error('there is no IPC channel: start the process by fork, or with "ipc" in its stdio');
  }
  const isChild = end.spawnfile !== undefined;
  const peer = { transport: "ipc", ...(isChild && end.pid !== undefined && { pid: end.pid }) };
  return new PortChannel(new IpcWire(end), resolved, peer);
}

/* The platform takes whatever it is given and keeps it; while it has so many characters to write, it gets no more. */
const ROOM = 64 * 1_024;

class IpcWire implements PortWire {
  readonly meets = true;
  readonly #end: IpcEnd;
  readonly #release: () => void;
  readonly #meeting: Meeting;
  readonly #departure: Departure;
  #events: WireEvents | undefined;
  #listening: readonly (() => void)[] = [];
  #peer: string | undefined;
  /** Characters that the platform has not written. */
  #unwritten = 0;
  #onWritten: (() => void) | undefined;

  constructor(end: IpcEnd) {
    this.#end = end;
    this.#release = claim(end, "process");
    this.#departure = new Departure(({ reason, orderly }) => {
      if (orderly) this.#events?.ended(reason);
      else this.#events?.broken(reason);
    });
    this.#meeting = new Meeting(
      { post: (note) => this.#send(note, 0) },
      {
        met: (peer) => {
          this.#peer = peer;
          this.#events?.ready();
        },
        left: () => this.#broken(new Error("the other side was replaced by another")),
      },
    );
  }

  get state(): "apart" | "busy" | "ready" {
    if (this.#peer === undefined) return "apart";
    return this.#unwritten < ROOM ? "ready" : "busy";
  }

  start(events: WireEvents): void {
    const end = this.#end;
    this.#events = events;
    this.#listening = [
      listenTo(end, "message", (message) => this.#hear(message)),
      listenTo(end, "disconnect", () => this.#lineClosed(new Error("the IPC channel was disconnected"))),
    ];
    if (end.spawnfile !== undefined) this.#listening = [...this.#listening, ...this.#watchChild(end.spawnfile)];
    this.#meeting.begin();
  }

  post(message: string | readonly string[]): void {
    const characters =
      typeof message === "string" ? message.length : message.reduce((sum, { length }) => sum + length, 0);
    this.#send({ tsjason: "text", to: this.#peer, text: message }, characters);
  }

  whenWritten(action: () => void): void {
    if (this.#unwritten === 0) action();
    else this.#onWritten = action;
  }

  close(): void {
    this.#events = undefined;
    this.#onWritten = undefined;
    this.#departure.forget();
    for (const stop of this.#listening) stop();
    if (this.#peer === undefined) this.#meeting.leave();
    this.#release();
  }

  #watchChild(command: string): (() => void)[] {
    return [
      listenTo(this.#end, "exit", (status, signal) => {
        const reason = new ChildExitError(command, status as number | null, signal as NodeJS.Signals | null, []);
        this.#departure.exited({ reason, orderly: status === 0 });
      }),
      // One that was started and cannot be sent a signal, for example, is its owner's to hear of.
      ...(this.#end.pid === undefined ? [listenTo(this.#end, "error", (error) => this.#broken(error as Error))] : []),
    ];
  }

  #broken(reason: Error): void {
    this.#events?.broken(reason);
  }

  #lineClosed(reason: Error): void {
    // A child's exit follows, and says more. A parent's does not.
    if (this.#end.spawnfile === undefined) this.#broken(reason);
    else if (this.#events) this.#departure.lineClosed(reason);
  }

  #hear(message: unknown): void {
    const { tsjason, to, text } = (message ?? {}) as { readonly tsjason?: unknown; to?: unknown; text?: unknown };
    if (tsjason !== "text") this.#meeting.hear(message);
    // One of another name was for a channel that is gone.
    else if (to === this.#meeting.name) this.#events?.received(text);
  }

  #send(message: object, characters: number): void {
    this.#unwritten += characters;
    this.#end.send?.(message as never, (error) => this.#written(characters, error));
  }

  #written(characters: number, error: Error | null): void {
    const wasBusy = this.#unwritten >= ROOM;
    this.#unwritten -= characters;
    if (error) this.#lineClosed(error);
    if (this.#unwritten === 0) this.#onWritten?.();
    if (wasBusy && this.#unwritten < ROOM) this.#events?.ready();
  }
}
