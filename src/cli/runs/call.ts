import type { Client } from "../../client/client.ts";
import { isRpcError } from "../../protocol/errors/rpc-error.ts";
import type { Params } from "../../protocol/message.ts";
import { clientFor } from "../connect/client.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { interruption } from "../interruption.ts";
import { errorRecord, shownError } from "../output/error.ts";
import { out } from "../output/out.ts";
import { showResult } from "../output/result.ts";
import { paramsOf } from "../words/params.ts";
import { systemSources } from "../words/sources.ts";

interface CallCommandOptions extends ConnectOptions {
  readonly params?: string;
  readonly repeat: number;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** Does what `tsjason call` is for. */
export async function run(
  address: string,
  method: string,
  words: readonly string[],
  options: CallCommandOptions,
): Promise<ExitCode> {
  const client = clientFor(address, options);
  const params = await paramsOf(words, systemSources(), options.params);
  const signal = interruption();
  try {
    if (options.repeat > 1) return await repeatedly(client, method, params, options, signal);
    await once(client, method, params, options, signal);
    return ExitCode.Ok;
  } catch (error) {
    hint(error, words);
    signal.throwIfAborted();
    throw error;
  } finally {
    await client.close({ timeout: 1_000 });
  }
}

/** Makes one call and prints its result. */
async function once(
  client: Client,
  method: string,
  params: Params | undefined,
  options: CallCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  const start = performance.now();
  const result = await client.call(method, params, { signal });
  const ms = performance.now() - start;
  showResult(result, ms, options);
  return ms;
}

/** Goes on after error answers, and stops at what ends a connection. */
async function repeatedly(
  client: Client,
  method: string,
  params: Params | undefined,
  options: CallCommandOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  let answered = 0;
  let errors = 0;
  let spent = 0;
  let worst: ExitCode = ExitCode.Ok;
  while (answered + errors < options.repeat && !signal.aborted) {
    try {
      spent += await once(client, method, params, options, signal);
      answered++;
    } catch (error) {
      if (signal.aborted) break;
      if (options.json) out.line(JSON.stringify(errorRecord(error)));
      else out.note(shownError(error, out.paintError));
      worst = exitCodeOf(error);
      if (!isRpcError(error)) break;
      errors++;
    }
  }
  if (!options.json) {
    const mean = answered === 0 ? "" : `, ${(spent / answered).toFixed(2)} ms a call`;
    out.note(
      out.paintError(
        "dim",
        `${answered + errors} of ${options.repeat} calls: ${answered} results, ${errors} errors${mean}`,
      ),
    );
  }
  return signal.aborted ? ExitCode.Interrupted : worst;
}

const INVALID_PARAMS = -32602;

/** The likely slip: JSON that was meant as all the params is one param. */
function hint(error: unknown, words: readonly string[]): void {
  if (!isRpcError(error, INVALID_PARAMS) || words.length !== 1 || !/^\s*[[{]/.test(words[0] ?? "")) return;
  out.note(
    out.paintError("dim", "hint: the JSON went as one param; to send it as all the params, write --params before it"),
  );
}
