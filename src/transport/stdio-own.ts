import { isMainThread } from "node:worker_threads";
import { guardedStderr } from "./stdio-stderr.ts";
import { StreamPair } from "./stdio-streams.ts";

/**
 * The streams a server speaks on, ended as a server ends: when all is written, nobody reads any more either. A pipe
 * has no other end that could still be waiting to be heard.
 */
export class OwnStreams extends StreamPair {
  override _final(done: (error?: Error | null) => void): void {
    super._final((error) => {
      this.input.destroy();
      done(error);
    });
  }
}

/** This process's stdin and stdout, taken. */
export interface TakenStreams {
  /** Starts to use them. */
  open(): OwnStreams;
  /** Undoes the taking, as long as they were not opened. */
  giveBack(): void;
}

let taken = false;

/**
 * Takes this process's stdin and stdout. From here on what anybody else writes to `process.stdout`, `console.log` for
 * one, goes to stderr.
 *
 * @throws Error with the code `EADDRINUSE` when they were taken before
 */
export function takeOwnStreams(): TakenStreams {
  const { stdin, stdout } = process;
  assertFree(stdin);
  taken = true;
  const inherited = !Object.hasOwn(stdout, "write");
  const { write } = stdout;
  stdout.write = (...args: unknown[]): boolean => {
    Reflect.apply(guardedStderr().write, process.stderr, args);
    // Who heard `false` would wait for stdout to drain.
    return true;
  };
  return {
    open: () => new OwnStreams(stdin, stdout, write.bind(stdout)),
    giveBack: () => {
      if (inherited) Reflect.deleteProperty(stdout, "write");
      else stdout.write = write;
      taken = false;
    },
  };
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
