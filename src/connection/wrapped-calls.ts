import type { Params } from "../protocol/message.ts";
import { tracedBody } from "../protocol/trace-context.ts";
import type { Version } from "../protocol/version.ts";
import { handled, type Layer, type Passage, runThrough } from "../service/layers.ts";
import { type CallTrace, traced } from "./call-trace.ts";
import { deferred } from "./deferred.ts";
import type { CallChanges, OutgoingCall } from "./middleware.ts";
import type { WaitingMember } from "./outlet.ts";
import type { CallOptions, PendingCall } from "./pending-call.ts";
import type { PendingCalls } from "./pending-calls.ts";
import { Attempt, Rest, type WrappedCall, type WrappedCallHost } from "./wrapped-call.ts";

/** A middleware of a client or connection. */
export type CallLayer = Layer<OutgoingCall, CallChanges>;

/** What is needed to make attempts. */
export interface AttemptMaker {
  readonly pending: PendingCalls;
  readonly version: Version;
  readonly address: string | undefined;
  begin(call: PendingCall, options: CallOptions | undefined): void;
  /** Whether some calls with these options may be tried again. */
  mayRetry(options: CallOptions): boolean;
  /**
   * Makes one attempt, or as many as it takes.
   *
   * @throws TypeError or RangeError when the options make no sense
   */
  trials(trials: Trials): void;
}

type Resolve = (result: unknown) => void;
type Reject = (error: unknown) => void;

/** How a call is made that comes out of the middlewares: by an attempt, or several of which the last one counts. */
export interface Trials {
  readonly method: string;
  /** Those of the call, as the middlewares changed them; `timeout` and `signal` are those of these attempts alone. */
  readonly options: CallOptions;
  readonly resolve: Resolve;
  readonly reject: Reject;
  /** Whether no further attempt is worth while: the call is over. */
  isOver(): boolean;
  /** Makes an attempt pending, and sends it. */
  attempt(resolve: Resolve, reject: Reject, options: CallOptions): void;
  /** What a wait between two attempts is known by, to be made pending in that table. */
  rest(table: PendingCalls, resolve: Resolve, reject: Reject): PendingCall;
}

/** One call on its way through the middlewares. */
interface Journey {
  readonly whole: WrappedCall;
  readonly params: Params | undefined;
  /** The params as they were written when they were given, if they were. */
  readonly body?: string | undefined;
  readonly send: (member: WaitingMember) => void;
}

/**
 * The calls that do not go the plain way: middlewares are around them, or someone listens, or they carry a trace context.
 *
 * They have a table of their own, for the timeouts and signals of the whole; what is sent for them are attempts, which are
 * pending like any call.
 */
export class WrappedCalls implements WrappedCallHost {
  layers: readonly CallLayer[] = [];
  readonly #maker: AttemptMaker;
  readonly #whole: PendingCalls;
  #attempts = 0;

  constructor(maker: AttemptMaker) {
    this.#maker = maker;
    this.#whole = maker.pending.another();
  }

  /** How many calls are pending more than attempts are. */
  get surplus(): number {
    return this.#whole.size - this.#attempts;
  }

  get obstacle(): unknown {
    return this.#maker.pending.obstacle;
  }

  /** Nothing can be sent any more: rejects what is still on its way through the middlewares. */
  end(error: (call: PendingCall) => unknown): void {
    this.#whole.rejectAll(error);
  }

  /**
   * Makes a call pending, and watches over its timeout and signal.
   *
   * @param timeout - milliseconds; Infinity for none
   * @throws TypeError when the signal is none
   */
  add(call: WrappedCall, timeout: number): void {
    this.#whole.add(call, timeout, call.options.signal);
  }

  /** Sends a pending call through the middlewares, and settles it with what they make of it. */
  run(journey: Journey): void {
    const { whole } = journey;
    const seen = new SeenCall(whole, journey.params, {});
    const succeed = (result: unknown) => {
      this.#whole.remove(whole);
      whole.resolve(result);
    };
    const fail = (error: unknown) => {
      this.#whole.remove(whole);
      this.#whole.rest();
      whole.fail(error);
    };
    if (this.layers.length === 0) {
      this.#go(journey, seen, succeed, fail);
      return;
    }
    const passage = new CallPassage((call) => {
      const { promise, resolve, reject } = deferred<unknown>();
      this.#go(journey, call, resolve, reject);
      return promise;
    });
    passage.give(() => runThrough(this.layers, seen, passage)).then(succeed, fail);
  }

