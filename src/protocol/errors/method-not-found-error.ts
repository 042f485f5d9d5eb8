import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32601: no method of that name. */
export class MethodNotFoundError<Data = unknown> extends RpcError<Data> {
  override name = "MethodNotFoundError";

  constructor(data?: Data, message = "Method not found", options?: ErrorOptions) {
    super(ErrorCode.MethodNotFound, message, data, options);
  }
}
