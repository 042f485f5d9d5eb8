import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";

/** `tsjason discover`. */
export function addDiscover(program: Command): void {
  const command = program
    .command("discover")
    .description("print the OpenRPC document of a server: the answer of its rpc.discover")
    .argument("<address>", "whom to ask")
    .option("--json", "the document as JSON on one line, without colours");
  addConnectOptions(command)
    .addHelpText("after", examples(["tsjason discover tcp://127.0.0.1:7080 > api.json", "keep the document in a file"]))
    .action(action(() => import("../runs/discover.ts")));
}
