import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addListenOptions } from "../connect/listen-options.ts";
import { framingOption } from "../connect/options.ts";

/** `tsjason listen`. */
export function addListen(program: Command): void {
  const command = program
    .command("listen")
    .description("listen on an address, and print what comes in")
    .argument("<address>", "where: tcp://127.0.0.1:7080, ws://…, http://…, unix:/path, …; port 0 for any")
    .addOption(framingOption())
    .option("--answer <json>", "answer every request with this result; default: -32601 Method not found")
    .option("--json", "for machines: a line of JSON a text, {time, connection, peer, text}");
  addListenOptions(command)
    .addHelpText(
      "after",
      examples(
        ["tsjason listen tcp://127.0.0.1:7080", "what does my client really send?"],
        [`tsjason listen http://127.0.0.1:8080/hook --answer '"ok"'`, "a stand-in that says ok to everything"],
      ),
    )
    .action(action(() => import("../runs/listen.ts")));
}
