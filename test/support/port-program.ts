/**
 * A worker or a child process that serves its parent, and answers the parent's own messages too. One whose data or
 * argument is "late" makes its channel only when it gets the message "begin", with its own listener there before.
 */
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { Connection } from "../../src/connection/connection.ts";
import { ipcChannel } from "../../src/ports/ipc.ts";
import { parentChannel } from "../../src/ports/parent.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";

const isLate = (isMainThread ? process.argv[2] : workerData.data) === "late";
const own = isMainThread ? process : parentPort;
const say = (message: unknown) => (isMainThread ? process.send?.(message) : parentPort?.postMessage(message));

const service = new Service()
  .addMethod("add", (a: number, b: number) => a + b)
  .addMethod("echo", (text: string) => text)
  .addMethod("hang", () => new Promise<never>(() => {}))
  .addMethod("twice", ({ connection }: CallContext, n: number) => connection?.call("add", [n, n]), { context: true })
  .addMethod("exit", (code: number) => process.exit(code))
  .addMethod("fail", () => {
    setImmediate(() => {
      throw new Error("out of paper");
    });
    return new Promise<never>(() => {});
  })
  .addMethod("close", () => {
    setImmediate(() => connection?.close());
  });

let connection: Connection | undefined;

function begin(): void {
  connection = new Connection(isMainThread ? ipcChannel(process) : parentChannel(), { service });
}

if (!isLate) begin();
const listen = (message: unknown): void => {
  if (typeof message === "object" && message !== null && "tsjason" in message) return;
  // A worker's connection has a line of its own: its end may come behind the message.
  if (message === "begin") void Promise.resolve(connection?.closed).then(begin);
  if (message === "enough") own?.off("message", listen);
  else say({ got: message });
};
own?.on("message", listen);
