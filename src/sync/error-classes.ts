import { CallAbortedError } from "../connection/errors/call-aborted-error.ts";
import { CallError } from "../connection/errors/call-error.ts";
import { CallTimeoutError } from "../connection/errors/call-timeout-error.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import { ConnectionLostError } from "../connection/errors/connection-lost-error.ts";
import { DialError } from "../connection/errors/dial-error.ts";
import { DisconnectError } from "../connection/errors/disconnect-error.ts";
import { ExchangeError } from "../connection/errors/exchange-error.ts";
import { InvalidResponseError } from "../connection/errors/invalid-response-error.ts";
import { FramingError } from "../framing/framing-error.ts";
import { InternalError } from "../protocol/errors/internal-error.ts";
import { InvalidParamsError } from "../protocol/errors/invalid-params-error.ts";
import { InvalidRequestError } from "../protocol/errors/invalid-request-error.ts";
import { MethodNotFoundError } from "../protocol/errors/method-not-found-error.ts";
import { ParseError } from "../protocol/errors/parse-error.ts";
import { RequestCancelledError } from "../protocol/errors/request-cancelled-error.ts";
import { RpcError } from "../protocol/errors/rpc-error.ts";
import { ServerBusyError } from "../protocol/errors/server-busy-error.ts";
import { ServerError } from "../protocol/errors/server-error.ts";
import { ServerTimeoutError } from "../protocol/errors/server-timeout-error.ts";
import { ServiceUnavailableError } from "../protocol/errors/service-unavailable-error.ts";
import { InvalidAddressError } from "../transport/address.ts";
import { ChildExitError } from "../transport/child-exit-error.ts";
import { HttpStatusError } from "../transport/status-error.ts";
import { WebSocketCloseError } from "../transport/websocket/close.ts";
import { WebSocketViolation } from "../transport/websocket/wire.ts";

/*
 * The classes of errors that a call may fail with, or that may be the cause, by names that both threads know. What is of
 * another class becomes an error of the nearest class here, with its own name and members.
 */
const classes = new Map<string, { readonly prototype: Error }>(
  Object.entries({
    Error,
    AggregateError,
    RangeError,
    SyntaxError,
    TypeError,
    CallAbortedError,
    CallError,
    CallTimeoutError,
    ChildExitError,
    ClosedError,
    ConnectionLostError,
    DialError,
    DisconnectError,
    ExchangeError,
    FramingError,
    HttpStatusError,
    InternalError,
    InvalidAddressError,
    InvalidParamsError,
    InvalidRequestError,
    InvalidResponseError,
    MethodNotFoundError,
    ParseError,
    RequestCancelledError,
    RpcError,
    ServerBusyError,
    ServerError,
    ServerTimeoutError,
    ServiceUnavailableError,
    WebSocketCloseError,
    WebSocketViolation,
  }),
);

const names = new Map([...classes].map(([name, { prototype }]) => [prototype as object, name]));

/** The name of the nearest class. */
export function nameOfClass(error: Error): string {
  for (let link: object | null = error; link !== null; link = Object.getPrototypeOf(link)) {
    const name = names.get(link);
    if (name !== undefined) return name;
  }
  return "Error";
}

/** The prototype of the class of a name. */
export function prototypeOf(name: string): Error {
  return (classes.get(name) ?? Error).prototype;
}
