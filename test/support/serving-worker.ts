/**
 * A server in a worker, for clients that block the thread of the test. Its data: addresses to listen on, and options. It
 * tells the addresses it listens on.
 */
import { parentPort, workerData } from "node:worker_threads";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { listen } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";

export interface Served {
  readonly addresses: readonly string[];
  readonly options: Pick<ServerOptions, "tls" | "limits">;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const heard: unknown[] = [];
const doors: (() => void)[] = [];

const service = new Service({ logger: quiet })
  .addMethod("echo", (value: unknown) => value)
  .addMethod("add", (a: number, b: number) => a + b, { params: ["a", "b"] })
  .addMethod("main.echo", (value: unknown) => value)
  .addMethod("later", (value: unknown) => new Promise((resolve) => setImmediate(resolve, value)))
  .addMethod("after", (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, ms)))
  .addMethod("never", () => new Promise(() => {}))
  .addMethod("refuse", (code: number, data: unknown) => {
    throw new RpcError(code, "as it was told", data);
  })
  .addMethod("fail", () => {
    throw new Error("as it was told");
  })
  .addMethod("deep", (depth: number) => deep(depth))
  .addMethod("hear", (value: unknown) => {
    heard.push(value);
  })
  .addMethod("heard", () => heard.splice(0))
  .addMethod("connections", () => server.connections.size)
  .addMethod("hangUp", () => {
    for (const connection of server.connections) connection.destroy();
  })
  .addMethod("wait", () => new Promise<void>((resolve) => doors.push(resolve)))
  .addMethod("waiting", () => doors.length)
  .addMethod("open", () => {
    for (const door of doors.splice(0)) door();
  })
  .addMethod(
    "callBack",
    ({ connection }: CallContext) => connection?.call("anything").catch((error) => [error.code, error.message]),
    { context: true },
  );

function deep(depth: number): unknown {
  let value: unknown = "bottom";
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

const { addresses, options } = workerData.data as Served;
const server = await listen(service, addresses, { ...options, logger: quiet });
parentPort?.postMessage(server.addresses);
