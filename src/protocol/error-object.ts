import { ErrorCode } from "./codes.ts";

/** The `error` member of an answer. JSON-RPC 2.0, section 5.1. */
export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/*
 * What the library itself answers with. Plain objects, not instances of `Error`: a refused call must not cost the
 * server a stack trace.
 */
export const PARSE_ERROR: ErrorObject = { code: ErrorCode.ParseError, message: "Parse error" };
export const INVALID_REQUEST: ErrorObject = { code: ErrorCode.InvalidRequest, message: "Invalid Request" };
export const METHOD_NOT_FOUND: ErrorObject = { code: ErrorCode.MethodNotFound, message: "Method not found" };
export const INVALID_PARAMS: ErrorObject = { code: ErrorCode.InvalidParams, message: "Invalid params" };
export const INTERNAL_ERROR: ErrorObject = { code: ErrorCode.InternalError, message: "Internal error" };
export const SERVER_ERROR: ErrorObject = { code: ErrorCode.ServerError, message: "Server error" };
export const SERVER_TIMEOUT: ErrorObject = { code: ErrorCode.ServerTimeout, message: "Server Timeout" };
export const SERVICE_UNAVAILABLE: ErrorObject = {
  code: ErrorCode.ServiceUnavailable,
  message: "Service Unavailable",
};
export const SERVER_BUSY: ErrorObject = { code: ErrorCode.ServerBusy, message: "Server Busy" };
export const REQUEST_CANCELLED: ErrorObject = { code: ErrorCode.RequestCancelled, message: "Request cancelled" };

/** What a server that is closing answers: told from a stopped service by `data`, and safe to try elsewhere. */
export const DRAINING: ErrorObject = {
  ...SERVICE_UNAVAILABLE,
  data: { reason: "draining", executed: false },
};

/** The error for params that do not fit, with the reason where the caller can read it. */
export function invalidParams(message: string): ErrorObject {
  return { ...INVALID_PARAMS, data: { issues: [{ path: [], message }] } };
}

/** An error that says which limit was met, and how high it is. */
export function overLimit(error: ErrorObject, limit: string, max: number): ErrorObject {
  return { ...error, data: { limit, max } };
}
