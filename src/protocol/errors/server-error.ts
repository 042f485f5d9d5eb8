import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32000: the method threw something that is not an `RpcError`. What it was stays on the server. */
export class ServerError<Data = unknown> extends RpcError<Data> {
  override name = "ServerError";

  constructor(data?: Data, message = "Server error", options?: ErrorOptions) {
    super(ErrorCode.ServerError, message, data, options);
  }
}
