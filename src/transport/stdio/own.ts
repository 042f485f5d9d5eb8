import { isMainThread } from "node:worker_threads";
import { guardedStderr } from "./stderr.ts";
import { StreamPair } from "./streams.ts";

/* A timer as long as timers can be. */
const LONG_MS = 2 ** 31 - 1;

/**
 * The streams a server speaks on. They end as a server ends: when all is written, nobody reads any more either. A pipe
 * has no other end that could still be waiting to be heard.
 */
export class OwnStreams extends StreamPair {
  #hold: NodeJS.Timeout | undefined;

  override _final(done: (error?: Error | null) => void): void {
    super._final((error) => {
      this.input.destroy();
      done(error);
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#hold);
    super._destroy(error, done);
  }

  /** The process stays alive until the last answers are out, as with a socket, also if nothing else keeps it. */
  protected override inputEnded(): void {
    if (!this.destroyed) this.#hold = setInterval(() => {}, LONG_MS);
    super.inputEnded();
  }
}

let taken = false;

/**
 * Takes this process's stdin and stdout, for good. From here on what anybody else writes to `process.stdout`,
 * `console.log` for one, goes to stderr; also when the serving is over, since behind the last message it would pass
 * for a broken one.
 *
 * @throws Error with the code `EADDRINUSE` when they were taken before
 */
export function takeOwnStreams(): OwnStreams {
  const { stdin, stdout } = process;
  assertFree(stdin);
  taken = true;
  const streams = new OwnStreams(stdin, stdout);
  stdout.write = (...args: unknown[]): boolean => {
    Reflect.apply(guardedStderr().write, process.stderr, args);
    // Who heard `false` would wait for stdout to drain.
    return true;
  };
  return streams;
}

function assertFree(stdin: NodeJS.ReadStream): void {
  const fail = (message: string, code: string) => {
    throw Object.assign(new Error(message), { code });
  };
  if (!isMainThread) fail("a worker has no stdin and stdout of its own: serve on them in the main thread", "EINVAL");
  if (taken) fail("this process serves on its stdin and stdout already, or did: it has them once", "EADDRINUSE");
  if (stdin.destroyed || stdin.readableDidRead) {
    fail("somebody else has read from this process's stdin: what they read is missing", "EADDRINUSE");
  }
}
