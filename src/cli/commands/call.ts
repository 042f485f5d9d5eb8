import type { Command } from "commander";
import type { Client } from "../../client/client.ts";
import { isRpcError } from "../../protocol/errors/rpc-error.ts";
import type { Params } from "../../protocol/message.ts";
import { action, examples } from "../command.ts";
import { clientFor } from "../connect/client.ts";
import { addConnectOptions, type ConnectOptions } from "../connect/options.ts";
import { ExitCode, exitCodeOf } from "../exit-code.ts";
import { InterruptedError, interruption } from "../interruption.ts";
import { errorRecord, shownError } from "../output/error.ts";
import { out } from "../output/out.ts";
import { showResult } from "../output/result.ts";
import { count } from "../words/numbers.ts";
import { paramsOf } from "../words/params.ts";
import { systemSources } from "../words/sources.ts";

interface CallCommandOptions extends ConnectOptions {
  readonly params?: string;
  readonly repeat: number;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** `tsjason call`. */
export function addCall(program: Command): void {
  const command = program
    .command("call")
    .description("call a method, and print its result")
    .argument("<address>", "whom to call: tcp://host:port, ws://…, http://…, unix:/path, stdio:, …")
    .argument("<method>", "the method's name")
    .argument("[params...]", "by position (words or JSON), or all by name (name=value); - or @file for a file")
    .option("--params <json>", "all params as one JSON array or object, or - or @file")
    .option("--repeat <times>", "make the call so many times, one after another", count(1_000_000), 1)
    .option("--raw", "print a result that is a string as it is, without quotes")
    .option("--json", "for machines: a line of JSON a call, {result, ms}, {error} or {failure}");
  addConnectOptions(command)
    .addHelpText(
      "after",
      examples(
        ["tsjason call tcp://127.0.0.1:7080 add 1 2", "params by position: [1, 2]"],
        [
          "tsjason call ws://127.0.0.1:8080/rpc subtract minuend=5 subtrahend=3",
          'by name: {"minuend": 5, "subtrahend": 3}',
        ],
        [`tsjason call unix:/run/app.sock put '{"a": 1}' '"5"'`, 'JSON where it is JSON, else text: [{"a": 1}, "5"]'],
        ["tsjason call http://127.0.0.1:6800/jsonrpc import @params.json", "all params out of a file"],
        ["tsjason call stdio: echo hello -- node server.js", "start a program, and call it on its stdin and stdout"],
      ),
    )
    .addHelpText(
      "after",
      "\nExits with 0 for a result, 1 for an error answer, 2 for a wrong command line, 3 without a connection,\n4 without an answer in time, 5 for an answer that is no JSON-RPC, 130 after Ctrl-C.",
    )
    .action(action(call));
}

async function call(
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
    throw signal.aborted ? new InterruptedError() : error;
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
