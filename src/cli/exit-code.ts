import { isCallError } from "../connection/errors/call-error.ts";
import { CallTimeoutError } from "../connection/errors/call-timeout-error.ts";
import { InvalidResponseError } from "../connection/errors/invalid-response-error.ts";
import { isRpcError } from "../protocol/errors/rpc-error.ts";
import { InvalidAddressError } from "../transport/address.ts";
import { NoDocumentError } from "./documents/no-document-error.ts";
import { InterruptedError } from "./interruption.ts";
import { ListenError } from "./listen-error.ts";
import { UsageError } from "./usage-error.ts";

/** What the command exits with. docs/cli.md tells its users. */
export const ExitCode = {
  /** It did what was asked for; a call was answered with a result. */
  Ok: 0,
  /** An error answer; or what was checked or compared is not as it should be. */
  Negative: 1,
  /** The command line makes no sense, or a file that it names. */
  Usage: 2,
  /** No connection came about, or it was lost; or an address cannot be listened on. */
  NoConnection: 3,
  /** No answer in time. */
  Timeout: 4,
  /** Something was answered that is no JSON-RPC, or no OpenRPC document where one was needed. */
  InvalidAnswer: 5,
  /** A fault of this program. */
  Fault: 70,
  /** Ctrl-C: 128 and the number of SIGINT, as shells have it. */
  Interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

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
