/** Spans of OpenTelemetry for a client's calls and the methods of a server, in one trace. */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";
import * as otel from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { type CallTrace, Client, type HandleTrace, isRpcError, listen, Service } from "tsjason";

/** OpenTelemetry's active context, in a storage that can be bound to a tracing channel. */
const storage = new AsyncLocalStorage<otel.Context>();
const contextManager: otel.ContextManager = {
  active: () => storage.getStore() ?? otel.ROOT_CONTEXT,
  with: (context, fn, self, ...args) => storage.run(context, () => fn.apply(self, args)),
  bind: (context, target) =>
    typeof target === "function" ? storage.run(context, () => AsyncResource.bind(target as never)) : target,
  enable: () => contextManager,
  disable: () => contextManager,
};

type Told = CallTrace | HandleTrace;

const spans = new WeakMap<object, otel.Span>();

/** Makes a span of each call that a channel tells of, in the context that `parent` finds for it. */
function trace<T extends Told>(channelName: string, kind: otel.SpanKind, parent: (told: T) => otel.Context) {
  const channel = tracingChannel<otel.Context, T>(channelName);
  const tracer = otel.trace.getTracer("tsjason");
  channel.start.bindStore(storage, (told) => {
    // As the semantic conventions for RPC have it: a name that somebody made up is no name for a span.
    const name = "known" in told && !told.known ? "_OTHER" : told.method;
    const attributes = { "rpc.system.name": "jsonrpc", "rpc.method": name, "jsonrpc.protocol.version": "2.0" };
    const within = parent(told);
    const span = tracer.startSpan(name, { kind, attributes }, within);
    spans.set(told, span);
    const context = otel.trace.setSpan(within, span);
    if (kind === otel.SpanKind.CLIENT) {
      // What the call takes along: traceparent, and tracestate where there is one.
      const carrier: Record<string, string> = {};
      otel.propagation.inject(context, carrier);
      (told as CallTrace).trace = carrier;
    }
    return context;
  });
  const finish = (told: Told) => {
    const span = spans.get(told);
    if ("error" in told) {
      const { error } = told;
      if (isRpcError(error)) span?.setAttribute("rpc.response.status_code", String(error.code));
      span?.setAttribute("error.type", isRpcError(error) ? String(error.code) : ((error as Error)?.name ?? "_OTHER"));
      span?.setStatus({ code: otel.SpanStatusCode.ERROR, message: String(error) });
    }
    span?.end();
  };
  // What was over at once has no asyncEnd.
  channel.end.subscribe((told) => ("result" in (told as Told) || "error" in (told as Told)) && finish(told as Told));
  channel.asyncEnd.subscribe((told) => finish(told as Told));
}

const exporter = new InMemorySpanExporter();
otel.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
otel.context.setGlobalContextManager(contextManager);
otel.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace<CallTrace>("tsjason:call", otel.SpanKind.CLIENT, () => otel.context.active());
trace<HandleTrace>("tsjason:handle", otel.SpanKind.SERVER, (told) =>
  otel.propagation.extract(otel.ROOT_CONTEXT, told.trace ?? {}),
);

// A server that calls another one: client → front → back, in one trace.
const back = await listen(
  new Service({ trace: true }).addMethod("double", (n: number) => 2 * n),
  "tcp://127.0.0.1:0",
);
const toBack = new Client(back.address);
const service = new Service({ trace: true });
service.addMethod("quadruple", async (n: number) => {
  const doubled = await toBack.call("double", [n]);
  return toBack.call("double", [doubled]);
});
const front = await listen(service, "tcp://127.0.0.1:0");
const client = new Client(front.address);

await otel.trace.getTracer("example").startActiveSpan("main", async (span) => {
  console.log(await client.call("quadruple", [3]));
  await client.call("nowhere").catch((error) => console.log(error.message));
  span.end();
});

await client.close();
await front.close();
await toBack.close();
await back.close();

/** The spans as a tree, each with its kind and how it ended. */
function print(parent: string | undefined, depth: number): void {
  for (const span of exporter
    .getFinishedSpans()
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)) {
    const outcome = span.status.code === otel.SpanStatusCode.ERROR ? ` (${span.status.message})` : "";
    console.log(`${"  ".repeat(depth)}${otel.SpanKind[span.kind]} ${span.name}${outcome}`);
    print(span.spanContext().spanId, depth + 1);
  }
}
print(undefined, 0);
console.log(`${new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId)).size} trace`);
