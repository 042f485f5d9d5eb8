import type { Params } from "../protocol/message.ts";
import { requestBody } from "../protocol/serialize.ts";
import type { Logger } from "../service/logger.ts";
import type { AnyApi, CallArguments, MethodName, ResultOf } from "./api.ts";
import { deferred } from "./deferred.ts";
import type { Outlet, WaitingMember } from "./outlet.ts";
import type { CallOptions, PendingCall } from "./pending-call.ts";
import { type WatchedDeferred, watchedDeferred } from "./watched-promise.ts";

/** What a batch needs of those who make it. */
export interface BatchMaker {
  readonly outlet: Outlet;
  readonly logger: Logger;
  /** Makes a pending call; `undefined` if its signal was aborted before, which has then rejected it. */
  start(
    method: string,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    options: CallOptions | undefined,
  ): PendingCall | undefined;
}

interface Draft {
  readonly method: string;
  readonly body: string;
  readonly notification: boolean;
  readonly outcome: WatchedDeferred<unknown>;
}

/**
 * Several calls and notifications that travel as one message (JSON-RPC 2.0, section 6). Made by `client.batch()`.
 *
 * ```ts
 * const batch = client.batch();
 * const sum = batch.call("add", [1, 2]);
 * batch.notify("log", ["added"]);
 * await batch.send();
 * console.log(await sum);
 * ```
 *
 * Each member settles by itself. One that nobody awaits and that fails is logged, and is no unhandled rejection.
 */
export class Batch<Api extends object = AnyApi> {
  readonly #calls: BatchMaker;
  readonly #drafts: Draft[] = [];
  #sent = false;

  /** @internal */
  constructor(calls: BatchMaker) {
    this.#calls = calls;
  }

  /** How many members it has. */
  get length(): number {
    return this.#drafts.length;
  }

  /**
   * Adds a call.
   *
   * @returns a promise of its result, which settles only after `send`
   * @throws TypeError when the params cannot be written as JSON
   * @throws Error when the batch was sent
   */
  call<const Name extends MethodName<Api>>(
    method: Name,
    ...[params]: CallArguments<Api, Name, never>
  ): Promise<ResultOf<Api, Name>> {
    return this.#add(method, params, false) as Promise<ResultOf<Api, Name>>;
  }

  /**
   * Adds a notification.
   *
   * @returns a promise that resolves when the batch was handed to the connection
   * @throws as `call` does
   */
  notify<const Name extends MethodName<Api>>(
    method: Name,
    ...[params]: CallArguments<Api, Name, never>
  ): Promise<void> {
    return this.#add(method, params, true) as Promise<void>;
  }

  /**
   * Sends it, once. An empty batch sends nothing.
   *
   * @param options - of all members alike
   * @returns a promise that resolves when every member has settled, and never rejects: the members do
   * @throws Error when it was sent before
   * @throws RangeError or TypeError when the options make no sense; it was not sent then. More members than `limits.batchLength` reject with one.
   */
  send(options?: CallOptions): Promise<void> {
    if (this.#sent) throw new Error("this batch was sent before");
    const { promise, resolve } = deferred<void>();
    let unsettled = this.#drafts.length;
    const settled = () => {
      if (--unsettled === 0) resolve();
    };
    const members: WaitingMember[] = [];
    for (const draft of this.#drafts) {
      const call = this.#start(draft, settled, options);
      if (call) members.push({ call, body: draft.body, notification: draft.notification });
    }
    // Options that make no sense have thrown at the first member: then nothing was sent.
    this.#sent = true;
    if (members.length > 0) this.#calls.outlet.sendMessage({ batch: true, members });
    if (this.#drafts.length === 0) resolve();
    return promise;
  }

  #start({ method, outcome }: Draft, settled: () => void, options: CallOptions | undefined): PendingCall | undefined {
    return this.#calls.start(
      method,
      (result) => {
        outcome.resolve(result);
        settled();
      },
      (error) => {
        outcome.reject(error);
        const { logger } = this.#calls;
        outcome.promise.unlessAsked(() => logger.warn(`${method}, in a batch, failed and nobody asked:`, error));
        settled();
      },
      options,
    );
  }

  #add(method: string, params: Params | undefined, notification: boolean): Promise<unknown> {
    if (this.#sent) throw new Error("this batch was sent before");
    const body = requestBody(method, params);
    const outcome = watchedDeferred<unknown>();
    this.#drafts.push({ method, body, notification, outcome });
    return outcome.promise;
  }
}
