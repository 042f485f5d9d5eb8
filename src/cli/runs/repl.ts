import { createInterface, type Interface } from "node:readline";
import { clientFor } from "../connect/client.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { assertTimeout } from "../connect/target.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";
import { historyFile, historyKeeper, readHistory } from "../repl/history.ts";
import { printAbove } from "../repl/print-above.ts";
import { ReplSession } from "../repl/session.ts";
import { TypedLines } from "../repl/typed-lines.ts";
import { membersOf } from "../wire/replies.ts";
import { shownMessages } from "../wire/show-message.ts";

/** Does what `tsjason repl` is for. */
export async function run(address: string, options: ConnectOptions): Promise<ExitCode> {
  let lines: Interface | undefined;
  const client = clientFor(address, options, (direction, text) => {
    if (direction === "in" && membersOf(text).some(({ kind }) => kind !== "response"))
      printAbove(lines, () => showUnasked(text));
  });
  const session = new ReplSession(
    client,
    options.timeout,
    (timeout) => assertTimeout(address, timeout),
    (show) => (lines?.line ? printAbove(lines, show) : show()),
  );
  try {
    await client.connect();
    lines = openLines(session);
    const typed = new TypedLines(lines);
    const opened = lines;
    lines.on("SIGINT", () => onInterrupt(opened, typed, session));
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
  if (terminal) lines.on("history", historyKeeper(file));
  return lines;
}

/** Ctrl-C gives up what goes on, and what was pasted behind it; a line that was begun is dropped; on an empty one it ends. */
function onInterrupt(lines: Interface, typed: TypedLines, session: ReplSession): void {
  const waited = typed.drop();
  if (session.interrupt() || waited) return;
  if (lines.line === "") lines.close();
  else {
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
  }
}

/** Does one line after another; those that are typed meanwhile wait. */
async function doLines(typed: TypedLines, lines: Interface, session: ReplSession): Promise<void> {
  for (;;) {
    // What was typed while the last line was done stays, and so does the cursor.
    if (!typed.closed) lines.prompt(true);
    const line = await typed.next();
    if (line === undefined || !(await session.line(line))) return;
  }
}

/** Prints what came by itself. */
function showUnasked(text: string): void {
  for (const line of shownMessages(text, out.paint)) out.line(`${out.paint("magenta", "<")} ${line}`);
}
