import { InvalidAddressError } from "../../transport/address.ts";
import { addressHint } from "../connect/address.ts";
import { ExitCode } from "../exit-code.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { errorRecord, hintFor, shownError } from "./error.ts";
import { out } from "./out.ts";

/**
 * Says what went wrong: on stdout as JSON where that was asked for, else on stderr.
 *
 * @returns what to exit with
 */
export function tell(error: unknown, json: boolean): ExitCode {
  const exitCode = exitCodeOf(error);
  if (json) out.line(JSON.stringify(errorRecord(error)));
  else tellPeople(error, exitCode);
  return exitCode;
}

function tellPeople(error: unknown, exitCode: ExitCode): void {
  out.note(shownError(error, out.paintError));
  const hint = hintFor(error);
  if (hint !== undefined) out.note(out.paintError("dim", hint));
  if (error instanceof InvalidAddressError) {
    const hint = addressHint(error.address);
    if (hint !== undefined) out.note(hint);
  }
  // A fault of this program's own: whoever mends it wants to know where.
  if (exitCode === ExitCode.Fault && error instanceof Error && process.env.TSJASON_DEBUG) out.note(error.stack ?? "");
}
