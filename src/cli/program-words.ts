import type { StdioDialOptions } from "../transport/stdio/stdio.ts";
import { UsageError } from "./usage-error.ts";

let program: readonly string[] | undefined;

/**
 * Takes the program of a `stdio:` address off a command line: the words behind `--`. No address can name one, since an
 * address that comes out of a file must not be able to run anything.
 *
 * @returns the words that are left for the command; all of them where no word is a `stdio:` address
 */
export function takeProgram(argv: readonly string[]): string[] {
  const dashes = argv.indexOf("--");
  const words = dashes < 0 ? [...argv] : argv.slice(0, dashes);
  if (dashes < 0 || !words.some((word) => /^stdio:/i.test(word))) return [...argv];
  program = argv.slice(dashes + 1);
  return words;
}

/** @throws UsageError when the command line names none */
export function programOf(address: string): StdioDialOptions {
  const [command, ...args] = program ?? [];
  if (command === undefined) {
    throw new UsageError(
      `expected the program to run for ${address} behind --, as in: … ${address} … -- node server.js`,
    );
  }
  return { command, args };
}
