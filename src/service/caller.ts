import { type Cancellation, cancelNotice } from "../protocol/cancellation.ts";
import {
  type ErrorObject,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  invalidParams,
  METHOD_NOT_FOUND,
  overLimit,
  REQUEST_CANCELLED,
  SERVER_BUSY,
  SERVER_ERROR,
} from "../protocol/error-object.ts";
import { fromErrorObject } from "../protocol/errors/from-error-object.ts";
import { RequestCancelledError } from "../protocol/errors/request-cancelled-error.ts";
import { isRpcError } from "../protocol/errors/rpc-error.ts";
import { countRefusal, type LimitCounters } from "../protocol/limit-counters.ts";
import type { Message, NotificationMessage, Params, RequestMessage, SingleMessage } from "../protocol/message.ts";
import { errorText, resultText } from "../protocol/serialize.ts";
import type { Clock } from "../time/clock.ts";
import type { Span } from "../tracing/tracer.ts";
import { BatchAnswers } from "./batch-answers.ts";
import { CallsById } from "./calls-by-id.ts";
import { type CallerConnection, HandlerContext } from "./context.ts";
import { ContractError } from "./contract-error.ts";
import { type HandleTrace, handleTracer } from "./handle-trace.ts";
import type { AnswerSink, InFlightCall } from "./in-flight-call.ts";
import { sinkFor } from "./legacy-answer.ts";
import type { Method } from "./method.ts";
import { isThenable } from "./thenable.ts";
import { type ServiceLayer, throughLayers } from "./through-layers.ts";
import type { TokenBucket } from "./token-bucket.ts";
import type { Turns } from "./turns.ts";

/** What a caller's calls need of the service. */
export interface CallerHost {
  readonly clock: Clock;
  /** The middlewares, if there are any. */
  readonly layers: readonly ServiceLayer[] | undefined;
  /** Stands for the methods there are not. */
  readonly unknown: Method;
  /** Whether a call's context shows the trace context it came with. */
  readonly showsTrace: boolean;
  find(name: string): Method | undefined;
  /** Counts a call as in flight; returns its ordinal. */
  started(method: Method): number;
  /** Counts it out again. */
  ended(method: Method, ordinal: number): void;
  /** The deadline of a call that starts now, on the clock's scale. */
  deadlineOf(method: Method): number;
  /** Makes sure the deadline is looked after. */
  watch(deadline: number): void;
  /** Tells the error hook. Never throws. */
  failed(error: unknown, method: string): void;
}

/** What there is to know of a caller. */
export interface CallerOptions {
  /** What the handlers' contexts show. */
  readonly connection?: CallerConnection | undefined;
  /** How many of its calls may be in flight at once. */
  readonly maxInFlight: number;
  /** Where it shares that bound with others: how many calls all of them have in flight. */
  readonly load?: Load;
  /** Those of a whole server. */
  readonly total?: Load | undefined;
  /** How many these may be. Default: no end. */
  readonly maxTotal?: number;
  /** Lets through as many calls a second as there may be. Without it, all. */
  readonly rate?: TokenBucket | undefined;
  /** Lets run as many calls at once as there may. Without it, all. */
  readonly turns?: Turns | undefined;
  /** Told what it is owed. */
  readonly debts?: Debts | undefined;
  /** Where refusals are counted. */
  readonly counters?: LimitCounters | undefined;
  /** How it cancels its calls. Without it, it cannot. */
  readonly cancellation?: Cancellation | undefined;
}

/** How many calls are in flight, counted by all callers that share it. */
export interface Load {
  inFlight: number;
}

/** Keeps account of what a caller is owed: the answers of its calls that take time, in characters, as far as one can know. */
export interface Debts {
  /** What a call counts for whose method was never answered. */
  readonly guess: number;
  owe(characters: number): void;
  settle(characters: number): void;
}

type CallMessage = RequestMessage | NotificationMessage;

/**
 * One who calls the service: a connection, or whoever uses `service.handle`. It takes messages, runs methods and
 * hands on answers, and it holds the record of what this caller has in flight.
 *
 * `receive` never throws, and each request is answered exactly once, unless the caller is abandoned.
 */
export class Caller {
  /** Called whenever nothing is in flight any more. */
  onIdle: (() => void) | undefined;
  /** What every known method answers to this caller from now on; `undefined` to serve it. */
  refusal: ErrorObject | undefined;

