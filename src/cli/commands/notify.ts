import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { clientFor } from "../connect/client.ts";
import { addConnectOptions, type ConnectOptions } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { InterruptedError, interruption } from "../interruption.ts";
import { out } from "../output/out.ts";
import { paramsOf } from "../words/params.ts";
import { systemSources } from "../words/sources.ts";

interface NotifyCommandOptions extends ConnectOptions {
  readonly params?: string;
  readonly json?: boolean;
}

/** `tsjason notify`. */
export function addNotify(program: Command): void {
  const command = program
    .command("notify")
    .description("send a notification: a call that nobody answers")
    .argument("<address>", "whom to tell")
    .argument("<method>", "the method's name")
    .argument("[params...]", "as those of call")
    .option("--params <json>", "all params as one JSON array or object, or - or @file")
    .option("--json", "for machines: a line of JSON, {sent} or {failure}");
  addConnectOptions(command)
    .addHelpText(
      "after",
      examples(["tsjason notify tcp://127.0.0.1:7080 log 'a line'", "exits with 0 once it was handed over"]),
    )
    .action(action(notify));
}

async function notify(
  address: string,
  method: string,
  words: readonly string[],
  options: NotifyCommandOptions,
): Promise<ExitCode> {
  const client = clientFor(address, options);
  const params = await paramsOf(words, systemSources(), options.params);
  const signal = interruption();
  try {
    await client.notify(method, params, { signal });
    if (options.json) out.line(JSON.stringify({ sent: true }));
    return ExitCode.Ok;
  } catch (error) {
    throw signal.aborted ? new InterruptedError() : error;
  } finally {
    await client.close();
  }
}
