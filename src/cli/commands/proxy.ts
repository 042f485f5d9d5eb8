import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addListenOptions } from "../connect/listen-options.ts";
import { addConnectOptions, FOR_TEXTS, framingOption } from "../connect/options.ts";

/** `tsjason proxy`. */
export function addProxy(program: Command): void {
  const command = program
    .command("proxy")
    .description("bridge any transport and framing to any other, in both directions")
    .argument("<listen>", "where clients come in: ws://127.0.0.1:8080, http://…, tcp://…, unix:/path, stdio:")
    .argument("<target>", "where they are taken: tcp://127.0.0.1:7080, http://…, stdio: with -- and a program, …")
    .option("--log <file>", "record every message there, as lines of JSON for replay");
  command.addOption(
    framingOption("--listen-framing <name>", "as --framing, which is the target's, for those who come in"),
  );
  addConnectOptions(addListenOptions(command, "--listen-"), FOR_TEXTS)
    .addHelpText(
      "after",
      `
Each connection that comes in gets one of its own to the target; messages pass as they are. Over HTTP each request is
passed on by itself, and what the target says unasked cannot be.
Where either side is HTTP or NATS, a call that is not answered within --timeout gets error -32098. From connection to
connection calls pass without a limit of their own: --timeout is for dialling, and for what is still owed when one has ended.
${examples(
  ["tsjason proxy ws://127.0.0.1:8080 tcp://127.0.0.1:7080", "a browser reaches a service that speaks netstrings"],
  ["tsjason proxy stdio: tcp://127.0.0.1:7080 --listen-framing newline", "a shell does, a line a message"],
  [
    "tsjason proxy tcp://127.0.0.1:7081 stdio: --framing content-length -- my-language-server --stdio",
    "a language server on a port",
  ],
  ["tsjason proxy http://127.0.0.1:8080/rpc tcp://127.0.0.1:7080 --log calls.jsonl", "record what passes"],
)}`,
    )
    .action(action(() => import("../runs/proxy.ts")));
}