  readonly #host: CallerHost;
  readonly #connection: CallerConnection | undefined;
  readonly #maxInFlight: number;
  readonly #load: Load | undefined;
  readonly #total: Load | undefined;
  readonly #maxTotal: number;
  readonly #rate: TokenBucket | undefined;
  readonly #turns: Turns | undefined;
  readonly #debts: Debts | undefined;
  readonly #counters: LimitCounters | undefined;
  readonly #cancellation: Cancellation | undefined;
  #inFlight = 0;
  /** Those in flight that wait for a promise, in no order. */
  readonly #waiting: InFlightCall[] = [];
  /** The same by their ids. Made with the first cancel, since most callers send none. */
  #byId: CallsById | undefined;

  constructor(host: CallerHost, options: CallerOptions) {
    this.#host = host;
    this.#connection = options.connection;
    this.#maxInFlight = options.maxInFlight;
    this.#load = options.load;
    this.#total = options.total;
    this.#maxTotal = options.maxTotal ?? Number.POSITIVE_INFINITY;
    this.#rate = options.rate;
    this.#turns = options.turns;
    this.#debts = options.debts;
    this.#counters = options.counters;
    this.#cancellation = options.cancellation;
  }

  /** How many calls are in flight, notifications included. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes a message. Answers go to the sink, before this returns or later. */
  receive(message: Message, sink: AnswerSink): void {
    if (message.kind !== "batch") {
      this.#receiveSingle(message, sinkFor(message, sink));
      return;
    }
    const answers = new BatchAnswers(message.members, sink);
    for (const member of message.members) this.#receiveSingle(member, answers);
  }

