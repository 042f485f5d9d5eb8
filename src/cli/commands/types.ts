import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { isTypeName } from "../../openrpc/types/identifiers.ts";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";

/** `tsjason types`. */
export function addTypes(program: Command): void {
  const command = program
    .command("types")
    .description("make TypeScript types for a client from an OpenRPC document")
    .argument("<source>", "an address, whose server is asked by rpc.discover, a file, or - for standard input")
    .option("--out <file>", "write them to a file such as api.d.ts, instead of stdout")
    .option("--name <name>", "the interface's name", interfaceName, "Api")
    .option("--no-comments", "leave out descriptions, defaults and examples");
  addConnectOptions(command)
    .addHelpText(
      "after",
      examples(
        ["tsjason types tcp://127.0.0.1:7080 --out api.d.ts", 'then: new Client<Api>("tcp://127.0.0.1:7080")'],
        ["tsjason types openrpc.json --name Shop > shop.d.ts", "from a document in a file"],
        ["curl -s https://example.com/openrpc.json | tsjason types -", "from one on the web"],
      ),
    )
    .action(action(() => import("../runs/types.ts")));
}

function interfaceName(name: string): string {
  if (isTypeName(name)) return name;
  throw new InvalidArgumentError("Expected an identifier with a capital letter, such as Api.");
}
