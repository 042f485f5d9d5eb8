import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";

/** `tsjason repl`. */
export function addRepl(program: Command): void {
  const command = program
    .command("repl")
    .description("call methods line by line, with history and completion")
    .argument("<address>", "whom to call");
  addConnectOptions(command)
    .addHelpText(
      "after",
      `
A line is a method and its params; .help shows what else there is. What the server says unasked is printed when it comes.
Tab completes methods, where the server tells them by rpc.discover. The history is kept in ~/.local/state/tsjason.
${examples(
  ["tsjason repl tcp://127.0.0.1:7080", "type: add 1 2"],
  ["tsjason repl stdio: --framing content-length -- my-language-server --stdio", "talk to a language server"],
)}`,
    )
    .action(action(() => import("../runs/repl.ts")));
}
