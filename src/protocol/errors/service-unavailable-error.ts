import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32097: the service is stopped, or its server is draining. The method was not executed. */
export class ServiceUnavailableError<Data = unknown> extends RpcError<Data> {
  override name = "ServiceUnavailableError";

  constructor(data?: Data, message = "Service Unavailable", options?: ErrorOptions) {
    super(ErrorCode.ServiceUnavailable, message, data, options);
  }
}
