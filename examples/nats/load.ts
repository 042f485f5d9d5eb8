import { type Client, isCallError } from "tsjason";

/** What the copies offer. */
export interface Api {
  work(job: number): Promise<string>;
}

/** Calls at a steady pace, and what became of each. */
export class Load {
  made = 0;
  /** By which copy they were answered. */
  readonly answered = new Map<string, number>();
  /** Those that nobody can know the end of: made once more, since doing this work twice does no harm. */
  unknown = 0;
  readonly failures: unknown[] = [];
  readonly #client: Client<Api>;
  readonly #open = new Set<Promise<void>>();

  constructor(client: Client<Api>) {
    this.#client = client;
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
      const name = await this.#client.call("work", [job]).catch((error) => this.#again(job, error));
      this.answered.set(name, (this.answered.get(name) ?? 0) + 1);
    } catch (error) {
      this.failures.push(error);
    }
  }

  #again(job: number, error: unknown): Promise<string> {
    if (!isCallError(error) || error.outcome !== "unknown") throw error;
    this.unknown++;
    console.log(`  call ${job}: ${error.message}, outcome ${error.outcome}; made once more`);
    return this.#client.call("work", [job]);
  }
}
