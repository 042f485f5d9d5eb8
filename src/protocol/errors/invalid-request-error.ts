import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32600: the JSON was not a request, or one over a limit (`data.limit` names it). */
export class InvalidRequestError<Data = unknown> extends RpcError<Data> {
  override name = "InvalidRequestError";

  constructor(data?: Data, message = "Invalid Request", options?: ErrorOptions) {
    super(ErrorCode.InvalidRequest, message, data, options);
  }
}
