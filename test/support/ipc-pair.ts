import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { IpcEnd } from "../../src/ports/ipc.ts";
import { cleanUp } from "./cleanup.ts";

const mirror = fileURLToPath(new URL("./ipc-mirror.mjs", import.meta.url));

/** One of two ends in this process: what it sends goes to another process and comes back, to the other end. */
class MirroredEnd implements IpcEnd {
  readonly #child: ChildProcess;
  readonly #side: number;
  readonly #listeners = new Map<unknown, (message: { side: number; message: unknown }) => void>();

  constructor(child: ChildProcess, side: number) {
    this.#child = child;
    this.#side = side;
  }

  get connected(): boolean {
    return this.#child.connected;
  }

  send(message: never, callback?: (error: Error | null) => void): boolean {
    return this.#child.send({ side: 1 - this.#side, message }, callback);
  }

  on(event: string, listener: (...values: never[]) => void): void {
    if (event !== "message") return;
    const onMessage = ({ side, message }: { side: number; message: unknown }) => {
      if (side === this.#side) (listener as (message: unknown) => void)(message);
    };
    this.#listeners.set(listener, onMessage);
    this.#child.on("message", onMessage);
  }

  off(_event: string, listener: (...values: never[]) => void): void {
    const onMessage = this.#listeners.get(listener);
    if (onMessage) this.#child.off("message", onMessage);
    this.#listeners.delete(listener);
  }
}

/** Two connected ends of IPC in one process. The process between them is gone after the test. */
export function ipcPair(test: TestContext): readonly [IpcEnd, IpcEnd] {
  const child = fork(mirror, { execArgv: [] }).setMaxListeners(20);
  cleanUp(test, async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return [new MirroredEnd(child, 0), new MirroredEnd(child, 1)];
}
