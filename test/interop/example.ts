/** The methods that both sides of an interop test offer: here by tsjason, in `peers/` each in its own library's way. */
import assert from "node:assert/strict";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { Log } from "../support/log.ts";
import { Shelf } from "./shelf.mjs";

/** What the method `fail` answers. */
export const FAILURE = { code: 1234, message: "as it was told", data: { why: "é漢😀" } } as const;

/** A service with these methods. */
export function interopService(): Service {
  const held = new Shelf<unknown>();
  const notes = new Shelf<string>();
  return new Service({ logger: new Log(), timeout: 10_000 })
    .addMethod("echo", (value: unknown) => value)
    .addMethod("add", (a: number, b: number) => a + b)
    .addMethod("subtract", (minuend: number, subtrahend: number) => minuend - subtrahend, {
      params: ["minuend", "subtrahend"],
    })
    .addMethod("fail", () => {
      throw new RpcError(FAILURE.code, FAILURE.message, FAILURE.data);
    })
    .addMethod("hold", () => held.take())
    .addMethod("release", (value: unknown) => held.put(value))
    .addMethod("note", (text: string) => notes.put(text))
    .addMethod("noted", () => notes.take())
    .addMethod("callBack", callBack, { context: true })
    .addMethod("notifyBack", notifyBack, { context: true });
}

function callBack({ connection }: CallContext, method: string, params: readonly unknown[]): Promise<unknown> {
  assert(connection, "there is nobody to call");
  return connection.call(method, params);
}

function notifyBack({ connection }: CallContext, method: string, params: readonly unknown[]): Promise<void> {
  assert(connection, "there is nobody to notify");
  return connection.notify(method, params);
}
