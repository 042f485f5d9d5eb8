import { type Cancellation, cancelNotice } from "../protocol/cancellation.ts";
import { type ErrorObject, INVALID_REQUEST } from "../protocol/error-object.ts";
import { fromErrorObject } from "../protocol/errors/from-error-object.ts";
import type { Message, NotificationMessage, Params, RequestMessage, SingleMessage } from "../protocol/message.ts";
import { errorText } from "../protocol/serialize.ts";
import type { Span } from "../tracing/tracer.ts";
import { Admission, type AdmissionOptions, type Load } from "./admission.ts";
import { BatchAnswers } from "./batch-answers.ts";
import { type CallerConnection, type ContextCaller, type DueTimes, HandlerContext } from "./context.ts";
import { type HandleTrace, handleTracer } from "./handle-trace.ts";
import { type AnswerSink, InFlightCall } from "./in-flight-call.ts";
import { LateCall } from "./late-call.ts";
import { sinkFor } from "./legacy-answer.ts";
import type { Method } from "./method.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Seated } from "./roster.ts";
import { isThenable } from "./thenable.ts";
import { type ServiceLayer, throughLayers } from "./through-layers.ts";
import type { Turns } from "./turns.ts";
import { type Creditor, WaitingCalls, type WaitingOwner } from "./waiting-calls.ts";

/** What a caller's calls need of the service. */
export interface CallerHost extends DueTimes {
  /** The middlewares, if there are any. */
  readonly layers: readonly ServiceLayer[] | undefined;
  /** Stands for the methods there are not. */
  readonly unknown: Method;
  /** Whether a call's context shows the trace context it came with. */
  readonly showsTrace: boolean;
  readonly outcomes: Outcomes;
  find(name: string): Method | undefined;
  /** Counts a call as in flight; returns its ordinal. */
  started(method: Method): number;
  /** Counts it out again. */
  ended(method: Method, ordinal: number): void;
  /** Makes sure the deadline is looked after. */
  watch(deadline: number): void;
}

/** What there is to know of a caller. */
export interface CallerOptions extends AdmissionOptions {
  /** Lets run as many calls at once as there may. Without it, all. */
  readonly turns?: Turns | undefined;
  /** Has an account of what it is owed. */
  readonly creditor?: Creditor | undefined;
  /** How it cancels its calls. Without it, it cannot. */
  readonly cancellation?: Cancellation | undefined;
}

type CallMessage = RequestMessage | NotificationMessage;

/**
 * One who calls the service: a connection, or whoever uses `service.handle`. It takes messages, runs methods and
 * hands on answers, and it holds the record of what this caller has in flight.
 *
 * `receive` never throws, and each request is answered exactly once, unless the caller is abandoned.
 */
export class Caller implements ContextCaller, WaitingOwner, Seated {
  seat = -1;
  /** Called whenever nothing is in flight any more. */
  onIdle: (() => void) | undefined;

  readonly connection: CallerConnection | undefined;
  readonly #host: CallerHost;
  readonly #admission: Admission;
  readonly #turns: Turns | undefined;
  readonly #cancellation: Cancellation | undefined;
  readonly #creditor: Creditor | undefined;
  /** Those in flight that are not answered at once. Made with the first: on an idle connection there is none. */
  #waiting: WaitingCalls | undefined;

  /** @param connection - what the handlers' contexts show */
  constructor(host: CallerHost, options: CallerOptions, connection?: CallerConnection) {
    this.#host = host;
    this.connection = connection;
    this.#admission = new Admission(options);
    this.#turns = options.turns;
    this.#cancellation = options.cancellation;
    this.#creditor = options.creditor;
  }

  get times(): DueTimes {
    return this.#host;
  }

  /** How many calls are in flight, notifications included. */
  get inFlight(): number {
    return this.#admission.inFlight;
  }

  /** Calls back once when nothing is in flight: now, or when the last call has ended. */
  whenIdle(action: () => void): void {
    if (this.inFlight === 0) {
      action();
      return;
    }
    const before = this.onIdle;
    this.onIdle = () => {
      this.onIdle = undefined;
      before?.();
      action();
    };
  }

  /** Whether its calls count with others' against one bound. */
  shares(load: Load): boolean {
    return this.#admission.load === load;
  }

  /** What every known method answers to this caller from now on; `undefined` to serve it. */
  set refusal(refusal: ErrorObject | undefined) {
    this.#admission.refusal = refusal;
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
    const text = (call: InFlightCall) => errorText(call.id as string, error);
    return this.#waiting?.endAll(due, text, reason) ?? Number.POSITIVE_INFINITY;
  }

  /** Aborts everything in flight without a word: the caller is gone. */
  abandon(reason: unknown): void {
    this.#waiting?.endAll(() => true, undefined, reason);
  }

