import type { Span } from "../tracing/tracer.ts";
import type { HandlerContext } from "./context.ts";
import type { Method } from "./method.ts";
import type { Seated } from "./roster.ts";

/** Where answers go. */
export interface AnswerSink {
  answer(text: string): void;
  /** There will be no answer to one request. Only a sink that waits for several need know. */
  leaveOut?(): void;
}

/**
 * A call whose method has returned a promise. Made only then: a method that answers at once needs no record.
 *
 * A class, since V8 may come to put what a literal makes among the old objects, and each would keep its promise there until
 * all of those are collected.
 */
export class InFlightCall implements Seated {
  readonly method: Method;
  /** The JSON text of the request's id; `undefined` for a notification. */
  readonly id: string | undefined;
  readonly sink: AnswerSink;
  /** Its place in the order in which the service's calls started. */
  readonly ordinal: number;
  /** On the clock's scale; Infinity for none. */
  readonly deadline: number;
  readonly context: HandlerContext | undefined;
  /** Who is told of it, if anybody listens. */
  readonly span: Span | undefined;
  /** What it counted for among what its caller is owed. */
  readonly owed: number;
  /** Among its caller's calls that wait; -1 once it is no longer in flight. */
  seat = -1;

  constructor({ method, id, sink, ordinal, deadline, context, span, owed }: Omit<InFlightCall, "seat">) {
    this.method = method;
    this.id = id;
    this.sink = sink;
    this.ordinal = ordinal;
    this.deadline = deadline;
    this.context = context;
    this.span = span;
    this.owed = owed;
  }
}
