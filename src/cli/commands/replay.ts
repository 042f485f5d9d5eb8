import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions, FOR_TEXTS } from "../connect/options.ts";

/** `tsjason replay`. */
export function addReplay(program: Command): void {
  const command = program
    .command("replay")
    .description("play a recording of proxy --log to a server, and compare its answers")
    .argument("<file>", "the recording; - for standard input")
    .argument("<address>", "whom to play it to")
    .option("--json", "for machines: {sent, compared, awaited, differences}");
  addConnectOptions(command, FOR_TEXTS)
    .addHelpText(
      "after",
      `
Each recorded connection gets one of its own. A message is sent when all that came before it has come again. Answers are
compared by their ids, in any order. A call that the server makes is compared and gets its recorded answer, under
whatever id; a notification has to come. Exits with 0 when all is the same, with 1 when something is not.
${examples(["tsjason replay calls.jsonl tcp://127.0.0.1:7080", "does the new version answer as the old one did?"])}`,
    )
    .action(action(() => import("../runs/replay.ts")));
}
