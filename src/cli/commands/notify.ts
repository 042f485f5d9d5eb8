import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";

/** `tsjason notify`. */
export function addNotify(program: Command): void {
  const command = program
    .command("notify")
    .description("send a notification: a call that nobody answers")
    .argument("<address>", "whom to tell")
    .argument("<method>", "the method's name")
    .argument("[params...]", "as those of call")
    .option("--params <json>", "all params as one JSON array or object, or - or @file")
    .option("--json", "for machines: a line of JSON, {sent} or {failure}");
  addConnectOptions(command)
    .addHelpText(
      "after",
      examples(["tsjason notify tcp://127.0.0.1:7080 log 'a line'", "exits with 0 once it was handed over"]),
    )
    .action(action(() => import("../runs/notify.ts")));
}
