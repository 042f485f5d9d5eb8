import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const KEPT = 1_000;

/** Where the lines of earlier sessions are kept: `$XDG_STATE_HOME/tsjason/history`, by default under `~/.local/state`. */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "tsjason", "history");
}

/** The lines of earlier sessions, the newest first, as readline wants them. None where there is no file. */
export function readHistory(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).reverse();
  } catch {
    return [];
  }
}

/**
 * What keeps the newest lines, for this user only: once for all that come in one turn, as pasted lines do by the thousand. A
 * history that cannot be kept is no reason to fail.
 */
export function historyKeeper(file: string): (lines: readonly string[]) => void {
  let newest: readonly string[] | undefined;
  return (lines) => {
    if (newest === undefined) setImmediate(write);
    newest = lines;
  };

  function write(): void {
    const lines = newest ?? [];
    newest = undefined;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, `${lines.slice(0, KEPT).reverse().join("\n")}\n`, { mode: 0o600 });
    } catch {}
  }
}
