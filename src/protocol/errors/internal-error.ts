import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32603: the answer could not be written, for example because JSON cannot hold the result. */
export class InternalError<Data = unknown> extends RpcError<Data> {
  override name = "InternalError";

  constructor(data?: Data, message = "Internal error", options?: ErrorOptions) {
    super(ErrorCode.InternalError, message, data, options);
  }
}
