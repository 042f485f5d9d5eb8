import { Buffer } from "node:buffer";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Service } from "../../src/service/service.ts";
import { checkAnswer } from "./answers.ts";

const batchLength = 5;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Methods of every kind that a text can reach. */
const service = new Service({ logger: quiet, limits: { batchLength } })
  .addMethod("echo", (...values: unknown[]) => values, { params: ["...values"] })
  .addMethod("add", (a: number, b: number) => a + b)
  .addMethod("named", (a: unknown, b: unknown) => [a, b], { params: ["a", "b?"] })
  .addMethod("later", async (value: unknown) => value)
  .addMethod("refuse", () => {
    throw new RpcError(7, "no", { why: null });
  })
  .addMethod("throw", () => {
    throw undefined;
  })
  .addMethod("reject", () => Promise.reject(new Error("no")))
  .addMethod("unwritable", () => 1n);

/** Any bytes, read as UTF-8, to a service: it never throws, and answers what the specification says is to be answered. */
export async function fuzzService(input: Uint8Array): Promise<void> {
  await handleAnything(Buffer.from(input).toString());
}

/** The same with a text. */
export async function handleAnything(text: string): Promise<void> {
  const answer = await service.handle(text);
  checkAnswer(text, answer, batchLength);
}
