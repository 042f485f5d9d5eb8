import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { systemClock } from "../../time/clock.ts";
import { ChildExitError } from "../child-exit-error.ts";
import { Lines } from "./lines.ts";
import { passOn } from "./stderr.ts";
import { StreamPair } from "./streams.ts";

/** How a child is run and ended. */
export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | URL | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly stderr: "inherit" | "ignore" | ((line: string) => void);
  /** Milliseconds from the end of its stdin to SIGTERM, Infinity for no end. */
  readonly exitTimeout: number;
  /** Milliseconds from SIGTERM to SIGKILL, Infinity for no end. */
  readonly killTimeout: number;
  /** Told when the child failed by itself. */
  readonly onCrash: (error: ChildExitError) => void;
}

type ExitStatus = readonly [status: number | null, signal: NodeJS.Signals | null];

/* A process that ends is heard of in parts: its stdin breaks, its stdout and stderr end, it exits. They come together,
 * in any order. When one has come, the others are waited for this long, so that the reason is known. */
const PARTS_MS = 200;

/**
 * Starts a child process.
 *
 * @returns its stdin and stdout as a duplex
 * @throws what the platform says, for example an `ENOENT`; or the signal's reason: the child is being ended then
 */
export function startChild(options: ChildOptions, signal: AbortSignal): Promise<ChildStreams> {
  const { command, args, cwd, env } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(command, args, { cwd, env, stdio: "pipe", windowsHide: true });
    const settle = () => {
      child.off("spawn", onSpawn).off("error", onFailure);
      signal.removeEventListener("abort", onAbort);
    };
    const onSpawn = () => {
      settle();
      resolve(new ChildStreams(child, options));
    };
    const onFailure = (error: NodeJS.ErrnoException) => {
      settle();
      reject(cwd !== undefined && error.code === "ENOENT" ? whichIsMissing(cwd, error) : error);
    };
    const onAbort = () => {
      settle();
      // It may fail yet, or be there already.
      child.on("error", () => {});
      child.once("spawn", () => new ChildStreams(child, options).on("error", () => {}).destroy());
      reject(signal.reason);
    };
    child.on("spawn", onSpawn).on("error", onFailure);
    signal.addEventListener("abort", onAbort);
  });
}

/** The platform says of a working directory that is not there that the program is not. */
function whichIsMissing(cwd: string | URL, error: NodeJS.ErrnoException): Error {
  if (existsSync(cwd)) return error;
  const { code } = error;
  return Object.assign(new Error(`the working directory ${String(cwd)} does not exist`, { cause: error }), { code });
}

/**
 * A child process' stdin and stdout as a duplex, and the child's life with it: ending the duplex ends its stdin and
 * waits for its exit, with SIGTERM and SIGKILL where it takes too long; destroying it sends SIGTERM at once. The duplex
 * has closed when the child has exited.
 */
export class ChildStreams extends StreamPair {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #options: ChildOptions;
  readonly #lines: Lines;

  /** Whether this side wants it to end. */
  #asked = false;
  /** Why its stdin or stdout cannot be used. */
  #broken: Error | undefined;
  /** How it exited. */
  #status: ExitStatus | undefined;
  #exit: ChildExitError | undefined;
  #terminated = false;
  #callOff: () => void = () => {};

  #waiting = false;
  /** It has exited, and what it had written was read. */
  #gone = false;
  #onGone: () => void = () => {};
  #endTold = false;

  constructor(child: ChildProcessWithoutNullStreams, options: ChildOptions) {
    super(child.stdout, child.stdin);
    this.#child = child;
    this.#options = options;
    const { stderr } = options;
    this.#lines = new Lines(typeof stderr === "function" ? stderr : () => {});
    child.stderr.on("data", (chunk) => {
      this.#lines.feed(chunk);
      if (stderr === "inherit") passOn(chunk);
    });
    child.stderr.on("end", () => this.#lines.end()).on("error", () => {});
    // A signal that cannot be sent is told here too.
    child.on("error", () => {});
    child.on("exit", (status, signal) => {
      this.#status = [status, signal];
      this.#callOff();
      this.#waitForTheRest();
    });
    // Behind the exit and the ends of all its streams.
    child.on("close", () => this.#conclude());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How it exited, if it did so unasked. */
  get exit(): ChildExitError | undefined {
    return this.#exit;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#asked = true;
    if (this.#status || this.#broken) done();
    else super._final(() => done());
    if (this.#status) return;
    this.#callOff = systemClock.after(this.#options.exitTimeout, () => this.#terminate());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const inGoodOrder = this.writableFinished;
    this.#asked = true;
    this.#onGone = () => done(error ?? (inGoodOrder ? this.#complaint() : null));
    if (this.#gone) {
      this.#onGone();
      return;
    }
    this.output.destroy();
    // It must not wait for somebody to read what it still has to say.
    this.input.resume();
    if (!inGoodOrder && !this.#status) this.#terminate();
  }

  protected override inputEnded(): void {
    this.#waitForTheRest();
  }

  protected override failed(error: Error): void {
    this.#broken ??= error;
    this.#waitForTheRest();
  }

  #waitForTheRest(): void {
    if (this.#gone) this.#conclude();
    if (this.#gone || this.#waiting) return;
    this.#waiting = true;
    // Behind what has arrived meanwhile: in a busy process this timer may come first.
    systemClock.after(PARTS_MS, () => setImmediate(() => this.#conclude()));
  }

  /** Draws the conclusion from the parts of the end that have come. There may be another one when more do. */
  #conclude(): void {
    this.#waiting = false;
    if (this.#status && !this.#gone) this.#bury(this.#status);
    if (this.destroyed) return;
    const failure = this.#exit?.status === 0 && !this.#broken ? undefined : (this.#exit ?? this.#broken);
    if (failure && !this.#asked) this.destroy(failure);
    else if (!this.#endTold) {
      this.#endTold = true;
      this.push(null);
    }
  }

  #bury([status, signal]: ExitStatus): void {
    this.#gone = true;
    this.#lines.end();
    if (!this.#asked) {
      this.#exit = new ChildExitError(this.#options.command, status, signal, this.#lines.last);
      if (status !== 0) this.#options.onCrash(this.#exit);
    }
    // Its own children may hold the other ends.
    for (const stream of [this.output, this.input, this.#child.stderr]) stream.destroy();
    this.#onGone();
  }

  #terminate(): void {
    this.#terminated = true;
    this.#child.kill("SIGTERM");
    this.#callOff = systemClock.after(this.#options.killTimeout, () => {
      if (this.#child.kill("SIGKILL")) return;
      // It is another user's by now. There is no more that can be done.
      this.#child.unref();
      this.#bury([null, null]);
    });
  }

  /** What is to be said of an exit that was asked for: nothing, if it was as it should be. */
  #complaint(): Error | null {
    const { command, exitTimeout } = this.#options;
    const exit = this.#exit ?? (this.#status && new ChildExitError(command, ...this.#status, this.#lines.last));
    if (!this.#terminated) return exit?.status === 0 ? null : (exit ?? null);
    const why = `${command} did not exit within ${exitTimeout} ms of the end of its stdin, and was sent SIGTERM`;
    return new Error(why, { cause: exit });
  }
}
