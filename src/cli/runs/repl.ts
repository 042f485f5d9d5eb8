import { createInterface, type Interface } from "node:readline";
import { clientFor } from "../connect/client.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { assertTimeout } from "../connect/target.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";
import { historyFile, readHistory, writeHistory } from "../repl/history.ts";
import { ReplSession } from "../repl/session.ts";
import { TypedLines } from "../repl/typed-lines.ts";
import { membersOf } from "../wire/replies.ts";
import { shownMessages } from "../wire/show-message.ts";

/** Does what `tsjason repl` is for. */
export async function run(address: string, options: ConnectOptions): Promise<ExitCode> {
  let lines: Interface | undefined;
  const client = clientFor(address, options, (direction, text) => {
    if (direction === "in" && membersOf(text).some(({ kind }) => kind !== "response")) showUnasked(text, lines);
  });
  const session = new ReplSession(client, options.timeout, (timeout) => assertTimeout(address, timeout));
  try {
    await client.connect();
    lines = openLines(session);
    const typed = new TypedLines(lines);
    await session.discover();
    await doLines(typed, lines, session);
    return ExitCode.Ok;
  } finally {
    lines?.close();
    await client.close({ timeout: 1_000 });
  }
}

function openLines(session: ReplSession): Interface {
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const file = historyFile();
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal,
    prompt: terminal ? out.paint("bold", "> ") : "",
    completer: (line: string) => session.complete(line),
    ...(terminal && { history: readHistory(file), historySize: 1_000 }),
  });
  if (terminal) lines.on("history", (history) => writeHistory(file, history));
  lines.on("SIGINT", () => {
    if (session.interrupt()) return;
    // A line that was begun is dropped; on an empty one Ctrl-C ends the session.
    if (lines.line === "") lines.close();
    else lines.write(null, { ctrl: true, name: "u" });
  });
  return lines;
}

/** Does one line after another; those that are typed meanwhile wait. */
async function doLines(typed: TypedLines, lines: Interface, session: ReplSession): Promise<void> {
  for (;;) {
    if (!typed.closed) lines.prompt();
    const line = await typed.next();
    if (line === undefined || !(await session.line(line))) return;
  }
}

/** Prints what came by itself above the line that is being typed. */
function showUnasked(text: string, lines: Interface | undefined): void {
  if (lines?.terminal) process.stdout.write("\r\u001b[K");
  for (const line of shownMessages(text, out.paint)) out.line(`${out.paint("magenta", "<")} ${line}`);
  if (lines?.terminal) lines.prompt(true);
}
