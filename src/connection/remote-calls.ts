import type { Params } from "../protocol/message.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { Version } from "../protocol/version.ts";
import type { Logger } from "../service/logger.ts";
import { timeoutOf } from "../time/clock.ts";
import { Batch, type BatchMaker } from "./batch.ts";
import { deferred } from "./deferred.ts";
import { CallAbortedError } from "./errors/call-aborted-error.ts";
import { QueueFullError } from "./errors/queue-full-error.ts";
import type { Outlet } from "./outlet.ts";
import { type CallOptions, checkWhenFull, PendingCall, type WhenFull } from "./pending-call.ts";
import type { PendingCalls } from "./pending-calls.ts";
import { remoteNamespace } from "./remote-namespace.ts";

/** What the calls of a client or connection share. */
export interface RemoteCallsOptions {
  readonly pending: PendingCalls;
  readonly outlet: Outlet;
  readonly logger: Logger;
  /** The default timeout, in milliseconds, Infinity for none. */
  readonly timeout: number;
  readonly version: Version;
  /** Default: `"wait"`. */
  readonly whenFull?: WhenFull | undefined;
}

/** The calling half of clients and connections: makes calls of arguments, and leaves the sending to the outlet. */
export class RemoteCalls implements BatchMaker {
  readonly pending: PendingCalls;
  readonly outlet: Outlet;
  readonly logger: Logger;
  readonly #timeout: number;
  readonly #version: Version;
  readonly #failsWhenFull: boolean;

  constructor({ pending, outlet, logger, timeout, version, whenFull }: RemoteCallsOptions) {
    checkWhenFull(whenFull);
    this.pending = pending;
    this.outlet = outlet;
    this.logger = logger;
    this.#timeout = timeout;
    this.#version = version;
    this.#failsWhenFull = whenFull === "fail";
  }

  call(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<unknown> {
    const { promise, resolve, reject } = deferred<unknown>();
    try {
      const body = this.#version.requestBody(method, params);
      const call = this.start(method, resolve, reject, options);
      if (call) this.outlet.sendCall(call, body);
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  notify(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<void> {
    let sent: Promise<void> | undefined;
    try {
      this.timeoutFor(options);
      checkWhenFull(options?.whenFull);
      const body = this.#version.requestBody(method, params);
      sent = options?.signal?.aborted ? undefined : this.outlet.sendNotification(body);
      sent ??= this.#notifyLater(method, body, options);
    } catch (error) {
      sent = Promise.reject(error);
      this.#watchNotification(sent, method);
    }
    return sent;
  }

  /** @throws Error when the version has none */
  batch(): Batch {
    if (!this.#version.hasBatches) throw new Error("JSON-RPC 1.0 has no batches: make the calls one by one");
    return new Batch(this);
  }

  requestBody(method: string, params: Params | undefined): RequestBody {
    return this.#version.requestBody(method, params);
  }

  namespace(name: string, separator: string): object {
    return remoteNamespace((method, args) => this.call(method, args, undefined), name, separator);
  }

  /**
   * Milliseconds a call has, Infinity for no end.
   *
   * @throws RangeError when the options' timeout makes no sense
   */
  timeoutFor(options: CallOptions | undefined): number {
    return options?.timeout === undefined ? this.#timeout : timeoutOf(options.timeout);
  }

  /** Makes a pending call; `undefined` if its signal was aborted before, which has then rejected it. */
  start(
    method: string,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    options: CallOptions | undefined,
  ): PendingCall | undefined {
    const call = new PendingCall(method, resolve, reject);
    this.begin(call, options);
    return call.pending ? call : undefined;
  }

  begin(call: PendingCall, options: CallOptions | undefined): void {
    const timeout = this.timeoutFor(options);
    const signal = options?.signal;
    const whenFull = options?.whenFull;
    checkWhenFull(whenFull);
    if (whenFull === undefined ? this.#failsWhenFull : whenFull === "fail") {
      if (this.outlet.full) {
        call.reject(new QueueFullError(call.method));
        return;
      }
    }
    if (signal?.aborted) call.reject(new CallAbortedError(call.method, "not-sent", { cause: signal.reason }));
    else this.pending.add(call, timeout, signal);
  }

  #notifyLater(method: string, body: string, options: CallOptions | undefined): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => {
      const call = this.start(method, () => resolve(), reject, options);
      if (call) this.outlet.sendMessage({ batch: false, members: [{ call, body, notification: true }] });
    });
    this.#watchNotification(sent, method);
    return sent;
  }

  /** Few await a notification, so a lost one is logged, and never an unhandled rejection. */
  #watchNotification(sent: Promise<void>, method: string): void {
    sent.catch((error) => this.logger.warn(`the notification ${method} was not sent:`, error));
  }
}