  /**
   * Ends every call that `due` picks: answers it with the error and aborts its signal.
   *
   * @param reason - what the signals abort with
   * @returns the earliest deadline of those that go on
   */
  cancel(error: ErrorObject, reason: unknown, due: (call: InFlightCall) => boolean = () => true): number {
    let earliest = Number.POSITIVE_INFINITY;
    // Backwards, since taking one out moves the last one to its place. A signal's listener may end others.
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      const call = this.#waiting[i];
      if (!call) continue;
      if (due(call)) this.#end(call, () => errorText(call.id as string, error), reason);
      else if (call.deadline < earliest) earliest = call.deadline;
    }
    return earliest;
  }

  /** Aborts everything in flight without a word: the caller is gone. */
  abandon(reason: unknown): void {
    for (const call of [...this.#waiting]) this.#end(call, undefined, reason);
  }

  #receiveSingle(message: SingleMessage, sink: AnswerSink): void {
    if (this.#rate && !this.#rate.take()) {
      this.#refuse(message, overLimit(SERVER_BUSY, "callsPerSecond", this.#rate.perSecond), sink);
    } else if (message.kind === "request" || message.kind === "notification") this.#call(message, sink);
    else if (message.kind === "invalid") sink.answer(errorText(message.id, message.error));
    // An answer nobody asked for is no request either.
    else sink.answer(errorText(message.rawId ?? JSON.stringify(message.id ?? null), INVALID_REQUEST));
  }

  #call(message: CallMessage, sink: AnswerSink): void {
    const method = this.#host.find(message.method);
    // Here, where a method of that name would have been found: the service's own goes first.
    if (!method && message.id === undefined && message.method === this.#cancellation?.method) {
      this.#cancelOne(this.#cancellation, message);
    } else if (handleTracer?.active) this.#callTraced(method, message, sink);
    else this.#tryCall(method, message, sink, undefined);
  }

  #callTraced(method: Method | undefined, message: CallMessage, sink: AnswerSink): void {
    const told: HandleTrace = {
      method: message.method,
      known: method !== undefined,
      params: message.params,
      notification: message.id === undefined,
      connection: this.#connection,
      trace: this.#host.showsTrace ? message.trace : undefined,
    };
    const span = handleTracer?.begin(told);
    span?.run(() => this.#tryCall(method, message, sink, span));
  }

  #tryCall(method: Method | undefined, message: CallMessage, sink: AnswerSink, span: Span | undefined): void {
    const { layers, unknown } = this.#host;
    const goesIn = layers !== undefined && this.#goesIn(method, message.params);
    const refusal = goesIn ? undefined : this.#refusalOf(method, message.params);
    if (refusal === undefined) {
      if (this.#turns) this.#runInTurn(this.#turns, method ?? unknown, message, sink, span, layers);
      else this.#run(method ?? unknown, message, sink, span, layers);
    } else {
      countRefusal(this.#counters, refusal);
      if (message.id !== undefined) sink.answer(errorText(message.id, refusal));
      span?.failed(fromErrorObject(refusal));
    }
  }

  /**
   * Whether the middlewares get to see a call: also one that fits no method, but none that would not be tried however it
   * looked, lest load and stops depend on them; nor a notification whose params are no params.
   */
  #goesIn(method: Method | undefined, params: unknown): boolean {
    if (params !== undefined && (typeof params !== "object" || params === null)) return false;
    return this.#stopOf(method) === undefined;
  }

  #refuse(message: SingleMessage, error: ErrorObject, sink: AnswerSink): void {
    countRefusal(this.#counters, error);
    if (message.kind === "request" || message.kind === "invalid") sink.answer(errorText(message.id, error));
    else if (message.kind === "response") sink.answer(errorText("null", error));
  }

  /** Ends the call that a notification names. One that is unknown, or answered by now, is none of this caller's. */
  #cancelOne(cancellation: Cancellation, { params }: CallMessage): void {
    const notice = cancelNotice(cancellation, params);
    if (!notice) return;
    this.#byId ??= new CallsById(this.#waiting);
    const call = this.#byId.get(notice.id);
    if (!call) return;
    const { reason } = notice;
    const cancelled = new RequestCancelledError(reason === undefined ? undefined : { reason });
    // First, since the end of the last call may close the connection, and the rest of its batch is owed an answer.
    if (!cancellation.isAnswered) call.sink.leaveOut?.();
    this.#end(
      call,
      cancellation.isAnswered ? () => errorText(call.id as string, REQUEST_CANCELLED) : undefined,
      cancelled,
    );
  }

  /** Why a call is not even tried; `undefined` when it is. */
  #refusalOf(method: Method | undefined, params: Params | undefined): ErrorObject | undefined {
    if (!method) return METHOD_NOT_FOUND;
    const misfit = method.parameters.misfit(params);
    if (misfit !== undefined) return invalidParams(misfit);
    return this.#stopOf(method);
  }

  /** Why nothing of the kind is tried now, whatever its params. */
  #stopOf(method: Method | undefined): ErrorObject | undefined {
    if (method?.refusal) return method.refusal;
    if (this.refusal) return this.refusal;
    const inFlight = this.#load ? this.#load.inFlight : this.#inFlight;
    if (inFlight >= this.#maxInFlight) return overLimit(SERVER_BUSY, "inFlight", this.#maxInFlight);
    if (this.#total && this.#total.inFlight >= this.#maxTotal) {
      return overLimit(SERVER_BUSY, "totalInFlight", this.#maxTotal);
    }
    return undefined;
  }

  #run(
    method: Method,
    message: CallMessage,
    sink: AnswerSink,
    span: Span | undefined,
    layers: readonly ServiceLayer[] | undefined,
  ): void {
    const host = this.#host;
    const { id, params } = message;
    const ordinal = this.#countIn(method);
    let context: HandlerContext | undefined;
    let deadline: number | undefined;
    let result: unknown;
    try {
      if (layers !== undefined || method.wantsContext) {
        deadline = host.deadlineOf(method);
        context = this.#contextOf(method, message, deadline);
      }
      result = this.#invoke(method, params, context, layers);
      if (isThenable(result)) {
        deadline ??= host.deadlineOf(method);
        const owed = this.#owedFor(method, id);
        const call = { method, id, sink, ordinal, deadline, context, span, owed, index: -1 };
        this.#keep(call);
        this.#await(result, call);
        return;
      }
    } catch (error) {
      if (context) context.over = true;
      if (id !== undefined) sink.answer(this.#failure(id, error, method));
      else this.#report(error, method);
      span?.failed(error);
      this.#countOut(method, ordinal);
      return;
    }
    if (context) context.over = true;
    if (id !== undefined) sink.answer(this.#success(id, result, method, span));
    else span?.succeeded(result);
    this.#countOut(method, ordinal);
  }

  #contextOf(method: Method, message: CallMessage, deadline: number): HandlerContext {
    const { clock, showsTrace, unknown } = this.#host;
    // The table's own, where there is one: the message's may keep the whole text alive that it was cut from.
    const name = method === unknown ? message.method : method.name;
    const trace = showsTrace ? message.trace : undefined;
    return new HandlerContext(name, message.id === undefined, this.#connection, clock, deadline, trace);
  }

  #invoke(
    method: Method,
    params: Params | undefined,
    context: HandlerContext | undefined,
    layers: readonly ServiceLayer[] | undefined,
  ): unknown {
    if (layers === undefined) return method.call(params, context);
    return throughLayers(layers, method === this.#host.unknown ? undefined : method, params, context as HandlerContext);
  }

  /** As `#run`, where calls take turns: it is in flight from now on, whenever it runs. */
  #runInTurn(
    turns: Turns,
    method: Method,
    message: CallMessage,
    sink: AnswerSink,
    span: Span | undefined,
    layers: readonly ServiceLayer[] | undefined,
  ): void {
    const { id, params } = message;
    const ordinal = this.#countIn(method);
    const deadline = this.#host.deadlineOf(method);
    const needsContext = layers !== undefined || method.wantsContext;
    const context = needsContext ? this.#contextOf(method, message, deadline) : undefined;
    const owed = this.#owedFor(method, id);
    const call = { method, id, sink, ordinal, deadline, context, span, owed, index: -1 };
    this.#keep(call);
    turns.take(() => this.#start(call, () => this.#invoke(method, params, context, layers), turns));
  }

  /** Its turn has come. The next one's does when the method is done, which may be later than its answer. */
  #start(call: InFlightCall, invoke: () => unknown, turns: Turns): void {
    // It timed out, was cancelled, or its caller left.
    if (call.index < 0) {
      turns.done();
      return;
    }
    try {
      const result = invoke();
      if (isThenable(result)) {
        this.#await(result, call, turns);
        return;
      }
      this.#fulfilled(call, result);
    } catch (error) {
      this.#rejected(call, error);
    }
    turns.done();
  }

  #keep(call: InFlightCall): void {
    call.index = this.#waiting.length;
    this.#waiting.push(call);
    this.#byId?.add(call);
    this.#host.watch(call.deadline);
    if (call.owed > 0) this.#debts?.owe(call.owed);
  }

  #owedFor(method: Method, id: string | undefined): number {
    return this.#debts && id !== undefined ? method.answerLength || this.#debts.guess : 0;
  }

  #await(result: PromiseLike<unknown>, call: InFlightCall, turns?: Turns): void {
    try {
      // A promise stays as it is; any other thenable becomes one, which calls back once and later, whatever it does.
      Promise.resolve(result).then(
        (value) => {
          this.#fulfilled(call, value);
          turns?.done();
        },
        (error) => {
          this.#rejected(call, error);
          turns?.done();
        },
      );
    } catch (error) {
      // A promise whose own `then` or `constructor` was tampered with.
      this.#rejected(call, error);
      turns?.done();
    }
  }

  #fulfilled(call: InFlightCall, value: unknown): void {
    const { id, method, span } = call;
    if (id === undefined && call.index >= 0) span?.succeeded(value);
    this.#end(call, () => {
      const text = this.#success(id as string, value, method, span);
      method.answered(text.length);
      return text;
    });
  }

  #rejected(call: InFlightCall, error: unknown): void {
    if (call.index >= 0) {
      if (call.id === undefined) this.#report(error, call.method);
      call.span?.failed(error);
    }
    this.#end(call, () => this.#failure(call.id as string, error, call.method));
  }

  /**
   * The one way out of flight for a call that waits. A second end, such as the late result of a call that was timed
   * out, changes nothing.
   *
   * @param text - makes the answer; `undefined` when nobody is left to be answered
   * @param reason - what to abort the call's signal with, where it ends before its method does
   */
  #end(call: InFlightCall, text: (() => string) | undefined, reason?: unknown): void {
    if (call.index < 0) return;
    const last = this.#waiting.pop() as InFlightCall;
    if (last !== call) {
      this.#waiting[call.index] = last;
      last.index = call.index;
    }
    call.index = -1;
    if (call.context) call.context.over = true;
    this.#byId?.remove(call);
    if (text && call.id !== undefined) call.sink.answer(text());
    if (reason !== undefined) {
      call.context?.abort(reason);
      call.span?.failed(reason);
    }
    this.#countOut(call.method, call.ordinal);
    if (call.owed > 0) this.#debts?.settle(call.owed);
  }

  #countIn(method: Method): number {
    this.#inFlight++;
    if (this.#load) this.#load.inFlight++;
    if (this.#total) this.#total.inFlight++;
    return this.#host.started(method);
  }

  #countOut(method: Method, ordinal: number): void {
    this.#inFlight--;
    if (this.#load) this.#load.inFlight--;
    if (this.#total) this.#total.inFlight--;
    this.#host.ended(method, ordinal);
    if (this.#inFlight === 0) this.onIdle?.();
  }

  #success(id: string, result: unknown, method: Method, span: Span | undefined): string {
    try {
      const text = resultText(id, result);
      span?.succeeded(result);
      return text;
    } catch (error) {
      this.#host.failed(error, method.name);
      span?.failed(error);
      return errorText(id, INTERNAL_ERROR);
    }
  }

  #failure(id: string, error: unknown, method: Method): string {
    this.#report(error, method);
    return errorText(id, isRpcError(error) ? error : SERVER_ERROR);
  }

  /** An `RpcError` is an answer like any other; anything else is for the hook, and only for the hook. */
  #report(error: unknown, method: Method): void {
    if (!isRpcError(error)) this.#host.failed(error, method.name);
    else if (error instanceof ContractError) this.#host.failed(error.cause, method.name);
  }
}
