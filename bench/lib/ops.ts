/*
 * What a process is asked to do, by the process that started it: one request at a time over Node's own channel
 * between parent and child.
 */

// biome-ignore lint/suspicious/noExplicitAny: each operation types its own argument
export type Ops = Record<string, (args: any) => unknown>;

export interface OpRequest {
  readonly id: number;
  readonly op: string;
  readonly args: unknown;
}

export interface OpResponse {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/* Nothing here outlives the longest run by much, whatever happens to its parent. */
const LONGEST_LIFE_MS = 30 * 60_000;

/** Answers the parent's requests until it goes away. */
export function answerOps(ops: Ops): void {
  process.on("message", async ({ id, op, args }: OpRequest) => {
    let response: OpResponse;
    try {
      response = { id, value: await ops[op]?.(args) };
    } catch (error) {
      response = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    process.send?.(response);
  });
  process.on("disconnect", () => process.exit(0));
  setTimeout(() => process.exit(3), LONGEST_LIFE_MS).unref();
  process.send?.({ id: 0 } satisfies OpResponse);
}

export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

/** What is in use once the garbage is gone. */
export function collectedMemory(): Memory {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss };
}

/** CPU time this process has used, in microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
