import { FramedChannel } from "../../framing/framed-channel.ts";
import type { Framing } from "../../framing/framing.ts";
import { trusted } from "../../protocol/limits.ts";
import { systemClock, timeoutOf } from "../../time/clock.ts";
import { type Address, InvalidAddressError } from "../address.ts";
import type { ChildExitError } from "../child-exit-error.ts";
import { framingOf } from "../socket-address.ts";
import type { Transport } from "../transport.ts";
import { tapped } from "../wire-tap.ts";
import { type ChildOptions, startChild } from "./child.ts";
import { Crashes, type CrashLimits } from "./crashes.ts";
import { StdioListener } from "./listener.ts";
import { takeOwnStreams } from "./own.ts";

/** What a client says of the program it runs and speaks to. */
export interface StdioDialOptions {
  /** The program: a path, or a name that is looked up in PATH. No shell reads it. */
  readonly command: string;
  /** Its arguments. Default: none. */
  readonly args?: readonly string[];
  /** Its working directory. Default: this process's. */
  readonly cwd?: string | URL;
  /** Its environment, all of it. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * What becomes of what it writes to its standard error, which is read in any case.
   *
   * - `"inherit"`: it goes to this process's standard error as it comes. While more than 1 MiB waits to be written
   *   there, more is dropped. The default.
   * - `"ignore"`: it is thrown away.
   * - a function: called with each line, without its end; one of more than 8,192 characters comes in several. What it
   *   throws is dropped.
   */
  readonly stderr?: "inherit" | "ignore" | ((line: string) => void);
  /** Milliseconds it may take to exit when its stdin has ended; then it is sent SIGTERM. 0 for ever. Default: 2,000. */
  readonly exitTimeout?: number;
  /** Milliseconds it may take to exit on SIGTERM; then it is sent SIGKILL. 0 for ever. Default: 2,000. */
  readonly killTimeout?: number;
  /**
   * How often it may crash within `crashWindow`: exit unasked, with another status than 0 or by a signal. After that
   * dials fail without starting it, until the first of these crashes is `crashWindow` ago. Default: 5; Infinity
   * for no end.
   */
  readonly maxCrashes?: number;
  /** Milliseconds. Default: 60,000. */
  readonly crashWindow?: number;
}

/**
 * Standard input and output: `stdio:`. `?framing=netstring` names the framing, netstrings by default.
 *
 * Dialling starts the program that the option `stdio` names, {@link StdioDialOptions}, and speaks to it on its stdin
 * and stdout. Closing ends its stdin, then sends SIGTERM, then SIGKILL, and is over when it has exited. When it exits
 * by itself, the reason of the disconnection is a `ChildExitError`.
 *
 * Listening serves on this process's own stdin and stdout, which works once in a process. From then on, to its end,
 * what anybody else writes to `process.stdout`, `console.log` included, goes to stderr. The listener ends by itself
 * with its connection: when stdin has ended and all answers are out, or when nobody reads stdout any more.
 *
 * Default limits: the `trusted` profile.
 */
export const stdio: Transport = {
  limits: trusted,

  async connect(address, { limits, signal, transport, tap }) {
    const framing = stdioFraming(address);
    const options = optionsOf(transport);
    const crashes = crashesOf(transport);
    crashes.assertFew(options, systemClock.now());
    const onCrash = (error: ChildExitError) => crashes.add(error, systemClock.now());
    const child = await startChild({ ...options, onCrash }, signal);
    const peer = { transport: "stdio", pid: child.pid };
    return new FramedChannel(tapped(child, tap), { framing, limits, peer, whyEnded: () => child.exit });
  },

  async listen(address, { limits }, accept) {
    const framing = stdioFraming(address);
    return new StdioListener(address.url.href, takeOwnStreams(), (streams) => {
      accept(new FramedChannel(streams, { framing, limits, peer: { transport: "stdio" } }));
    });
  },
};

/** @throws InvalidAddressError when there is more than the scheme and parameters */
export function stdioFraming(address: Address): Framing {
  if (!/^stdio:(\?[^#]*)?$/i.test(address.text.trim())) {
    const why = 'expected nothing behind "stdio:" but parameters; the program to run is the option stdio.command';
    throw new InvalidAddressError(address.text, why);
  }
  return framingOf(address);
}

/** What the user said under `stdio`, and the defaults. */
function optionsOf(transport: Readonly<Record<string, unknown>>): Omit<ChildOptions, "onCrash"> & CrashLimits {
  const { stdio: given = {} } = transport;
  const expect = (what: string, got: unknown): never => {
    throw new TypeError(`expected ${what}, got ${got === null ? "null" : typeof got}`);
  };
  if (typeof given !== "object" || given === null) expect("an object as the option stdio", given);
  const { command, args = [], cwd, env, stderr = "inherit", ...numbers } = given as Partial<StdioDialOptions>;
  if (typeof command !== "string" || command === "") {
    throw new TypeError("expected the program to run as the option stdio.command, got none");
  }
  if (!Array.isArray(args)) expect("an array as the option stdio.args", args);
  if (typeof stderr !== "function" && stderr !== "inherit" && stderr !== "ignore") {
    throw new TypeError(`expected "inherit", "ignore" or a function as the option stdio.stderr, got ${String(stderr)}`);
  }
  const { exitTimeout = 2_000, killTimeout = 2_000, maxCrashes = 5, crashWindow = 60_000 } = numbers;
  if (typeof maxCrashes !== "number" || !(maxCrashes > 0)) {
    throw new RangeError(`expected a number above zero as stdio.maxCrashes, got ${String(maxCrashes)}`);
  }
  if (typeof crashWindow !== "number" || !(crashWindow >= 0)) {
    throw new RangeError(`expected milliseconds as stdio.crashWindow, got ${String(crashWindow)}`);
  }
  return {
    command,
    args,
    cwd,
    env,
    stderr: typeof stderr === "function" ? harmless(stderr) : stderr,
    exitTimeout: msOf("exitTimeout", exitTimeout),
    killTimeout: msOf("killTimeout", killTimeout),
    maxCrashes,
    crashWindow,
  };
}

function msOf(name: string, ms: number): number {
  if (typeof ms === "number" && ms >= 0) return timeoutOf(ms);
  throw new RangeError(`expected milliseconds, or 0 for ever, as stdio.${name}, got ${String(ms)}`);
}

/** What it throws is dropped: it would end the process. */
function harmless(onLine: (line: string) => void): (line: string) => void {
  return (line) => {
    try {
      onLine(line);
    } catch {}
  };
}

/* A client tells each of its dials the same object. */
const crashesByClient = new WeakMap<object, Crashes>();

function crashesOf(client: object): Crashes {
  const crashes = crashesByClient.get(client) ?? new Crashes();
  crashesByClient.set(client, crashes);
  return crashes;
}
