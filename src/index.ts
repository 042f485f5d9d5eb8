/** The public face: what the package offers, by name. */

export type { RedialOptions } from "./client/backoff.ts";
export { Client, type ClientEvents } from "./client/client.ts";
export type { ClientOptions } from "./client/options.ts";
export type { RetryDefaults } from "./client/retry.ts";
export type {
  AnyApi,
  CallArguments,
  MethodName,
  RemoteNamespace,
  ResultOf,
} from "./connection/api.ts";
export type { Batch } from "./connection/batch.ts";
export type { CallTrace } from "./connection/call-trace.ts";
export type { Channel, ChannelReceiver, MessageViolation } from "./connection/channel.ts";
export { Connection, type ConnectionOptions, type ConnectionOwner } from "./connection/connection.ts";
export type { DialectOptions } from "./connection/dialect.ts";
export { CallAbortedError } from "./connection/errors/call-aborted-error.ts";
export { CallError, type CallOutcome, isCallError } from "./connection/errors/call-error.ts";
export { CallTimeoutError } from "./connection/errors/call-timeout-error.ts";
export { CannotPushError } from "./connection/errors/cannot-push-error.ts";
export { ClosedError } from "./connection/errors/closed-error.ts";
export { ConnectionLostError } from "./connection/errors/connection-lost-error.ts";
export { DialError } from "./connection/errors/dial-error.ts";
export { DisconnectError, type DisconnectKind } from "./connection/errors/disconnect-error.ts";
export { ExchangeError, type ExchangeFailure } from "./connection/errors/exchange-error.ts";
export { InvalidResponseError } from "./connection/errors/invalid-response-error.ts";
export { MessageTooLongError } from "./connection/errors/message-too-long-error.ts";
export { QueueFullError } from "./connection/errors/queue-full-error.ts";
export type { Exchange, ExchangeCaller, ExchangeOptions, ServeExchange } from "./connection/exchange.ts";
export type {
  CallChanges,
  CallMiddleware,
  CallMiddlewareOptions,
  CallNext,
  OutgoingCall,
} from "./connection/middleware.ts";
export type { CallOptions, WhenFull } from "./connection/pending-call.ts";
export type { CancelDialect } from "./protocol/cancellation.ts";
export { ErrorCode } from "./protocol/codes.ts";
export type { ErrorObject } from "./protocol/error-object.ts";
export {
  type DeclaredError,
  defineError,
  type ErrorArguments,
  type ErrorDeclaration,
  type ErrorDefinition,
} from "./protocol/errors/declared-error.ts";
export { isDraining } from "./protocol/errors/from-error-object.ts";
export { InternalError } from "./protocol/errors/internal-error.ts";
export { InvalidParamsError } from "./protocol/errors/invalid-params-error.ts";
export { InvalidRequestError } from "./protocol/errors/invalid-request-error.ts";
export { LimitError } from "./protocol/errors/limit-error.ts";
export { MethodNotFoundError } from "./protocol/errors/method-not-found-error.ts";
export { ParseError } from "./protocol/errors/parse-error.ts";
export { RequestCancelledError } from "./protocol/errors/request-cancelled-error.ts";
export { type ErrorKind, isRpcError, RpcError } from "./protocol/errors/rpc-error.ts";
export { ServerBusyError } from "./protocol/errors/server-busy-error.ts";
export { ServerError } from "./protocol/errors/server-error.ts";
export { ServerTimeoutError } from "./protocol/errors/server-timeout-error.ts";
export { ServiceUnavailableError } from "./protocol/errors/service-unavailable-error.ts";
export type { LimitCounters } from "./protocol/limit-counters.ts";
export { type LimitOptions, type Limits, trusted, untrusted } from "./protocol/limits.ts";
export type { GivenParams, NamedParams, Params } from "./protocol/message.ts";
export type { InputOf, OutputOf, SchemaIssue, SchemaResult, StandardSchema } from "./protocol/schema.ts";
export type { TraceContext } from "./protocol/trace-context.ts";
export { type CloseOnSignalsOptions, closeOnSignals } from "./server/close-on-signals.ts";
export type { ServerOptions } from "./server/options.ts";
export { listen, Server, type ServerEvents } from "./server/server.ts";
export type { CallBackOptions, CallContext, CallerConnection } from "./service/context.ts";
export {
  type ApiOf,
  type Contract,
  type Implementation,
  type Implemented,
  implement,
  type MethodContract,
  type MethodDefinition,
  type Methods,
  method,
} from "./service/contract.ts";
export type { Documentation, MethodDeclaration, MethodExample, ParameterDeclaration } from "./service/declaration.ts";
export type { NamedSchema, ParamsDeclaration } from "./service/declared-params.ts";
export type { DiscoverOptions } from "./service/discovery/discovery.ts";
export type { HandleOptions } from "./service/exchanges.ts";
export {
  type Checked,
  type ExportableContext,
  type ExportDecorator,
  type ExportOptions,
  exportMethods,
  exportRpc,
  type FitsSchemas,
} from "./service/export-rpc.ts";
export type { ExportedAs, Exports } from "./service/exports.ts";
export type { HandleTrace } from "./service/handle-trace.ts";
export type { HandlerOptions } from "./service/handler.ts";
export { InvalidResultError } from "./service/invalid-result-error.ts";
export type { Issue } from "./service/issues.ts";
export type { Logger } from "./service/logger.ts";
export type { MethodFunction, MethodOptions } from "./service/method.ts";
export type { FunctionFor, RemoteBy } from "./service/method-types.ts";
export type { IncomingCall, ServiceMiddleware, ServiceNext } from "./service/middleware.ts";
export type { ServiceOptions } from "./service/options.ts";
export type { PeerCertificate, PeerHttp, PeerInfo, PeerTls, RequestHeaders } from "./service/peer.ts";
export type {
  ByNameOnly,
  ByPositionOnly,
  Describe,
  Described,
  ErrorOf,
  ErrorsOf,
  MethodFacts,
  RemoteMethod,
  Simplify,
} from "./service/remote-method.ts";
export { Service } from "./service/service.ts";
export type { Refusal } from "./service/serving-state.ts";
export type { Clock } from "./time/clock.ts";
export { type Address, InvalidAddressError } from "./transport/address.ts";
export type { Authorize, RequestHead } from "./transport/authorize.ts";
export { ChildExitError } from "./transport/child-exit-error.ts";
export type {
  CorsOptions,
  HttpAccessOptions,
  HttpDialOptions,
  HttpHeaders,
  HttpListenOptions,
} from "./transport/http/options.ts";
export type { NatsConnection, NatsMessage, NatsSubscription } from "./transport/nats/official.ts";
export type {
  NatsConnectionOptions,
  NatsDialOptions,
  NatsListenOptions,
  NatsServiceOptions,
} from "./transport/nats/options.ts";
export { registerTransport } from "./transport/registry.ts";
export type { TlsDialOptions, TlsListenOptions } from "./transport/secure.ts";
export { HttpStatusError, type HttpStatusErrorOptions } from "./transport/status-error.ts";
export type { StdioDialOptions } from "./transport/stdio/stdio.ts";
export type {
  AcceptOptions,
  Attachment,
  DialOptions,
  Listener,
  Transport,
  TransportLoader,
} from "./transport/transport.ts";
export type { UnixListenOptions } from "./transport/unix/unix.ts";
export type { WebSocketCloseError } from "./transport/websocket/close.ts";
export type { UpgradeRequest, WebSocketDialOptions, WebSocketListenOptions } from "./transport/websocket/options.ts";
export type { WebSocketViolation, WebSocketViolationName } from "./transport/websocket/wire.ts";
