/** A child process has exited, and nobody had asked it to. */
export class ChildExitError extends Error {
  override name = "ChildExitError";
  /** The program, as it was given. */
  readonly command: string;
  /** Its exit status; `null` when a signal ended it. */
  readonly status: number | null;
  /** The signal that ended it, for example `SIGKILL`; `null` when it exited by itself. */
  readonly signal: NodeJS.Signals | null;
  /** The last it wrote to its standard error: at most 20 lines of at most 1,000 characters each. */
  readonly stderr: readonly string[];

  constructor(command: string, status: number | null, signal: NodeJS.Signals | null, stderr: readonly string[]) {
    const how = signal === null ? `exited with status ${status}` : `was ended by ${signal}`;
    const said = stderr.length === 0 ? "" : `; the last it wrote to stderr:\n${stderr.join("\n")}`;
    super(`${command} ${how}${said}`);
    this.command = command;
    this.status = status;
    this.signal = signal;
    this.stderr = stderr;
  }
}
