import type { MessagePort } from "node:worker_threads";
import type { ClientOptions } from "../client/options.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { Packed } from "./packed.ts";
import type { SyncCallOptions } from "./sync-api.ts";

/*
 * What a thread and its worker say to each other. The thread asks for one thing at a time and waits for its answer.
 */

/** What the thread asks for. */
export interface Order {
  /** Counts up. The answer to an order that the thread has given up is known by it. */
  readonly number: number;
  /** For which of the thread's clients. */
  readonly client: number;
  /** The client itself, with its first order. */
  readonly opening: Opening | undefined;
  readonly deed: Deed;
}

/** What a client is made of. */
export interface Opening {
  /** One or several, as for `Client`. */
  readonly addresses: readonly string[];
  /** Without what cannot go to another thread. */
  readonly options: ClientOptions;
  /** Whether somebody wants to know what is logged below warnings. */
  readonly verbose: boolean;
  /** Whether somebody takes the lines of the child's standard error. */
  readonly takesLines: boolean;
}

/** A method with its params, as they go on the wire. */
export interface Written {
  readonly method: string;
  readonly body: RequestBody;
}

/** A member of a batch. */
export interface WrittenMember extends Written {
  readonly notification: boolean;
}

/** What can be done with a client. A timeout is in milliseconds, `undefined` for the client's own. */
export type Deed =
  | (Written & { readonly kind: "call" | "notify"; readonly options: SyncCallOptions })
  | { readonly kind: "batch"; readonly members: readonly WrittenMember[]; readonly options: SyncCallOptions }
  | { readonly kind: "connect" | "close"; readonly timeout: number | undefined }
  | { readonly kind: "connected" | "address" };

/** What became of a call or a member of a batch: a value, or, where it failed, an error. */
export interface Outcome {
  readonly failed: boolean;
  readonly value: Packed;
}

/** What the worker says. */
export type Note =
  /** One outcome; of a batch, one for each member. */
  | { readonly kind: "answer"; readonly number: number; readonly outcomes: readonly Outcome[] }
  | {
      readonly kind: "log";
      readonly client: number;
      readonly level: "debug" | "info" | "warn" | "error";
      readonly message: string;
      readonly details: readonly Packed[];
    }
  | { readonly kind: "line"; readonly client: number; readonly line: string }
  /** It is about to end, since something was thrown that nobody caught. */
  | { readonly kind: "crash"; readonly error: Packed };

/** The shared numbers, by their place. */
export const Cell = {
  /** Counts what the worker has said that the thread may wait for; the thread sleeps on it. */
  said: 0,
  /** The number of the last order that the worker has begun with. */
  taken: 1,
  /** 1 once the worker has ended, where it could still say so. */
  ended: 2,
} as const;

/** What the worker's program is started with. */
export interface WorkerData {
  readonly port: MessagePort;
  readonly cells: Int32Array;
}
