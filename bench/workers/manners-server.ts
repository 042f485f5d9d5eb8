import { type MannersName, mannersEntry } from "../lib/manners-library.ts";
import { answerOps } from "../lib/ops.ts";

/* A server of one library. What it throws where nobody catches it ends this process, as it would its user's. */

export const mannersServerOps = {
  async start({ library }: { readonly library: MannersName }): Promise<number> {
    return (await mannersEntry(library).load()).serve();
  },
};

export type MannersServerOps = typeof mannersServerOps;

answerOps(mannersServerOps);