  /** Makes the call itself. */
  #go(journey: Journey, call: SeenCall, resolve: Resolve, reject: Reject): void {
    const { whole } = journey;
    const { changes } = call;
    // It has no timeout of its own, unless a middleware gives it one: the whole has.
    const { timeout = 0, signal } = changes;
    if (!this.#maker.mayRetry(whole.options) && !this.#maker.mayRetry(changes)) {
      const whenFull = changes.whenFull ?? whole.options.whenFull;
      this.#attempt(journey, call, { timeout, signal, whenFull }, resolve, reject);
      return;
    }
    try {
      this.#maker.trials({
        method: whole.method,
        options: { ...whole.options, ...changes, timeout, signal },
        resolve,
        reject,
        isOver: () => whole.tooLate !== undefined,
        attempt: (resolve, reject, options) => this.#attempt(journey, call, options, resolve, reject),
        rest: (table, resolve, reject) => {
          this.#attempts++;
          return new Rest(whole, table, ...this.#uncounting(resolve, reject));
        },
      });
    } catch (error) {
      reject(error);
    }
  }

  #attempt(
    journey: Journey,
    { params, changes }: SeenCall,
    within: CallOptions,
    resolve: Resolve,
    reject: Reject,
  ): void {
    const { whole, send } = journey;
    const { method, notification, options, tooLate } = whole;
    if (tooLate !== undefined) {
      reject(tooLate);
      return;
    }
    const told: CallTrace = {
      method,
      params,
      notification,
      address: this.#maker.address,
      trace: changes.trace ?? options.trace,
    };
    traced(told, resolve, reject, (succeed, fail, trace) => {
      let body: string;
      try {
        const isAsGiven = journey.body !== undefined && params === journey.params;
        body = isAsGiven ? (journey.body as string) : this.#maker.version.requestBody(method, params);
      } catch (error) {
        fail(error);
        return;
      }
      const attempt = this.#attemptOf(whole, succeed, fail);
      this.#begin(attempt, within);
      if (attempt.pending) send({ call: attempt, body: tracedBody(body, trace), notification });
    });
  }

  #attemptOf(whole: WrappedCall, resolve: Resolve, reject: Reject): Attempt {
    this.#attempts++;
    return new Attempt(whole, this.#maker.pending, ...this.#uncounting(resolve, reject));
  }

  #uncounting(resolve: Resolve, reject: Reject): [Resolve, Reject] {
    return [
      (result) => {
        this.#attempts--;
        resolve(result);
      },
      (error) => {
        this.#attempts--;
        reject(error);
      },
    ];
  }

  #begin(attempt: Attempt, options: CallOptions): void {
    try {
      this.#maker.begin(attempt, options);
    } catch (error) {
      attempt.reject(error);
    }
  }
}

/** A call as one layer sees it. */
class SeenCall implements OutgoingCall {
  readonly method: string;
  readonly params: Params | undefined;
  readonly options: CallOptions;
  readonly notification: boolean;
  readonly inBatch: boolean;
  readonly #whole: WrappedCall;
  readonly #changes: CallChanges;

  constructor(whole: WrappedCall, params: Params | undefined, changes: CallChanges) {
    const { method, options, notification, inBatch } = whole;
    this.method = method;
    this.params = params;
    this.options = options;
    this.notification = notification;
    this.inBatch = inBatch;
    this.#whole = whole;
    this.#changes = changes;
  }

  get signal(): AbortSignal {
    return this.#whole.signal;
  }

  /** What the layers outside have changed. */
  get changes(): CallChanges {
    return this.#changes;
  }

  with(changes: CallChanges): SeenCall {
    return new SeenCall(this.#whole, changes.params ?? this.params, { ...this.#changes, ...changes });
  }
}

class CallPassage implements Passage<OutgoingCall, CallChanges> {
  readonly #attempt: (call: SeenCall) => Promise<unknown>;

  constructor(attempt: (call: SeenCall) => Promise<unknown>) {
    this.#attempt = attempt;
  }

  change(call: OutgoingCall, changes: CallChanges): OutgoingCall {
    return (call as SeenCall).with(changes);
  }

  last(call: OutgoingCall): unknown {
    return this.#attempt(call as SeenCall);
  }

  /** Always a promise here, and one that a middleware need not await. */
  give(rest: () => unknown): Promise<unknown> {
    return handled(new Promise((resolve) => resolve(rest())));
  }
}
