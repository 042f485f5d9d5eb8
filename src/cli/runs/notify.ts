import { clientFor } from "../connect/client.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { out } from "../output/out.ts";
import { paramsOf } from "../words/params.ts";
import { systemSources } from "../words/sources.ts";

interface NotifyCommandOptions extends ConnectOptions {
  readonly params?: string;
  readonly json?: boolean;
}

/** Does what `tsjason notify` is for. */
export async function run(
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
    signal.throwIfAborted();
    throw error;
  } finally {
    await client.close();
  }
}
