import { setMaxListeners } from "node:events";
import type { Client } from "../../client/client.ts";
import { DialError } from "../../connection/errors/dial-error.ts";
import { isRpcError } from "../../protocol/errors/rpc-error.ts";
import { ExitCode } from "../exit-code.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { Latencies } from "./latencies.ts";

/** What to load with. It ends with the first of its bounds. */
export interface Load {
  /** Makes one call. */
  readonly call: (client: Client, signal: AbortSignal) => Promise<unknown>;
  /** Calls under way at once, on each connection. */
  readonly concurrency: number;
  /** How many calls, in all. */
  readonly count: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Calls a second, in all; `undefined` for as many as go. */
  readonly rate: number | undefined;
}

/** What came of the calls since the last look. */
export interface Sample {
  /** Milliseconds since the start. */
  readonly at: number;
  /** Results a second. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
}

/* A connection that cannot be had is not asked for without a pause. */
const PAUSE_MS = 100;

/**
 * A load of calls, bounded in number and time.
 *
 * Without a rate each of the callers makes its next call when it has its answer. With one, calls are due at fixed times, and a
 * latency counts from when its call was due: a server that stalls is not spared the calls it has held up.
 */
export class LoadRun {
  readonly latencies = new Latencies();
  /** What went wrong, and how often: error answers by code, all else by kind. */
  readonly errors = new Map<string, number>();
  readonly samples: Sample[] = [];
  /** Milliseconds from the first call to the last answer. */
  elapsed = 0;
  readonly #load: Load;
  readonly #unreached = new AbortController();
  /** Aborts when it is stopped, or nobody was reached. */
  readonly #stop: AbortSignal;
  #start = 0;
  #begun = 0;
  #failed = 0;
  #recent = new Latencies();
  #recentErrors = 0;
  #lookedAt = 0;

  constructor(load: Load, stop: AbortSignal) {
    this.#load = load;
    this.#stop = AbortSignal.any([stop, this.#unreached.signal]);
    // As many calls and pauses wait for it as there are callers.
    setMaxListeners(0, this.#stop);
  }

  /** How many calls have ended, well or not. */
  get ended(): number {
    return this.latencies.count + this.#failed;
  }

  /** How much of the work is done, from 0 to 1. */
  get progress(): number {
    const { count, duration } = this.#load;
    return Math.min(1, Math.max(this.ended / count, this.#now() / duration));
  }

  /**
   * Resolves when it is over; what is under way then has been answered, or given up if it was stopped.
   *
   * @throws DialError, as a rejection and at once, when the first that is heard of the server is that nobody is there: over
   *   HTTP that shows in calls only
   */
  async run(clients: readonly Client[]): Promise<void> {
    this.#start = performance.now();
    const callers = clients.flatMap((client) =>
      Array.from({ length: this.#load.concurrency }, () => this.#caller(client)),
    );
    await Promise.all(callers);
    this.#unreached.signal.throwIfAborted();
    this.elapsed = this.#now();
  }

  /** Keeps what happened since the last look. */
  look(): Sample {
    const at = this.#now();
    const summary = this.#recent.summary();
    const sample = {
      at,
      rate: (this.#recent.count * 1_000) / Math.max(1, at - this.#lookedAt),
      p50: summary?.p50 ?? 0,
      p99: summary?.p99 ?? 0,
      errors: this.#recentErrors,
    };
    this.samples.push(sample);
    this.#recent = new Latencies();
    this.#recentErrors = 0;
    this.#lookedAt = at;
    return sample;
  }

  #now(): number {
    return performance.now() - this.#start;
  }

  async #caller(client: Client): Promise<void> {
    for (;;) {
      const due = this.#next();
      if (due === undefined) return;
      const wait = due - this.#now();
      if (wait > 0) await pause(wait, this.#stop);
      if (this.#stop.aborted) return;
      // Who had to wait for its time is not late, but for what a timer is.
      const isLate = wait <= 0 && this.#load.rate !== undefined;
      await this.#one(client, isLate ? due : this.#now());
    }
  }

  /** When the next call is due; `undefined` when there is to be none. */
  #next(): number | undefined {
    const { count, duration, rate } = this.#load;
    if (this.#stop.aborted || this.#begun >= count || this.#now() >= duration) return undefined;
    const due = rate === undefined ? 0 : (this.#begun * 1_000) / rate;
    if (due >= duration) return undefined;
    this.#begun++;
    return due;
  }

  async #one(client: Client, since: number): Promise<void> {
    try {
      await this.#load.call(client, this.#stop);
      const ms = this.#now() - since;
      this.latencies.add(ms);
      this.#recent.add(ms);
    } catch (error) {
      if (!this.#stop.aborted) await this.#failedWith(error);
    }
  }

  async #failedWith(error: unknown): Promise<void> {
    if (error instanceof DialError && this.ended === 0) {
      this.#unreached.abort(error);
      return;
    }
    const name = isRpcError(error) ? `error ${error.code}` : (error as Error).name;
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1);
    this.#failed++;
    this.#recentErrors++;
    if (exitCodeOf(error) === ExitCode.NoConnection) await pause(PAUSE_MS, this.#stop);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
