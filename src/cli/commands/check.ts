import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions, FOR_TEXTS } from "../connect/options.ts";

/** `tsjason check`. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("try a server against the specification and against malformed messages, and report what it does wrong")
    .argument("<address>", "whom to check: any JSON-RPC 2.0 server")
    .option("--json", "for machines: {passed, failed, advised, skipped, findings}");
  addConnectOptions(command, FOR_TEXTS)
    .addHelpText(
      "after",
      `
It sends about seventy small messages, one after another, and calls no method that is likely to exist but the
specification's example subtract. What the specification demands fails the check; what is good to have is advice.
It is over within a minute. Exits with 0 when nothing failed, with 1 when something did.
${examples(
  ["tsjason check tcp://127.0.0.1:7080", "a server over netstrings"],
  ["tsjason check http://127.0.0.1:6800/jsonrpc", "somebody else's, over HTTP"],
)}`,
    )
    .action(action(() => import("../runs/check.ts")));
}
