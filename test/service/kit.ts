/** The vocabulary of these tests: call, notify, and what came of it. */
import type { Logger } from "../../src/service/logger.ts";
import type { Service } from "../../src/service/service.ts";
import { watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export type Answer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

export function request(method: string, params?: unknown, id: number | string = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** Calls a method: its result, or its error. */
export async function call(service: Service, method: string, params?: unknown): Promise<Answer> {
  return answerOf(await service.handle(request(method, params)));
}

/** Calls a method that is expected to answer at once, without a promise. */
export function callNow(service: Service, method: string, params?: unknown): Answer {
  const text = service.handle(request(method, params));
  if (typeof text !== "string") throw new Error(`expected an answer at once, got ${String(text)}`);
  return answerOf(text);
}

/** Notifies: there is never an answer. */
export function notify(service: Service, method: string, params?: unknown): void {
  const answer = service.handle(JSON.stringify({ jsonrpc: "2.0", method, params }));
  if (answer !== undefined) throw new Error(`expected no answer to a notification, got ${String(answer)}`);
}

export function answerOf(text: string | undefined): Answer {
  const { result, error } = JSON.parse(text ?? "{}") as { result: unknown; error?: never };
  return error === undefined ? { result } : { error };
}

export const serverTimeout: Answer = { error: { code: -32098, message: "Server Timeout" } };
export const unavailable: Answer = { error: { code: -32097, message: "Service Unavailable" } };
export const serverError: Answer = { error: { code: -32000, message: "Server error" } };
export const internalError: Answer = { error: { code: -32603, message: "Internal error" } };
export const notFound: Answer = { error: { code: -32601, message: "Method not found" } };
export const invalidParams = (message: string): Answer => ({
  error: { code: -32602, message: "Invalid params", data: { issues: [{ path: [], message }] } },
});

/** Whether a promise has settled by now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const state = watch(promise);
  await turns(1);
  return state.settled;
}
