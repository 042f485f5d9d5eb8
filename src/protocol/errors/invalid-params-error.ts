import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32602: the params do not fit the method; `data.issues` says where. */
export class InvalidParamsError<Data = unknown> extends RpcError<Data> {
  override name = "InvalidParamsError";

  constructor(data?: Data, message = "Invalid params", options?: ErrorOptions) {
    super(ErrorCode.InvalidParams, message, data, options);
  }
}
