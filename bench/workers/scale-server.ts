import cluster from "node:cluster";
import { once } from "node:events";
import { official, tsjasonNats, tsjasonTcp, type Where } from "../adapters/scale.ts";
import { answerOps, cpuMicros } from "../lib/ops.ts";

/* A copy of a server; or a process that has several of them share a port, which are this file too. */

const adapters = { tsjasonNats, official };

export const scaleServerOps = {
  serve: ({ adapter, ...where }: Where & { readonly adapter: keyof typeof adapters }) => adapters[adapter].serve(where),

  async serveShared({ processes, port }: { readonly processes: number; readonly port: number }): Promise<void> {
    cluster.setupPrimary({ execArgv: [] });
    const ready = Array.from({ length: processes }, () => once(cluster.fork({ SCALE_PORT: String(port) }), "message"));
    await Promise.all(ready);
  },

  cpu: (_: undefined) => cpuMicros(),
};

export type ScaleServerOps = typeof scaleServerOps;

if (cluster.isPrimary) answerOps(scaleServerOps);
else {
  await tsjasonTcp.serve({ broker: "", name: "", port: Number(process.env.SCALE_PORT) });
  process.on("disconnect", () => process.exit(0));
  process.send?.("ready");
}