  #receiveSingle(message: SingleMessage, sink: AnswerSink): void {
    const excess = this.#admission.excess();
    if (excess) this.#refuse(message, excess, sink);
    else if (message.kind === "request" || message.kind === "notification") this.#call(message, sink);
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
      connection: this.connection,
      trace: this.#host.showsTrace ? message.trace : undefined,
    };
    const span = handleTracer?.begin(told);
    span?.run(() => this.#tryCall(method, message, sink, span));
  }

  #tryCall(method: Method | undefined, message: CallMessage, sink: AnswerSink, span: Span | undefined): void {
    const { layers, unknown } = this.#host;
    const goesIn = layers !== undefined && this.#goesIn(method, message.params);
    const refusal = goesIn ? undefined : this.#admission.refusalOf(method, message.params);
    if (refusal === undefined) {
      if (this.#turns) this.#runInTurn(this.#turns, method ?? unknown, message, sink, span, layers);
      else this.#run(method ?? unknown, message, sink, span, layers);
    } else {
      this.#admission.refused(refusal);
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
    return this.#admission.stopOf(method) === undefined;
  }

  #refuse(message: SingleMessage, error: ErrorObject, sink: AnswerSink): void {
    this.#admission.refused(error);
    if (message.kind === "request" || message.kind === "invalid") sink.answer(errorText(message.id, error));
    else if (message.kind === "response") sink.answer(errorText("null", error));
  }

  /** Ends the call that a notification names. One that is unknown, or answered by now, is none of this caller's. */
  #cancelOne(cancellation: Cancellation, { params }: CallMessage): void {
    const notice = cancelNotice(cancellation, params);
    if (notice) this.#waiting?.cancel(notice, cancellation.isAnswered);
  }

  #run(
    method: Method,
    message: CallMessage,
    sink: AnswerSink,
    span: Span | undefined,
    layers: readonly ServiceLayer[] | undefined,
  ): void {
    const { id, params } = message;
    const ordinal = this.#countIn(method);
    let context: HandlerContext | undefined;
    let result: unknown;
    try {
      if (layers !== undefined || method.wantsContext) context = this.#contextOf(method, message);
      result = this.#invoke(method, params, context, layers);
      if (method.isChecked && result instanceof LateCall) {
        context = this.#contextOf(method, message);
        result = result.start(context);
      }
      if (isThenable(result)) {
        const call = this.#keep(method, id, sink, ordinal, context, span);
        this.#waiting?.settleBy(result, call);
        return;
      }
    } catch (error) {
      if (context) context.over = true;
      if (id !== undefined) sink.answer(this.#host.outcomes.failure(id, error, method));
      else this.#host.outcomes.report(error, method);
      span?.failed(error);
      this.#countOut(method, ordinal);
      return;
    }
    if (context) context.over = true;
    if (id !== undefined) sink.answer(this.#host.outcomes.success(id, result, method, span));
    else span?.succeeded(result);
    this.#countOut(method, ordinal);
  }

  #contextOf(method: Method, message: CallMessage): HandlerContext {
    const host = this.#host;
    // A name the table has is taken from there: the message's may keep the whole text alive that it was cut from.
    const name = method === host.unknown ? message.method : undefined;
    const trace = host.showsTrace ? message.trace : undefined;
    const extra = name === undefined && trace === undefined ? undefined : { name, trace };
    return new HandlerContext(method, message.id === undefined, this, extra);
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
    const needsContext = layers !== undefined || method.wantsContext || method.isChecked;
    const context = needsContext ? this.#contextOf(method, message) : undefined;
    const call = this.#keep(method, id, sink, ordinal, context, span);
    const start = () => this.#waiting?.run(call, () => this.#invoke(method, params, context, layers), turns);
    turns.take(span ? span.here(start) : start);
  }

  /** Puts a call on the record of those that take time. */
  #keep(
    method: Method,
    id: string | undefined,
    sink: AnswerSink,
    ordinal: number,
    context: HandlerContext | undefined,
    span: Span | undefined,
  ): InFlightCall {
    const deadline = context ? context.due : this.#host.deadlineOf(method);
    const owed = this.#owedFor(method, id);
    const call = new InFlightCall({ method, id, sink, ordinal, deadline, context, span, owed });
    this.#waiting ??= new WaitingCalls(this, this.#host.outcomes, this.#creditor?.debts);
    this.#waiting.add(call);
    this.#host.watch(deadline);
    return call;
  }

  /** One of those that waited has ended. */
  ended({ method, ordinal }: InFlightCall): void {
    this.#countOut(method, ordinal);
  }

  /** What a call counts for among what this caller is owed. */
  #owedFor(method: Method, id: string | undefined): number {
    return this.#creditor && id !== undefined ? method.answerLength || this.#creditor.debts.guess : 0;
  }

  #countIn(method: Method): number {
    this.#admission.started();
    return this.#host.started(method);
  }

  #countOut(method: Method, ordinal: number): void {
    this.#admission.ended();
    this.#host.ended(method, ordinal);
    if (this.#admission.inFlight === 0) this.onIdle?.();
  }
}
