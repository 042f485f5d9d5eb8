import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions, type ConnectOptions } from "../connect/options.ts";
import { askForDocument } from "../documents/ask.ts";
import { ExitCode } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { shownJson } from "../output/json.ts";
import { out } from "../output/out.ts";

interface DiscoverCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** `tsjason discover`. */
export function addDiscover(program: Command): void {
  const command = program
    .command("discover")
    .description("print the OpenRPC document of a server: the answer of its rpc.discover")
    .argument("<address>", "whom to ask")
    .option("--json", "the document as JSON on one line, without colours");
  addConnectOptions(command)
    .addHelpText("after", examples(["tsjason discover tcp://127.0.0.1:7080 > api.json", "keep the document in a file"]))
    .action(action(discover));
}

async function discover(address: string, options: DiscoverCommandOptions): Promise<ExitCode> {
  const document = await askForDocument(address, options, interruption());
  out.line(options.json ? JSON.stringify(document) : shownJson(document, out.paint));
  return ExitCode.Ok;
}
