import { writeFile } from "node:fs/promises";
import { generateTypes } from "../../openrpc/types/generate-types.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { type FoundDocument, readDocuments } from "../documents/read-documents.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";
import { UsageError } from "../usage-error.ts";

interface TypesCommandOptions extends ConnectOptions {
  readonly out?: string;
  readonly name: string;
  readonly comments: boolean;
}

/** Does what `tsjason types` is for. */
export async function run(source: string, options: TypesCommandOptions): Promise<ExitCode> {
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
