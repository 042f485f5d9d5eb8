import type { Params } from "../protocol/message.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { Logger } from "../service/logger.ts";
import type { AnyApi, CallArguments, MethodName, ResultOf } from "./api.ts";
import { deferred } from "./deferred.ts";
import type { Outlet, WaitingMember, WaitingMessage } from "./outlet.ts";
import { type CallOptions, PendingCall } from "./pending-call.ts";
import { type WatchedPromise, watchedDeferred } from "./watched-promise.ts";

/** What a batch needs of those who make it. */
export interface BatchMaker {
  readonly outlet: Outlet;
  readonly logger: Logger;
  /** @throws TypeError when the params cannot be written */
  requestBody(method: string, params: Params | undefined): RequestBody;
  /**
   * Makes a call pending, or rejects it where its signal was aborted before.
   *
   * @throws RangeError or TypeError when the options make no sense
   */
  begin(call: PendingCall, options: CallOptions | undefined): void;
  /** Whether the members go through middlewares, or are traced. */
  isWrapped(options: CallOptions | undefined): boolean;
  /**
   * Makes the calls of a batch pending.
   *
   * @returns what sends them through the middlewares, and out when all have come that will
   * @throws as `begin` does
   */
  beginWrapped(members: readonly BatchMember[], options: CallOptions | undefined): () => void;
  /**
   * What is to be sent for the members of a batch that is not wrapped: they themselves, or where they may be tried again,
   * their first attempts.
   *
   * @throws RangeError or TypeError when the options make no sense
   */
  attemptsAt(members: readonly WaitingMember[], options: CallOptions | undefined): readonly MemberAttempt[];
}

/** What is sent for a member, and how it is made pending where that is not as the batch says. */
export interface MemberAttempt extends WaitingMember {
  readonly options?: CallOptions;
}

/*
 * What there is one of for each batch, or each member, is made by a constructor, and not by a literal: V8 notes of each literal
 * whether what it makes is soon garbage. Where it looks at a bad time, it puts all that comes later among the old objects,
 * where it is not collected for long, and with it all young ones it refers to. In one process of eight, batches went
 * at 0.4 of their speed for good.
 */

/** A member, and its call, which tells its batch when it is settled. */
export class BatchMember extends PendingCall implements WaitingMember {
  /** Until its batch is sent, for middlewares and tracing. */
  params: Params | undefined;
  body: RequestBody;
  readonly notification: boolean;
  readonly promise: WatchedPromise<unknown>;
  readonly #settled: (failure?: BatchFailure) => void;

  constructor(
    method: string,
    params: Params | undefined,
    body: RequestBody,
    notification: boolean,
    settled: (failure?: BatchFailure) => void,
  ) {
    const { promise, resolve, reject } = watchedDeferred<unknown>();
    super(method, resolve, reject);
    this.params = params;
    this.body = body;
    this.notification = notification;
    this.promise = promise;
    this.#settled = settled;
  }

  get call(): this {
    return this;
  }

  override resolve(result: unknown): void {
    super.resolve(result);
    this.#settled();
  }

  override reject(error: unknown): void {
    super.reject(error);
    this.#settled({ call: this, error });
  }
}

interface BatchFailure {
  readonly call: BatchMember;
  readonly error: unknown;
}

class BatchMessage implements WaitingMessage {
  readonly batch = true;
  readonly members: readonly WaitingMember[];

  constructor(members: readonly WaitingMember[]) {
    this.members = members;
  }
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
  /** Until it is sent. */
  readonly #members: BatchMember[] = [];
  #length = 0;
  readonly #settlement = deferred<void>();
  #unsettled = 0;
  #sent = false;

  /** @internal */
  constructor(calls: BatchMaker) {
    this.#calls = calls;
  }

  /** How many members it has. */
  get length(): number {
    return this.#length;
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
    return this.#add(method, params as Params | undefined, false) as Promise<ResultOf<Api, Name>>;
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
    return this.#add(method, params as Params | undefined, true) as Promise<void>;
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
    this.#unsettled = this.#length;
    const send = this.#calls.isWrapped(options)
      ? this.#calls.beginWrapped(this.#members, options)
      : this.#beginPlain(options);
    // Options that make no sense have thrown at the first member: then nothing was sent.
    this.#sent = true;
    if (this.#length === 0) this.#settlement.resolve();
    send();
    this.#forget();
    return this.#settlement.promise;
  }

  #beginPlain(options: CallOptions | undefined): () => void {
    const members = this.#calls.attemptsAt(this.#members, options);
    for (const { call, options: own = options } of members) this.#calls.begin(call, own);
    const going = members.filter(({ call }) => call.pending);
    return () => {
      if (going.length > 0) this.#calls.outlet.sendMessage(new BatchMessage(going));
    };
  }

  /** What was sent may wait for its answers for long: it keeps no params, and a batch that became an old object no members. */
  #forget(): void {
    for (const member of this.#members) member.params = undefined;
    this.#members.length = 0;
  }

  #add(method: string, params: Params | undefined, notification: boolean): Promise<unknown> {
    if (this.#sent) throw new Error("this batch was sent before");
    const body = this.#calls.requestBody(method, params);
    const member = new BatchMember(method, params, body, notification, this.#settled);
    this.#members.push(member);
    this.#length++;
    return member.promise;
  }

  readonly #settled = (failure?: BatchFailure): void => {
    if (failure) {
      const { call, error } = failure;
      const complain = () => this.#calls.logger.warn(`${call.method}, in a batch, failed and nobody asked:`, error);
      call.promise.unlessAsked(complain);
    }
    if (--this.#unsettled === 0) this.#settlement.resolve();
  };
}
