import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";
import { count } from "../words/numbers.ts";

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
    .action(action(() => import("../runs/call.ts")));
}
