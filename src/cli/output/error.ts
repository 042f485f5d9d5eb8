import { CallAbortedError } from "../../connection/errors/call-aborted-error.ts";
import { isCallError } from "../../connection/errors/call-error.ts";
import { CallTimeoutError } from "../../connection/errors/call-timeout-error.ts";
import { ConnectionLostError } from "../../connection/errors/connection-lost-error.ts";
import { DisconnectError } from "../../connection/errors/disconnect-error.ts";
import { ErrorCode } from "../../protocol/codes.ts";
import type { ErrorObject } from "../../protocol/error-object.ts";
import { isRpcError } from "../../protocol/errors/rpc-error.ts";
import { ExitCode } from "../exit-code.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { ListenError } from "../listen-error.ts";
import { shownJson } from "./json.ts";
import type { Paint } from "./paint.ts";
import { safeText } from "./safe-text.ts";

const codeNames = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));

/** An error answer as people read it: code, the code's name where it has one, message and data. */
export function shownErrorAnswer({ code, message, data }: ErrorObject, paint: Paint): string {
  const name = codeNames.get(code);
  const head = `${paint("red", `error ${code}`)}${name === undefined ? "" : paint("dim", ` ${name}`)}: ${safeText(message)}`;
  return data === undefined ? head : `${head}\n${paint("dim", "data:")} ${shownJson(data, paint)}`;
}

/** What went wrong, in words. */
export function shownError(error: unknown, paint: Paint): string {
  if (isRpcError(error)) return shownErrorAnswer(error, paint);
  return `${paint("red", `${kindOf(error)}:`)} ${safeText(messageOf(error))}${outcomeOf(error)}`;
}

/** What went wrong, for machines: `{"error": …}` for an error answer, `{"failure": …}` for all else. */
export function errorRecord(error: unknown): object {
  if (isRpcError(error)) return { error: error.toJSON() };
  const message = messageOf(error);
  const outcome = isCallError(error) ? { outcome: error.outcome } : {};
  return { failure: { kind: kindOf(error).replaceAll(" ", "-"), message, ...outcome } };
}

/** Its message; of a connection that ended, how it did, too. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return error instanceof ConnectionLostError && cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** What may help, where something is known that often does. */
export function hintFor(error: unknown): string | undefined {
  if (!(error instanceof ConnectionLostError && error.cause instanceof DisconnectError)) return undefined;
  if (error.cause.kind !== "violation") return undefined;
  return "hint: what came is no message in this framing; the server may speak another one (--framing), or another protocol";
}

const kinds: ReadonlyMap<ExitCode, string> = new Map([
  [ExitCode.Usage, "usage"],
  [ExitCode.NoConnection, "no connection"],
  [ExitCode.Timeout, "timeout"],
  [ExitCode.InvalidAnswer, "invalid answer"],
  [ExitCode.Interrupted, "interrupted"],
]);

function kindOf(error: unknown): string {
  if (error instanceof ListenError) return "cannot listen";
  if (error instanceof CallAbortedError) return "given up";
  return kinds.get(exitCodeOf(error)) ?? "failure";
}

/** Whether it may have been executed is what matters next. */
function outcomeOf(error: unknown): string {
  if (!isCallError(error) || error.outcome === "not-sent") return "";
  return error instanceof CallTimeoutError || exitCodeOf(error) === ExitCode.NoConnection
    ? " (it was sent; whether it was executed is not known)"
    : "";
}
