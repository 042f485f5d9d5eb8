import { writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { generateTypes } from "../../openrpc/types/generate-types.ts";
import { isTypeName } from "../../openrpc/types/identifiers.ts";
import { action, examples } from "../command.ts";
import { addConnectOptions, type ConnectOptions } from "../connect/options.ts";
import { type FoundDocument, readDocuments } from "../documents/read-documents.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";
import { UsageError } from "../usage-error.ts";

interface TypesCommandOptions extends ConnectOptions {
  readonly out?: string;
  readonly name: string;
  readonly comments: boolean;
}

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
    .action(action(types));
}

async function types(source: string, options: TypesCommandOptions): Promise<ExitCode> {
  const [found] = (await readDocuments([source], options)) as [FoundDocument];
  const { name, comments } = options;
  const text = found.source.blamed(() => generateTypes(found.value, { name, comments }));
  if (options.out === undefined) out.line(text.trimEnd());
  else await write(options.out, text);
  return ExitCode.Ok;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new UsageError(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function interfaceName(name: string): string {
  if (isTypeName(name)) return name;
  throw new InvalidArgumentError("Expected an identifier with a capital letter, such as Api.");
}
