import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";

/** `tsjason diff`. */
export function addDiff(program: Command): void {
  const command = program
    .command("diff")
    .description("tell what a new version breaks: compare two OpenRPC documents, or the servers that have them")
    .argument("<before>", "the older one: an address, whose server is asked by rpc.discover, a file, or -")
    .argument("<after>", "the newer one, likewise")
    .option("--json", "for machines: {breaking, unclear, compatible, findings}");
  addConnectOptions(command)
    .addHelpText(
      "after",
      `
What is compared is what callers can meet: methods, params, results, errors and their schemas. "Unclear" is what the
documents leave open. Exits with 0 when nothing breaks, with 1 when something does, with 2 for a file that is no
document, with 3 without a connection, with 5 for a server that has none.
${examples(
  ["tsjason diff released.json tcp://127.0.0.1:7080", "does the service still do what was released?"],
  ["git show main:api.json | tsjason diff - api.json", "what does this branch change?"],
  ["tsjason diff tcp://old.example:7080 tcp://new.example:7080", "two servers"],
)}`,
    )
    .action(action(() => import("../runs/diff.ts")));
}
