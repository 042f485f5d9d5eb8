import type { Command } from "commander";
import type { ExitCode } from "./exit-code.ts";

/** What a command does: with its arguments, then its options. It says what to exit with. */
export type Run<Words extends unknown[]> = (...words: Words) => Promise<ExitCode>;

/**
 * Makes what commander calls: what is thrown is told, with the exit status it stands for.
 *
 * @param load - imports what the command does, with all that it needs: whoever asks for help or runs another command has
 *   none of it loaded
 */
export function action<Words extends unknown[]>(
  load: () => Promise<{ readonly run: Run<Words> }>,
): (...words: Words) => Promise<void> {
  return async (...words) => {
    try {
      const { run } = await load();
      process.exitCode = await run(...words);
    } catch (error) {
      const { tell } = await import("./output/tell.ts");
      process.exitCode = tell(error, (words.at(-1) as Command).opts().json === true);
    }
  };
}

/** Examples at the end of a help page. */
export function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const shown = lines.map(([command, what]) => `  ${command}\n      ${what}`);
  return `\nExamples:\n${shown.join("\n")}`;
}
