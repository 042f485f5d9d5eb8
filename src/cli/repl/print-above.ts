import type { Interface } from "node:readline";

/** What is being typed, as readline has it. */
interface Typed {
  line: string;
  cursor: number;
}

/**
 * Prints something above the line that is being typed. That may be many rows high, of which readline knows, so it is readline
 * that takes the line away and puts it back.
 *
 * @param lines - `undefined` where nothing is typed yet
 */
export function printAbove(lines: Interface | undefined, print: () => void): void {
  if (!lines?.terminal) {
    print();
    return;
  }
  const typed = lines as Typed;
  const { line, cursor } = typed;
  Object.assign(typed, { line: "", cursor: 0 });
  lines.prompt(true);
  process.stdout.write("\r\u001b[K");
  print();
  Object.assign(typed, { line, cursor });
  lines.prompt(true);
}
