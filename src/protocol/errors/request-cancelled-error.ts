import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/**
 * -32800: the caller has cancelled the request. The code is the Language Server Protocol's (3.17, "Base Protocol"). It is
 * also the reason that the handler's signal aborts with; `data` is `{ reason }` then, where the caller gave one.
 */
export class RequestCancelledError<Data = unknown> extends RpcError<Data> {
  override name = "RequestCancelledError";

  constructor(data?: Data, message = "Request cancelled", options?: ErrorOptions) {
    super(ErrorCode.RequestCancelled, message, data, options);
  }
}
