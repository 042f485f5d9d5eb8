import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";

/** `tsjason batch`. */
export function addBatch(program: Command): void {
  const command = program
    .command("batch")
    .description("send many calls as one batch: one call a line")
    .argument("<address>", "whom to call")
    .argument("[file]", "the lines; - for standard input", "-")
    .option("--json", "for machines: a line of JSON a call, {line, method, result} or {line, method, error}");
  addConnectOptions(command)
    .addHelpText(
      "after",
      `
A line is a method and its params as the command call takes them, or a request as JSON; without an id that is a
notification. Empty lines, and lines that start with #, are skipped.
${examples(
  ["tsjason batch tcp://127.0.0.1:7080 calls.txt", "where calls.txt has lines such as: add 1 2"],
  [
    `printf 'add 1 2\\n{"method": "log", "params": ["x"]}\\n' | tsjason batch tcp://127.0.0.1:7080`,
    "a call and a notification",
  ],
)}`,
    )
    .action(action(() => import("../runs/batch.ts")));
}
