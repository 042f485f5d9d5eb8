import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { diallerOf } from "../connect/dial.ts";
import { addConnectOptions, type ConnectOptions } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { compactJson } from "../output/json.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import { recordingOf } from "../replay/recording.ts";
import { type Difference, Replay } from "../replay/replay.ts";
import { Conversation } from "../wire/conversation.ts";
import { systemSources } from "../words/sources.ts";

interface ReplayCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** `tsjason replay`. */
export function addReplay(program: Command): void {
  const command = program
    .command("replay")
    .description("play a recording of proxy --log to a server, and compare its answers")
    .argument("<file>", "the recording; - for standard input")
    .argument("<address>", "whom to play it to")
    .option("--json", "for machines: {sent, compared, differences}");
  addConnectOptions(command)
    .addHelpText(
      "after",
      `
Each recorded connection gets one of its own. Answers are compared by their ids, in any order; what the server says
unasked is not. Exits with 0 when all answers are the same, with 1 when one is not.
${examples(["tsjason replay calls.jsonl tcp://127.0.0.1:7080", "does the new version answer as the old one did?"])}`,
    )
    .action(action(replay));
}

async function replay(file: string, address: string, options: ReplayCommandOptions): Promise<ExitCode> {
  const sources = systemSources();
  const records = recordingOf(file === "-" ? await sources.stdin() : await sources.file(file));
  const dialler = diallerOf(address, options);
  const signal = interruption();
  const timeout = options.timeout === 0 ? 2 ** 31 - 1 : options.timeout;
  const player = new Replay(async () => new Conversation(await dialler.dial(signal), dialler.address), timeout);
  try {
    await player.play(records, signal);
  } finally {
    player.close();
  }
  const { sent, compared, differences } = player.outcome;
  if (options.json) out.line(JSON.stringify(player.outcome));
  else {
    for (const difference of differences) out.line(shown(difference));
    const same = `${compared - differences.filter(({ expected }) => expected).length} of ${compared} answers are the same`;
    out.line(out.paint(differences.length === 0 ? "green" : "red", `${sent} messages sent, ${same}`));
  }
  if (signal.aborted) return ExitCode.Interrupted;
  return differences.length === 0 ? ExitCode.Ok : ExitCode.Negative;
}

function shown({ connection, id, method, expected, got, why }: Difference): string {
  const head = `connection ${connection}, id ${compactJson(id)}${method === undefined ? "" : `, ${safeText(method)}`}`;
  const was = expected ? compactJson(expected) : "no such answer";
  const is = got ? compactJson(got) : `nothing (${safeText(why ?? "")})`;
  return `${out.paint("bold", head)}\n  ${out.paint("red", "then")} ${was}\n  ${out.paint("green", "now ")} ${is}`;
}
