/**
 * The error codes this package answers with, by name.
 *
 * The first five are the specification's (JSON-RPC 2.0, section 5.1); the others lie in the range it leaves to
 * implementations, -32000 to -32099, but for the last, which is the Language Server Protocol's.
 */
export const ErrorCode = {
  /** The text is not JSON, or the bytes are not a frame. */
  ParseError: -32700,
  /** The JSON is not a request. */
  InvalidRequest: -32600,
  /** No method of that name. */
  MethodNotFound: -32601,
  /** The params do not fit the method. */
  InvalidParams: -32602,
  /** The answer could not be written, for example because JSON cannot hold the result. */
  InternalError: -32603,
  /** The method threw something that is not an `RpcError`. */
  ServerError: -32000,
  /** The method did not answer in time, or was cancelled. */
  ServerTimeout: -32098,
  /** The service, this namespace or this server is not serving now. The method was not executed. */
  ServiceUnavailable: -32097,
  /** Too much is going on for this caller already. The method was not executed. */
  ServerBusy: -32096,
  /** The caller has cancelled the request. The method may have done some of its work. */
  RequestCancelled: -32800,
} as const;

/** One of the codes in {@link ErrorCode}. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
