import { Command } from "commander";
import { addBatch } from "./commands/batch.ts";
import { addBench } from "./commands/bench.ts";
import { addCall } from "./commands/call.ts";
import { addCheck } from "./commands/check.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDiff } from "./commands/diff.ts";
import { addDiscover } from "./commands/discover.ts";
import { addListen } from "./commands/listen.ts";
import { addNotify } from "./commands/notify.ts";
import { addProxy } from "./commands/proxy.ts";
import { addRepl } from "./commands/repl.ts";
import { addReplay } from "./commands/replay.ts";
import { addServe } from "./commands/serve.ts";
import { addTypes } from "./commands/types.ts";

/* In the order of the help: what is done most comes first. */
const commands = [
  addCall,
  addNotify,
  addBatch,
  addRepl,
  addListen,
  addServe,
  addProxy,
  addReplay,
  addBench,
  addCheck,
  addDiscover,
  addTypes,
  addDiff,
  addCompletion,
];

/** The command line, as commander has it. */
export function programOf(version: string): Command {
  const program = new Command("tsjason")
    .description("JSON-RPC 2.0 from a shell: call, serve, watch, bridge, measure and check, over any transport.")
    .version(version)
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `
tsjason help <command> has examples of each. Colours only on a terminal, and not with NO_COLOR.`,
    );
  // Also by the commands that are added from here on: what it throws is an exit status here.
  program.exitOverride().helpCommand("help [command]", "what a command does, with examples");
  for (const add of commands) add(program);
  return program;
}
