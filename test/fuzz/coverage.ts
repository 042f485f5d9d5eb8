import { Session } from "node:inspector/promises";

/** What V8 reports of a script, as far as it is of use here. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
  }[];
}

/** Which blocks of the sources were ever run, as V8 counts them. */
export class Coverage {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  /** How many blocks were run so far. */
  get blocks(): number {
    return this.#seen.size;
  }

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    // Counts go back to zero with each look, so that it tells of what ran since.
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    await this.take();
  }

  /** The blocks that were run since the last look. */
  async take(): Promise<ReadonlySet<string>> {
    const { result } = (await this.#session.post("Profiler.takePreciseCoverage")) as {
      readonly result: readonly ScriptCoverage[];
    };
    const run = new Set<string>();
    for (const { url, functions } of result) {
      if (!url.includes("/src/")) continue;
      for (const { functionName, ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) run.add(`${url} ${functionName} ${startOffset}-${endOffset}`);
        }
      }
    }
    return run;
  }

  /** Those of some blocks that never were run before; from now on they were. */
  fresh(blocks: ReadonlySet<string>): readonly string[] {
    const fresh = [...blocks].filter((block) => !this.#seen.has(block));
    for (const block of fresh) this.#seen.add(block);
    return fresh;
  }

  stop(): void {
    this.#session.disconnect();
  }
}
