import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Writable } from "node:stream";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { builtPackage } from "./built.ts";
import { cleanUp } from "./cleanup.ts";

/** How the command is run. */
export interface CommandOptions {
  /** What it reads from its stdin, which then ends. */
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Redirections as a shell has them, such as `> /dev/full`. */
  readonly redirected?: string;
  /** Nobody reads what it prints to stdout, from before it begins. */
  readonly unread?: boolean;
}

/** How large a terminal is. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** How the command ended. */
export interface Ended {
  readonly status: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

const pty = fileURLToPath(new URL("./terminal.py", import.meta.url));

/** What the command sees of the environment: nothing of CI or NO_COLOR, say, which decide on colours. */
const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    ["PATH", "HOME", "TMPDIR"].flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
  ),
  TERM: "xterm-256color",
};

/** Why a test at a terminal is skipped; `false` where it can run. */
export const noTerminal =
  spawnSync("python3", ["-c", "import pty"]).status === 0 ? false : "needs Python 3, which makes a terminal for it";

/** The command `tsjason`, built and run as its users run it. It is gone after the test. */
export class RunningCommand {
  readonly #process: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";
  readonly #looks = new Set<() => void>();

  constructor(test: TestContext, args: readonly string[], options: CommandOptions = {}, terminal?: TerminalSize) {
    const main = join(builtPackage(), "dist/cli/main.js");
    const { redirected, unread = false } = options;
    const command = [
      ...(terminal ? ["python3", pty, `${terminal.rows}`, `${terminal.columns}`] : []),
      ...(redirected === undefined ? [] : ["sh", "-c", `exec "$0" "$@" ${redirected}`]),
      ...(unread ? ["sh", "-c", 'read -r word <&3; exec "$0" "$@" 3<&-'] : []),
      ...[process.execPath, main, ...args],
    ];
    this.#process = spawn(command[0] as string, command.slice(1), {
      stdio: unread ? ["pipe", "pipe", "pipe", "pipe"] : "pipe",
      env: { ...environment, ...options.env },
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    this.#process.stdout?.setEncoding("utf8").on("data", (text) => this.#took("stdout", text));
    this.#process.stderr?.setEncoding("utf8").on("data", (text) => this.#took("stderr", text));
    if (unread) {
      this.closeStdout();
      (this.#process.stdio[3] as Writable).end("begin\n");
    }
    // It may end before it has read all.
    this.#process.stdin?.on("error", () => {});
    if (options.input !== undefined) this.#process.stdin?.end(options.input);
    this.ended = once(this.#process, "close").then(([status, signal]) => {
      for (const look of this.#looks) look();
      return { status: status ?? signal, stdout: this.stdout, stderr: this.stderr };
    });
    cleanUp(test, () => this.kill());
  }

  /** Types something. */
  type(text: string): void {
    this.#process.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Reads no more of what it prints, as `head` when it has its lines. */
  closeStdout(): void {
    this.#process.stdout?.destroy();
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.signal("SIGKILL");
    await this.ended;
  }

  /** Resolves with what a pattern finds in what it printed, once it does. */
  async prints(pattern: RegExp, where: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    return await new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this[where]);
        const isOver = this.#process.exitCode !== null || this.#process.signalCode !== null;
        if (!match && !isOver) return;
        this.#looks.delete(look);
        if (match) resolve(match);
        else reject(new Error(`it ended without ${pattern} in its ${where}:\n${this.stdout}${this.stderr}`));
      };
      this.#looks.add(look);
      look();
    });
  }

  #took(where: "stdout" | "stderr", text: string): void {
    this[where] += text;
    for (const look of [...this.#looks]) look();
  }
}

/** Starts the command. */
export function start(test: TestContext, args: readonly string[], options?: CommandOptions): RunningCommand {
  return new RunningCommand(test, args, options);
}

/** Starts it at a terminal: what it prints, to either stream, is in `stdout`. */
export function startAtTerminal(
  test: TestContext,
  args: readonly string[],
  options?: CommandOptions,
  size: TerminalSize = { rows: 30, columns: 100 },
): RunningCommand {
  return new RunningCommand(test, args, options, size);
}

/** Runs the command to its end. Without `input` its stdin is empty. */
export async function tsjason(
  test: TestContext,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  return await start(test, args, { input: "", ...options }).ended;
}

/** Runs it, and expects it to exit with 0 and to say nothing on stderr. */
export async function output(test: TestContext, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { status, stdout, stderr } = await tsjason(test, args, options);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" }, `tsjason ${args.join(" ")}\n${stdout}`);
  return stdout;
}
