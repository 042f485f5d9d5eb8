import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import type { Worker } from "node:worker_threads";
import type { Channel } from "../../src/connection/channel.ts";
import { Connection } from "../../src/connection/connection.ts";
import { ipcChannel } from "../../src/ports/ipc.ts";
import { workerChannel } from "../../src/ports/worker.ts";
import { Service } from "../../src/service/service.ts";
import { bundled } from "./bundled.ts";
import { cleanUp } from "./cleanup.ts";
import { Log } from "./log.ts";
import { startWorker } from "./start-worker.ts";

/** A worker or a child process that runs `port-program.ts`, seen from its parent. */
export interface FarSide {
  /** Makes a channel to it. */
  channel(): Channel;
  /** Says something that is none of the channel's. */
  post(message: unknown): void;
  /** All that it said, the channel's too. */
  readonly heard: readonly unknown[];
  /** Resolves when it answers a message that is none of the channel's. */
  answer(): Promise<unknown>;
  /** Ends it at once. */
  kill(): void;
  /** Resolves, with its status, when it has exited. */
  readonly exited: Promise<number | null>;
}

export function farWorker(test: TestContext, mode?: "late"): FarSide {
  const worker: Worker = startWorker(test, "port-program.ts", mode);
  return {
    channel: () => workerChannel(worker),
    post: (message) => worker.postMessage(message),
    kill: () => void worker.terminate(),
    exited: new Promise((resolve) => worker.once("exit", resolve)),
    ...listenTo(worker),
  };
}

export function farProcess(test: TestContext, mode?: "late"): FarSide {
  const child: ChildProcess = fork(bundled("port-program.ts"), mode ? [mode] : [], {
    // Not those of the test's own process, with its loader for TypeScript.
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  cleanUp(test, async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return {
    channel: () => ipcChannel(child),
    post: (message) => child.send(message as object),
    kill: () => child.kill("SIGKILL"),
    exited,
    ...listenTo(child),
  };
}

function listenTo(far: Worker | ChildProcess): Pick<FarSide, "heard" | "answer"> {
  const heard: unknown[] = [];
  far.on("message", (message) => heard.push(message));
  const answer = async (): Promise<unknown> => {
    for (;;) {
      const [message] = await once(far, "message");
      if ("got" in message) return message.got;
    }
  };
  return { heard, answer };
}

/** A connection to it, whose peer can call back. */
export function connectTo(test: TestContext, far: FarSide) {
  const log = new Log();
  const service = new Service().addMethod("add", (a: number, b: number) => a + b);
  const connection = new Connection(far.channel(), { service, logger: log, limits: "trusted", timeout: 0 });
  cleanUp(test, () => connection.destroy());
  return { connection, log };
}
