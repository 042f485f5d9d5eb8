import { isTooDeep, tooDeep } from "../protocol/depth.ts";
import { type ErrorObject, INVALID_REQUEST, overLimit, SERVER_TIMEOUT } from "../protocol/error-object.ts";
import { parseAnyVersion } from "../protocol/legacy.ts";
import { countRefusal, type LimitCounters, newCounters } from "../protocol/limit-counters.ts";
import { isLongerThan, type Limits } from "../protocol/limits.ts";
import type { Message } from "../protocol/message.ts";
import { parseMessage } from "../protocol/parse.ts";
import { errorText } from "../protocol/serialize.ts";
import type { Clock } from "../time/clock.ts";
import type { Load } from "./admission.ts";
import { isAnswered } from "./batch-answers.ts";
import { boundsOf } from "./bounds.ts";
import type { Caller, CallerOptions } from "./caller.ts";
import type { CallerConnection } from "./context.ts";
import { SoleAnswer } from "./sole-answer.ts";

/** Who sends a text to be handled. */
export interface HandleOptions {
  /** What the handlers' contexts show as the connection. Default: none. */
  readonly connection?: CallerConnection | undefined;
  /**
   * Aborts when the caller has left before it was answered: then the handlers' signals abort with its reason, and
   * there is no answer.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Who sends a text that came by an exchange. */
export interface ExchangeOptions extends HandleOptions {
  /** Whether it may be anyone, and all of those have this connection. */
  readonly isAnyone?: boolean;
}

/** What exchanges need of the service. */
export interface ExchangesHost {
  /** Whether requests of older versions are understood. */
  readonly legacy: boolean;
  open(options: CallerOptions, connection?: CallerConnection): Caller;
  release(caller: Caller): void;
  /** All that are open. */
  readonly callers: Iterable<Caller>;
}

/** How exchanges are served. */
export interface ExchangesOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  /** How many of their calls may run at once. Default: all. */
  readonly concurrency?: number;
  /** Where what they are refused is counted. Default: nowhere. */
  readonly counters?: LimitCounters;
  /** How many calls are in flight in all of what they are a part of. */
  readonly total?: Load;
}

/**
 * The callers who have no connection: each brings one text and gets at most one text back. They share one limit of
 * what may be in flight, and are refused, waited for and cancelled together.
 */
export class Exchanges {
  readonly #host: ExchangesHost;
  readonly #limits: Limits;
  readonly #counters: LimitCounters;
  readonly #shared: CallerOptions;
  /** How many calls of theirs are in flight. */
  readonly #load = { inFlight: 0 };
  /** The one that stands for all of whom nothing is known. */
  #anonymous: Caller | undefined;
  #refusal: ErrorObject | undefined;
  #onIdle: (() => void)[] = [];

  constructor(host: ExchangesHost, options: ExchangesOptions) {
    const { limits, clock, concurrency = Number.POSITIVE_INFINITY, counters = newCounters(), total } = options;
    this.#host = host;
    this.#limits = limits;
    this.#counters = counters;
    this.#shared = { ...boundsOf({ limits, clock, concurrency, counters, total }), load: this.#load };
  }

  /** How many of their calls are in flight, notifications included. */
  get inFlight(): number {
    return this.#load.inFlight;
  }

  /**
   * Serves one text. See `Service.handle`.
   *
   * @returns the answer, as a promise only if it is not there yet
   */
  handle(text: string, options: ExchangeOptions = {}): string | undefined | Promise<string | undefined> {
    const { messageBytes, batchLength, depth } = this.#limits;
    if (isLongerThan(text, messageBytes)) {
      this.#counters.messageBytes++;
      return errorText("null", overLimit(INVALID_REQUEST, "messageBytes", messageBytes));
    }
    const parse = this.#host.legacy ? parseAnyVersion : parseMessage;
    let message: Message | undefined = parse(text, batchLength);
    if (message.kind === "invalid") countRefusal(this.#counters, message.error);
    else if (isTooDeep(message, text, depth)) {
      this.#counters.depth++;
      message = tooDeep(message, depth);
      if (!message) return undefined;
    }
    const { connection } = options;
    const isKnown = options.isAnyone !== true && (connection !== undefined || options.signal !== undefined);
    const caller = isKnown ? this.#open(connection) : this.#anyone(connection);
    const answer = new SoleAnswer();
    caller.receive(message, answer);
    if (isKnown) this.#releaseWhenIdle(caller);
    if (answer.text !== undefined) return answer.text;
    if (!(message.kind === "batch" ? message.members.some(isAnswered) : isAnswered(message))) return undefined;
    // Not before: a signal costs as much as all the rest.
    const { signal } = options;
    return signal ? this.#unlessLeft(caller, answer, signal) : answer.later();
  }

  /** Refuses whatever comes from now on; resolves once nothing is in flight. */
  drain(refusal: ErrorObject): Promise<void> {
    this.#refusal = refusal;
    for (const caller of this.#callers) caller.refusal = refusal;
    if (this.#load.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Answers all that is in flight with -32098 and aborts the handlers' signals. */
  cancelInFlight(reason: unknown): void {
    for (const caller of this.#callers) caller.cancel(SERVER_TIMEOUT, reason);
  }

  get #callers(): Caller[] {
    return [...this.#host.callers].filter((caller) => caller.shares(this.#load));
  }

  #anyone(connection: CallerConnection | undefined): Caller {
    if (!this.#anonymous) {
      this.#anonymous = this.#open(connection);
      this.#anonymous.onIdle = () => this.#idle();
    }
    return this.#anonymous;
  }

  #open(connection: CallerConnection | undefined): Caller {
    const caller = this.#host.open(this.#shared, connection);
    caller.refusal = this.#refusal;
    return caller;
  }

  #releaseWhenIdle(caller: Caller): void {
    caller.whenIdle(() => {
      this.#host.release(caller);
      this.#idle();
    });
  }

  #idle(): void {
    if (this.#load.inFlight > 0 || this.#onIdle.length === 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  async #unlessLeft(caller: Caller, answer: SoleAnswer, signal: AbortSignal): Promise<string | undefined> {
    const leave = () => {
      caller.abandon(signal.reason);
      answer.giveUp();
    };
    const answered = answer.later();
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave);
    try {
      return await answered;
    } finally {
      // Notifications that came in the same batch go on, whatever the caller does now.
      signal.removeEventListener("abort", leave);
    }
  }
}
