import { type VariantName, variantOf } from "../adapters/index.ts";
import type { Served, ServeOptions } from "../lib/adapter.ts";
import { answerOps, collectedMemory, cpuMicros } from "../lib/ops.ts";

/* A server of one library. */

let served: Served | undefined;

export const serverOps = {
  async start({ variant, ...options }: ServeOptions & { readonly variant: VariantName }): Promise<number> {
    const adapter = await variantOf(variant).load();
    served = await adapter.serve(options);
    return served.port;
  },
  cpu: (_: undefined) => cpuMicros(),
  memory: (_: undefined) => collectedMemory(),
  rss: (_: undefined) => process.memoryUsage().rss,
  notified: (_: undefined) => served?.notified?.(),
};

export type ServerOps = typeof serverOps;

answerOps(serverOps);
