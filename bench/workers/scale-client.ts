import { official, tsjasonNats, tsjasonTcp, type Where } from "../adapters/scale.ts";
import type { Caller } from "../lib/adapter.ts";
import { type Load, type LoadResult, newHistogram, runLoad } from "../lib/load.ts";
import { answerOps, cpuMicros } from "../lib/ops.ts";

/* A client of servers of which there are several. */

const adapters = { tsjasonNats, tsjasonTcp, official };

export interface ScaleStart extends Where {
  readonly adapter: keyof typeof adapters;
  readonly connections: number;
}

let echoing: Caller[] = [];
let busy: Caller[] = [];

export const scaleClientOps = {
  async start({ adapter, connections, ...where }: ScaleStart): Promise<void> {
    const { connect, connectBusy } = adapters[adapter];
    // One after the other, so that a port that is shared gives each process its own.
    for (let count = 0; count < connections; count++) {
      echoing = [...echoing, await connect(where)];
      await echoing.at(-1)?.echo("");
    }
    for (let count = 0; count < connections; count++) {
      busy = [...busy, await connectBusy(where)];
      await busy.at(-1)?.echo("");
    }
  },

  async load({ isBusy, ...load }: Load & { readonly isBusy: boolean }): Promise<LoadResult & { readonly cpu: number }> {
    const before = cpuMicros();
    const result = await runLoad(isBusy ? busy : echoing, () => Promise.reject(), load, newHistogram());
    return { ...result, cpu: cpuMicros() - before };
  },
};

export type ScaleClientOps = typeof scaleClientOps;

answerOps(scaleClientOps);
