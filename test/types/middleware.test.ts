/** What the types of middlewares and of the trace context let through. `npm run typecheck` is the test. */
import { test } from "node:test";
import type {
  CallContext,
  CallMiddleware,
  CallNext,
  CallOptions,
  CallTrace,
  Client,
  Connection,
  HandleTrace,
  IncomingCall,
  OutgoingCall,
  Params,
  Service,
  ServiceMiddleware,
  ServiceNext,
  ServiceOptions,
  TraceContext,
} from "../../src/index.ts";
import { areSame, type Same } from "./same.ts";

test("types of middlewares", () =>
  areSame<
    [
      Same<IncomingCall["params"], Params | undefined>,
      Same<IncomingCall["context"], CallContext>,
      Same<ReturnType<ServiceNext>, unknown>,
      Same<ReturnType<CallNext>, Promise<unknown>>,
      Same<OutgoingCall["options"], CallOptions>,
      Same<OutgoingCall["signal"], AbortSignal>,
      Same<CallContext["trace"], TraceContext | undefined>,
      Same<ServiceOptions["trace"], boolean | undefined>,
      Same<HandleTrace["trace"], TraceContext | undefined>,
      Same<CallTrace["trace"], Partial<TraceContext> | undefined>,
      Same<TraceContext["traceparent"], string>,
    ]
  >(true, true, true, true, true, true, true, true, true, true, true));

export function right(service: Service, client: Client, connection: Connection, carrier: Record<string, string>) {
  return [
    service
      .use(({ method, known, params, context }, next) =>
        known ? next({ params: params ?? [] }) : [method, context.signal],
      )
      .use(async (_call, next) => ({ wrapped: await next() }))
      .use(() => "an answer"),
    client
      .use(async ({ method, params, options, notification, inBatch, signal }, next) => {
        signal.throwIfAborted();
        const result = await next({ params: { ...params }, timeout: 5, trace: carrier });
        return [method, options.timeout, notification, inBatch, result];
      })
      .use((_call, next) => next(), { repeats: true }),
    connection.use((_call, next) => next({ signal: AbortSignal.timeout(5) })),
    client.call("m", [], { trace: carrier }),
    client.call("m", [], { trace: { traceparent: "00-…" } }),
    client.batch().send({ trace: carrier }),
  ];
}

export const given: [ServiceMiddleware, CallMiddleware] = [(_call, next) => next(), (_call, next) => next()];

export function wrong(service: Service, client: Client) {
  return [
    // @ts-expect-error: params are an array or an object
    service.use((_call, next) => next({ params: 7 })),
    // @ts-expect-error: params are given by name
    service.use((_call, next) => next([1])),
    // @ts-expect-error: the method stays what it is
    service.use((_call, next) => next({ method: "other" })),
    service.use((call, next) => {
      // @ts-expect-error: what a call is, the caller said
      call.params = [];
      return next();
    }),
    // @ts-expect-error: a method runs once
    service.use((_call, next) => next(), { repeats: true }),
    // @ts-expect-error: no function
    client.use("log"),
    // @ts-expect-error: yes or no
    client.use((_call, next) => next(), { repeats: 3 }),
    // @ts-expect-error: the method stays what it is
    client.use((_call, next) => next({ method: "other" })),
    // @ts-expect-error: a trace context has a traceparent
    client.call("m", [], { trace: "00-…" }),
    // @ts-expect-error: yes or no
    { trace: "w3c" } satisfies ServiceOptions,
  ];
}
