import type { AnyApi, CallArguments, MethodName, ResultOf } from "../connection/api.ts";
import type { Params } from "../protocol/message.ts";
import type { WrittenMember } from "./order.ts";
import type { SyncCallOptions } from "./sync-api.ts";
import { type Settled, SyncResult } from "./sync-result.ts";

/** What a batch needs of who makes it. */
export interface SyncBatchMaker {
  write(method: string, params: Params | undefined, notification: boolean): WrittenMember;
  /**
   * Sends the members, and waits.
   *
   * @returns what became of each
   * @throws where none of them was sent
   */
  sendBatch(members: readonly WrittenMember[], options: SyncCallOptions | undefined): readonly Settled[];
}

/**
 * Several calls and notifications that travel as one message (JSON-RPC 2.0, section 6). Made by `client.batch()`.
 *
 * ```ts
 * const batch = client.batch();
 * const sum = batch.call("add", [1, 2]);
 * batch.notify("log", ["added"]);
 * batch.send();
 * console.log(sum.get());
 * ```
 */
export class SyncBatch<Api extends object = AnyApi> {
  readonly #maker: SyncBatchMaker;
  readonly #members: WrittenMember[] = [];
  readonly #results: SyncResult<unknown>[] = [];
  #sent = false;

  /** @internal */
  constructor(maker: SyncBatchMaker) {
    this.#maker = maker;
  }

  /** How many members it has. */
  get length(): number {
    return this.#members.length;
  }

  /**
   * Adds a call.
   *
   * @returns where its result is to be had after `send`
   * @throws TypeError when the params cannot be written as JSON
   * @throws Error when the batch was sent
   */
  call<const Name extends MethodName<Api>>(
    method: Name,
    ...[params]: CallArguments<Api, Name, never>
  ): SyncResult<ResultOf<Api, Name>> {
    return this.#add(method, params, false) as SyncResult<ResultOf<Api, Name>>;
  }

  /**
   * Adds a notification.
   *
   * @returns what throws, after `send`, when it was not handed to the connection
   * @throws as `call` does
   */
  notify<const Name extends MethodName<Api>>(
    method: Name,
    ...[params]: CallArguments<Api, Name, never>
  ): SyncResult<void> {
    return this.#add(method, params, true) as SyncResult<void>;
  }

  /**
   * Sends it, once, and waits until every member has settled. What failed is thrown by the members' results, not here.
   * An empty batch sends nothing.
   *
   * @param options - of all members alike
   * @throws Error when it was sent before
   * @throws RangeError or TypeError when the options make no sense; it was not sent then
   * @throws DeadlockError when this thread itself serves the address; it was not sent then
   */
  send(options?: SyncCallOptions): void {
    if (this.#sent) throw new Error("this batch was sent before");
    const settled = this.#maker.sendBatch(this.#members, options);
    this.#sent = true;
    for (const [place, each] of settled.entries()) this.#results[place]?.settle(each);
  }

  #add(method: string, params: Params | undefined, notification: boolean): SyncResult<unknown> {
    if (this.#sent) throw new Error("this batch was sent before");
    this.#members.push(this.#maker.write(method, params, notification));
    const result = new SyncResult<unknown>(method);
    this.#results.push(result);
    return result;
  }
}
