import { InternalError } from "../protocol/errors/internal-error.ts";

/**
 * -32603: the service does not keep what it declared. A schema threw, or a result did not fit. The `cause` says what
 * happened, to the error hook alone.
 */
export class ContractError extends InternalError {
  override name = "ContractError";

  constructor(cause: unknown) {
    super(undefined, undefined, { cause });
  }
}
