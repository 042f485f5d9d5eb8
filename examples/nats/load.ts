import { tracingChannel } from "node:diagnostics_channel";
import { type CallTrace, type Client, isCallError } from "tsjason";

/** What the copies offer. */
export interface Api {
  work(job: number): Promise<string>;
}

/** Calls at a steady pace, and what became of each. */
export class Load {
  made = 0;
  /** By which copy they were answered. */
  readonly answered = new Map<string, number>();
  /** Attempts of which nobody can know the end: the client makes another, since doing this work twice does no harm. */
  unknown = 0;
  readonly failures: unknown[] = [];
  readonly #client: Client<Api>;
  readonly #open = new Set<Promise<void>>();

  constructor(client: Client<Api>) {
    this.#client = client;
    // The library tells of each attempt, and the call below only of the last one.
    tracingChannel<unknown, CallTrace>("tsjason:call").error.subscribe((told) => this.#failed(told as CallTrace));
  }

  /** Makes so many calls, one every few milliseconds, without waiting for answers. */
  async run(calls: number, everyMs: number): Promise<void> {
    for (let at = 0; at < calls; at++) {
      const call = this.#call(this.made++).finally(() => this.#open.delete(call));
      this.#open.add(call);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  /** Resolves when none is open. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #call(job: number): Promise<void> {
    try {
      const name = await this.#client.call("work", [job]);
      this.answered.set(name, (this.answered.get(name) ?? 0) + 1);
    } catch (error) {
      this.failures.push(error);
    }
  }

  #failed({ params, error }: CallTrace): void {
    if (!isCallError(error) || error.outcome !== "unknown") return;
    this.unknown++;
    console.log(`  job ${params}: ${error.message}, outcome ${error.outcome}; tried again`);
  }
}
