import { diallerOf } from "../connect/dial.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { compactJson } from "../output/json.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import type { Difference, Outcome } from "../replay/difference.ts";
import { recordingOf } from "../replay/recording.ts";
import { Replay } from "../replay/replay.ts";
import { Conversation } from "../wire/conversation.ts";
import { systemSources } from "../words/sources.ts";

interface ReplayCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** Does what `tsjason replay` is for. */
export async function run(file: string, address: string, options: ReplayCommandOptions): Promise<ExitCode> {
  const sources = systemSources();
  const records = recordingOf(file === "-" ? await sources.stdin() : await sources.file(file));
  const dialler = diallerOf(address, options);
  const signal = interruption();
  const timeout = options.timeout === 0 ? 2 ** 31 - 1 : options.timeout;
  const player = new Replay(async () => new Conversation(await dialler.dial(signal), dialler.address), timeout);
  try {
    await player.play(records, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    player.close();
  }
  const { differences } = player.outcome;
  if (options.json) out.line(JSON.stringify(player.outcome));
  else {
    for (const difference of differences) out.line(shown(difference));
    out.line(out.paint(differences.length === 0 ? "green" : "red", summary(player.outcome)));
  }
  if (signal.aborted) return ExitCode.Interrupted;
  return differences.length === 0 ? ExitCode.Ok : ExitCode.Negative;
}

function summary({ sent, compared, awaited, differences }: Outcome): string {
  const count = (is: (expected: object) => boolean) =>
    differences.filter(({ expected }) => expected && is(expected)).length;
  const answers = `${compared - count((expected) => !isSaid(expected))} of ${compared} answers are the same`;
  const heard = `${awaited - count(isSaid)} of ${awaited} calls and notifications of the server came`;
  return `${sent} messages sent, ${answers}${awaited === 0 ? "" : `, ${heard}`}`;
}

/** Whether it is something the server said of its own accord. */
function isSaid(expected: object): boolean {
  return "method" in expected;
}

function shown({ connection, id, method, expected, got, why }: Difference): string {
  const place = [`connection ${connection}`];
  if (id !== undefined) place.push(`id ${compactJson(id)}`);
  if (method !== undefined) place.push(safeText(method));
  const was = expected ? compactJson(expected) : "nothing";
  const is = got ? compactJson(got) : `nothing (${safeText(why ?? "")})`;
  return `${out.paint("bold", place.join(", "))}\n  ${out.paint("red", "then")} ${was}\n  ${out.paint("green", "now ")} ${is}`;
}
