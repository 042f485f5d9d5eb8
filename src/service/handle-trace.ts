import { tracer } from "#tracing";
import type { Params } from "../protocol/message.ts";
import type { TraceContext } from "../protocol/trace-context.ts";
import type { CallerConnection } from "./context.ts";

/**
 * What goes with the events of the tracing channel `tsjason:handle`, of `node:diagnostics_channel`: one call that a service
 * takes, from when it has arrived until it is answered. The same object goes with all events of a call.
 */
export interface HandleTrace {
  /** The name the caller used. Where `known` is false it is whatever somebody made up. */
  readonly method: string;
  /** Whether the service has a method of that name. */
  readonly known: boolean;
  readonly params: Params | undefined;
  readonly notification: boolean;
  /** The connection it came by, where there is one. */
  readonly connection: CallerConnection | undefined;
  /** The trace context it came with, if the service's option `trace` is on. */
  readonly trace: TraceContext | undefined;
  /** There once it has one, as the method or a middleware gave it. */
  result?: unknown;
  /** There once it has failed: what was thrown, the error it was refused with, or why it was ended. */
  error?: unknown;
}

/** `undefined` where there are no tracing channels. */
export const handleTracer = tracer("tsjason:handle");
