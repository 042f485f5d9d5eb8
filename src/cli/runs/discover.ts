import type { ConnectOptions } from "../connect/options.ts";
import { askForDocument } from "../documents/ask.ts";
import { ExitCode } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { shownJson } from "../output/json.ts";
import { out } from "../output/out.ts";

interface DiscoverCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** Does what `tsjason discover` is for. */
export async function run(address: string, options: DiscoverCommandOptions): Promise<ExitCode> {
  const document = await askForDocument(address, options, interruption());
  out.line(options.json ? JSON.stringify(document) : shownJson(document, out.paint));
  return ExitCode.Ok;
}
