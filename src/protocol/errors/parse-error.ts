import { ErrorCode } from "../codes.ts";
import { RpcError } from "./rpc-error.ts";

/** -32700: what arrived was not JSON. */
export class ParseError<Data = unknown> extends RpcError<Data> {
  override name = "ParseError";

  constructor(data?: Data, message = "Parse error", options?: ErrorOptions) {
    super(ErrorCode.ParseError, message, data, options);
  }
}
