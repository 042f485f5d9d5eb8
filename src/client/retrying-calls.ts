import type { BatchMember, MemberAttempt } from "../connection/batch.ts";
import { deferred } from "../connection/deferred.ts";
import { CallAbortedError } from "../connection/errors/call-aborted-error.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import type { WaitingMember } from "../connection/outlet.ts";
import { type CallOptions, PendingCall } from "../connection/pending-call.ts";
import { PendingCalls } from "../connection/pending-calls.ts";
import { RemoteCalls, type RemoteCallsOptions } from "../connection/remote-calls.ts";
import type { Trials } from "../connection/wrapped-calls.ts";
import type { Params } from "../protocol/message.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import { type Clock, timeoutOf } from "../time/clock.ts";
import { backoff, type RedialOptions } from "./backoff.ts";
import { type RestOptions, RetriedCall, type RetriedCallOptions, type RetryHost } from "./retried-call.ts";
import { checkRetry, type RetryOf, retryFor } from "./retry.ts";

/** What a client's calls share. */
export interface RetryingCallsOptions extends RemoteCallsOptions {
  readonly clock: Clock;
  /** Which calls are tried again where they do not say it themselves. */
  readonly retry: RetryOf;
  /** How many milliseconds one attempt may take, where they do not say it; Infinity for no end. */
  readonly attemptTimeout: number;
  /** How long they rest between two attempts. */
  readonly backoff: RedialOptions;
  /** Told when a call is to be tried again that a closing server has refused. */
  readonly onRefused: () => void;
}

/**
 * The calling half of a client: some of its calls may be tried again. The others do not notice.
 *
 * Those that are wrapped are tried again inside their middlewares, by `trials`, and each attempt is traced; the others as
 * they are, which spares them what a wrapped call costs.
 */
export class RetryingCalls extends RemoteCalls implements RetryHost {
  readonly #clock: Clock;
  readonly #retry: RetryOf;
  readonly #attemptTimeout: number;
  readonly #backoff: RedialOptions;
  readonly #onRefused: () => void;
  /** The calls that wait for their next attempt, which no link knows of. */
  readonly #resting: PendingCalls;
  #closed = false;

  constructor(options: RetryingCallsOptions) {
    super(options);
    this.#clock = options.clock;
    this.#retry = options.retry;
    this.#attemptTimeout = options.attemptTimeout;
    this.#backoff = options.backoff;
    this.#onRefused = options.onRefused;
    this.#resting = new PendingCalls(options.clock);
  }

  /** Also those that wait for their next attempt. */
  override get surplus(): number {
    return super.surplus + this.#resting.size;
  }

  /** Nothing is tried again any more, either. */
  override end(error: (call: PendingCall) => unknown): void {
    this.#closed = true;
    super.end(error);
    this.#resting.rejectAll(error);
  }

  override call(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<unknown> {
    if (!this.mayRetry(options)) return super.call(method, params, options);
    const { promise, resolve, reject } = deferred<unknown>();
    try {
      const retry = retryFor(method, options, this.#retry);
      if (!retry || this.isWrapped(options)) return super.call(method, params, options);
      const body = this.version.requestBody(method, params);
      const attempt: Trials["attempt"] = (...settling) => {
        const call = this.start(method, ...settling);
        if (call) this.outlet.sendCall(call, body);
      };
      this.#retried({ method, retry, attempt, resolve, reject }, options).start();
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  override notify(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<void> {
    if (!this.mayRetry(options)) return super.notify(method, params, options);
    const { promise, resolve, reject } = deferred<unknown>();
    try {
      const retry = retryFor(method, options, this.#retry);
      if (!retry || this.isWrapped(options)) return super.notify(method, params, options);
      const body = this.version.requestBody(method, params);
      const attempt = this.#alone(method, body, true);
      this.#retried({ method, retry, attempt, resolve, reject }, options).start();
    } catch (error) {
      reject(error);
    }
    this.watchNotification(promise, method);
    return promise as Promise<void>;
  }

  /** The first attempts travel as the batch does, further ones each by itself. */
  override attemptsAt(members: readonly WaitingMember[], options: CallOptions | undefined): readonly MemberAttempt[] {
    if (!this.mayRetry(options)) return members;
    return members.map((member) => {
      const { call, body, notification } = member;
      const retry = retryFor(call.method, options, this.#retry);
      if (!retry) return member;
      const retried = {
        method: call.method,
        retry,
        attempt: this.#alone(call.method, body, notification),
        resolve: (result: unknown) => call.resolve(result),
        reject: (error: unknown) => call.reject(error),
      };
      const [attempt, within] = this.#retried(retried, options).attempt();
      return { call: attempt, body, notification, options: within };
    });
  }

  override beginWrapped(members: readonly BatchMember[], options: CallOptions | undefined): () => void {
    if (options) checkRetry(options);
    return super.beginWrapped(members, options);
  }

  override trials(trials: Trials): void {
    const { method, options } = trials;
    const retry = retryFor(method, options, this.#retry);
    if (retry) this.#retried({ ...trials, retry }, options).start();
    else super.trials(trials);
  }

  now(): number {
    return this.#clock.now();
  }

  refused(): void {
    this.#onRefused();
  }

  rest(method: string, { make, options, failures, goOn, reject }: RestOptions): void {
    const { timeout = 0, signal } = options;
    if (this.#closed) {
      reject(new ClosedError(method, "not-sent"));
      return;
    }
    if (signal?.aborted) {
      reject(new CallAbortedError(method, "not-sent", { cause: signal.reason }));
      return;
    }
    const call = make(this.#resting, goOn, (error) => {
      cancel();
      reject(error);
    });
    this.#resting.add(call, timeout, signal);
    const wake = () => {
      this.#resting.remove(call);
      call.resolve(undefined);
    };
    // The process stays alive for it: a call is waiting.
    const cancel = this.#clock.after(backoff(failures - 1, this.#backoff), wake, true);
  }

  #retried(
    retried: Omit<RetriedCallOptions, "timeout" | "attemptTimeout" | "options" | "rest"> & {
      readonly rest?: Trials["rest"];
    },
    options: CallOptions = {},
  ): RetriedCall {
    const rest: Trials["rest"] = (_, resolve, reject) => new PendingCall(retried.method, resolve, reject);
    const timeout = this.timeoutFor(options);
    const own = options.attemptTimeout;
    const attemptTimeout = own === undefined ? this.#attemptTimeout : timeoutOf(own);
    return new RetriedCall(this, { rest, ...retried, timeout, attemptTimeout, options });
  }

  /** How an attempt is made that travels in a message of its own. */
  #alone(method: string, body: RequestBody, notification: boolean): Trials["attempt"] {
    return (...settling) => {
      const call = this.start(method, ...settling);
      if (call) this.outlet.sendMessage({ batch: false, members: [{ call, body, notification }] });
    };
  }

  /** Whether it is worth a closer look. */
  override mayRetry(options: CallOptions | undefined): boolean {
    if (this.#retry !== undefined) return true;
    return options !== undefined && (options.retry !== undefined || options.idempotent !== undefined);
  }
}
