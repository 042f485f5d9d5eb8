import { ErrorCode } from "../codes.ts";
import type { ErrorObject } from "../error-object.ts";
import { InternalError } from "./internal-error.ts";
import { InvalidParamsError } from "./invalid-params-error.ts";
import { InvalidRequestError } from "./invalid-request-error.ts";
import { MethodNotFoundError } from "./method-not-found-error.ts";
import { ParseError } from "./parse-error.ts";
import { RequestCancelledError } from "./request-cancelled-error.ts";
import { isRpcError, RpcError } from "./rpc-error.ts";
import { ServerBusyError } from "./server-busy-error.ts";
import { ServerError } from "./server-error.ts";
import { ServerTimeoutError } from "./server-timeout-error.ts";
import { ServiceUnavailableError } from "./service-unavailable-error.ts";

const classes = new Map<number, new (data?: unknown, message?: string) => RpcError>([
  [ErrorCode.ParseError, ParseError],
  [ErrorCode.InvalidRequest, InvalidRequestError],
  [ErrorCode.MethodNotFound, MethodNotFoundError],
  [ErrorCode.InvalidParams, InvalidParamsError],
  [ErrorCode.InternalError, InternalError],
  [ErrorCode.ServerError, ServerError],
  [ErrorCode.ServerTimeout, ServerTimeoutError],
  [ErrorCode.ServiceUnavailable, ServiceUnavailableError],
  [ErrorCode.ServerBusy, ServerBusyError],
  [ErrorCode.RequestCancelled, RequestCancelledError],
]);

/** The error a caller gets for the `error` member of an answer: of the class of its code where there is one. */
export function fromErrorObject({ code, message, data }: ErrorObject): RpcError {
  const Known = classes.get(code);
  return Known ? new Known(data, message) : new RpcError(code, message, data);
}

/**
 * Whether an error is a closing server's refusal: -32097, the method was not executed, and the same call may be made
 * again elsewhere. An application's own `stopServing` is not one.
 */
export function isDraining(error: unknown): error is ServiceUnavailableError {
  return isRpcError(error) && saysDraining(error);
}

/** The same of an `error` member. */
export function saysDraining({ code, data }: ErrorObject): boolean {
  if (code !== ErrorCode.ServiceUnavailable || typeof data !== "object" || data === null) return false;
  return (data as { reason?: unknown }).reason === "draining";
}
