import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32096: over a limit of what may go on at once (`data.limit`). The method was not executed. */
export class ServerBusyError<Data = unknown> extends RpcError<Data> {
  override name = "ServerBusyError";

  constructor(data?: Data, message = "Server Busy", options?: ErrorOptions) {
    super(ErrorCode.ServerBusy, message, data, options);
  }
}
