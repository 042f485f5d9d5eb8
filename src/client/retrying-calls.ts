import { deferred } from "../connection/deferred.ts";
import { CallAbortedError } from "../connection/errors/call-aborted-error.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import type { WaitingMember, WaitingMessage } from "../connection/outlet.ts";
import { type CallOptions, PendingCall } from "../connection/pending-call.ts";
import { PendingCalls } from "../connection/pending-calls.ts";
import { RemoteCalls, type RemoteCallsOptions } from "../connection/remote-calls.ts";
import type { Params } from "../protocol/message.ts";
import type { Clock } from "../time/clock.ts";
import { backoff, type RedialOptions } from "./backoff.ts";
import { type Rest, RetriedCall, type RetriedCallOptions, type RetryHost } from "./retried-call.ts";
import { type Retry, type RetryOf, retryFor } from "./retry.ts";

/** What a client's calls share. */
export interface RetryingCallsOptions extends RemoteCallsOptions {
  readonly clock: Clock;
  /** Which calls are tried again where they do not say it themselves. */
  readonly retry: RetryOf;
  /** How long they rest between two attempts. */
  readonly backoff: RedialOptions;
  /** Told when a call is to be tried again that a closing server has refused. */
  readonly onRefused: () => void;
}

/** The calling half of a client: some of its calls may be tried again. The others do not notice. */
export class RetryingCalls extends RemoteCalls implements RetryHost {
  readonly #clock: Clock;
  readonly #retry: RetryOf;
  readonly #backoff: RedialOptions;
  readonly #onRefused: () => void;
  /** The calls that wait for their next attempt, which no link knows of. */
  readonly #resting: PendingCalls;
  #closed = false;

  constructor(options: RetryingCallsOptions) {
    super(options);
    this.#clock = options.clock;
    this.#retry = options.retry;
    this.#backoff = options.backoff;
    this.#onRefused = options.onRefused;
    this.#resting = new PendingCalls(options.clock);
  }

  /** How many calls wait for their next attempt. */
  get resting(): number {
    return this.#resting.size;
  }

  /** Nothing is tried again any more. */
  close(): void {
    this.#closed = true;
    this.#resting.rejectAll((call) => new ClosedError(call.method, call.outcome));
  }

  override call(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<unknown> {
    if (!this.#mayRetry(options)) return super.call(method, params, options);
    const { promise, resolve, reject } = deferred<unknown>();
    try {
      const retry = retryFor(method, options, this.#retry);
      if (!retry) return super.call(method, params, options);
      const body = this.version.requestBody(method, params);
      const send = (call: PendingCall) => this.outlet.sendCall(call, body);
      this.#retried(method, retry, options, { send, resolve, reject }).start();
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  override notify(method: string, params: Params | undefined, options: CallOptions | undefined): Promise<void> {
    if (!this.#mayRetry(options)) return super.notify(method, params, options);
    const { promise, resolve, reject } = deferred<unknown>();
    try {
      const retry = retryFor(method, options, this.#retry);
      if (!retry) return super.notify(method, params, options);
      const body = this.version.requestBody(method, params);
      const send = (call: PendingCall) => this.outlet.sendMessage(alone({ call, body, notification: true }));
      this.#retried(method, retry, options, { send, resolve, reject }).start();
    } catch (error) {
      reject(error);
    }
    this.watchNotification(promise, method);
    return promise as Promise<void>;
  }

  /** The first attempts travel as the batch does, further ones each by itself. */
  override attemptsAt(members: readonly WaitingMember[], options: CallOptions | undefined): readonly WaitingMember[] {
    if (!this.#mayRetry(options)) return members;
    return members.map((member) => {
      const { call, body, notification } = member;
      const retry = retryFor(call.method, options, this.#retry);
      if (!retry) return member;
      const settling = {
        send: (attempt: PendingCall) => this.outlet.sendMessage(alone({ call: attempt, body, notification })),
        resolve: (result: unknown) => call.resolve(result),
        reject: (error: unknown) => call.reject(error),
      };
      return { ...member, call: this.#retried(call.method, retry, options, settling).attempt() };
    });
  }

  now(): number {
    return this.#clock.now();
  }

  refused(): void {
    this.#onRefused();
  }

  rest(method: string, { options, failures, goOn, reject }: Rest): void {
    const { timeout = 0, signal } = options;
    if (this.#closed) {
      reject(new ClosedError(method, "not-sent"));
      return;
    }
    if (signal?.aborted) {
      reject(new CallAbortedError(method, "not-sent", { cause: signal.reason }));
      return;
    }
    const ignore = () => {};
    const call = new PendingCall(method, ignore, (error) => {
      cancel();
      reject(error);
    });
    this.#resting.add(call, timeout, signal);
    const wake = () => {
      this.#resting.remove(call);
      goOn();
    };
    // The process stays alive for it: a call is waiting.
    const cancel = this.#clock.after(backoff(failures - 1, this.#backoff), wake, true);
  }

  #retried(
    method: string,
    retry: Retry,
    options: CallOptions | undefined,
    settling: Pick<RetriedCallOptions, "send" | "resolve" | "reject">,
  ): RetriedCall {
    const timeout = this.timeoutFor(options);
    return new RetriedCall(this, { method, retry, timeout, signal: options?.signal, ...settling });
  }

  /** Whether it is worth a closer look. */
  #mayRetry(options: CallOptions | undefined): boolean {
    if (this.#retry !== undefined) return true;
    return options !== undefined && (options.retry !== undefined || options.idempotent !== undefined);
  }
}

function alone(member: WaitingMember): WaitingMessage {
  return { batch: false, members: [member] };
}
