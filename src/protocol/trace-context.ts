/**
 * Where a call belongs in a distributed trace: W3C Trace Context (Recommendation of 23 November 2021), as HTTP has it in
 * two headers.
 *
 * On the wire it is two members of the request object, `traceparent` and `tracestate`, beside `method` and `params`. The
 * specification of JSON-RPC 2.0 (section 4) says which members there are and does not forbid others, and peers that know
 * neither leave them alone.
 */
export interface TraceContext {
  /** Version, trace, parent span and flags: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01` (section 3.2). */
  readonly traceparent: string;
  /** What tracing systems add to it: `rojo=00f067aa0ba902b7,congo=t61rcWkgMzE`, at most 512 characters (section 3.3). */
  readonly tracestate?: string | undefined;
}

/* 55 characters in version 00. Later versions may be longer, and start with the same. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x20-\x7e]*)?$/;
const FIRST_LENGTH = 55;
const MAX_TRACEPARENT = 128;

const TRACESTATE = /^[\x20-\x7e]+$/;
const MAX_TRACESTATE = 512;
const MAX_TRACESTATE_MEMBERS = 32;

/** The trace context that a request carries; `undefined` where it has none, or what it has is not one. */
export function traceOf(request: Record<string, unknown>): TraceContext | undefined {
  if (!Object.hasOwn(request, "traceparent")) return undefined;
  return traceContext(request.traceparent, Object.hasOwn(request, "tracestate") ? request.tracestate : undefined);
}

/** Section 3.3: a `tracestate` that is wrong is dropped, and takes nothing else with it. */
function traceContext(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (!isTraceparent(traceparent)) return undefined;
  return isTracestate(tracestate) ? { traceparent, tracestate } : { traceparent };
}

/**
 * The body of a request (`requestBody` made it) that carries a trace context too. It goes before the method: there the parser's quick look at the
 * usual message ends early, and params are not read twice.
 *
 * @param trace - one that is no trace context is not sent: tracing must not be what makes a call fail
 */
export function tracedBody(body: string, trace: Partial<TraceContext> | undefined): string {
  const known = trace && traceContext(trace.traceparent, trace.tracestate);
  if (!known) return body;
  const state = known.tracestate === undefined ? "" : `,"tracestate":${JSON.stringify(known.tracestate)}`;
  return `,"traceparent":"${known.traceparent}"${state}${body}`;
}

function isTraceparent(value: unknown): value is string {
  if (typeof value !== "string" || value.length > MAX_TRACEPARENT || !TRACEPARENT.test(value)) return false;
  return value.length === FIRST_LENGTH || !value.startsWith("00");
}

function isTracestate(value: unknown): value is string {
  if (typeof value !== "string" || value.length > MAX_TRACESTATE || !TRACESTATE.test(value)) return false;
  return value.split(",").length <= MAX_TRACESTATE_MEMBERS;
}
