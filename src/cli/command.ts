import type { Command } from "commander";
import { InvalidAddressError } from "../transport/address.ts";
import { addressHint } from "./connect/address.ts";
import type { ExitCode } from "./exit-code.ts";
import { ExitCode as Exit, exitCodeOf } from "./exit-code.ts";
import { errorRecord, hintFor, shownError } from "./output/error.ts";
import { out } from "./output/out.ts";

/** What a command does: with its arguments, then its options. It says what to exit with. */
export type Run<Words extends unknown[]> = (...words: Words) => Promise<ExitCode>;

/** Makes what commander calls: what is thrown is told, with the exit status it stands for. */
export function action<Words extends unknown[]>(run: Run<Words>): (...words: Words) => Promise<void> {
  return async (...words) => {
    try {
      process.exitCode = await run(...words);
    } catch (error) {
      tell(error, words.at(-1) as Command);
      process.exitCode = exitCodeOf(error);
    }
  };
}

/** Says what went wrong: on stdout as JSON where that was asked for, else on stderr. */
function tell(error: unknown, command: Command): void {
  if (command.opts().json === true) {
    out.line(JSON.stringify(errorRecord(error)));
    return;
  }
  out.note(shownError(error, out.paintError));
  const hint = hintFor(error);
  if (hint !== undefined) out.note(out.paintError("dim", hint));
  if (error instanceof InvalidAddressError) {
    const hint = addressHint(error.address);
    if (hint !== undefined) out.note(hint);
  }
  // A fault of this program's own: whoever mends it wants to know where.
  if (exitCodeOf(error) === Exit.Fault && error instanceof Error && process.env.TSJASON_DEBUG)
    out.note(error.stack ?? "");
}

/** Examples at the end of a help page. */
export function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const shown = lines.map(([command, what]) => `  ${command}\n      ${what}`);
  return `\nExamples:\n${shown.join("\n")}`;
}
