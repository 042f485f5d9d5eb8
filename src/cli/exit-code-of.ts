import { isCallError } from "../connection/errors/call-error.ts";
import { CallTimeoutError } from "../connection/errors/call-timeout-error.ts";
import { InvalidResponseError } from "../connection/errors/invalid-response-error.ts";
import { isRpcError } from "../protocol/errors/rpc-error.ts";
import { InvalidAddressError } from "../transport/address.ts";
import { NoDocumentError } from "./documents/no-document-error.ts";
import { ExitCode } from "./exit-code.ts";
import { InterruptedError } from "./interruption.ts";
import { ListenError } from "./listen-error.ts";
import { UsageError } from "./usage-error.ts";

/** What to exit with when something was thrown. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof InterruptedError) return ExitCode.Interrupted;
  if (isRpcError(error)) return ExitCode.Negative;
  if (error instanceof UsageError || error instanceof InvalidAddressError) return ExitCode.Usage;
  if (error instanceof InvalidResponseError || error instanceof NoDocumentError) return ExitCode.InvalidAnswer;
  // A call that was never sent waited for a connection in vain.
  if (error instanceof CallTimeoutError) return error.outcome === "not-sent" ? ExitCode.NoConnection : ExitCode.Timeout;
  if (isCallError(error) || error instanceof ListenError) return ExitCode.NoConnection;
  return ExitCode.Fault;
}
