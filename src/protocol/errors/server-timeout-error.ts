import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32098: the method did not answer within the server's timeout, or was cancelled there. */
export class ServerTimeoutError<Data = unknown> extends RpcError<Data> {
  override name = "ServerTimeoutError";

  constructor(data?: Data, message = "Server Timeout", options?: ErrorOptions) {
    super(ErrorCode.ServerTimeout, message, data, options);
  }
}
