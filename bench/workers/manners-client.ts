import { setTimeout as sleep } from "node:timers/promises";
import { type MannersClient, type MannersName, mannersEntry } from "../lib/manners-library.ts";
import { answerOps } from "../lib/ops.ts";

/* A client of one library. */

let client: MannersClient | undefined;

export interface Settlement {
  readonly how: "result" | "error" | "never";
  readonly text: string;
  readonly ms: number;
}

export const mannersClientOps = {
  async start({ library, port }: { readonly library: MannersName; readonly port: number }): Promise<void> {
    client = await (await mannersEntry(library).load()).connect(port);
  },

  async call({ method, params, wait }: { method: string; params: unknown[]; wait: number }): Promise<Settlement> {
    const start = Date.now();
    const settled = (how: Settlement["how"], text: unknown) => ({ how, text: String(text), ms: Date.now() - start });
    const call = async () => client?.call(method, params);
    return Promise.race([
      call().then(
        (value) => settled("result", value),
        (error) => settled("error", (error as Error | undefined)?.message ?? error),
      ),
      sleep(wait).then(() => settled("never", "")),
    ]);
  },
};

export type MannersClientOps = typeof mannersClientOps;

answerOps(mannersClientOps);
