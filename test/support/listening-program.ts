/**
 * A program that listens and echoes, as other processes see it. It is told what to do over IPC:
 *
 * - `{ listen: address }` → `{ address }` of the listener, or `{ code }` of the error
 * - `{ close: true }` → `{ closed: true }`
 */

import { resolveLimits } from "../../src/protocol/limits.ts";
import { routeTo } from "../../src/transport/registry.ts";
import type { Listener } from "../../src/transport/transport.ts";
import { accepting } from "./accepting.ts";
import { Recorder } from "./recorder.ts";

/** What the program can be told. */
export type Order = { readonly listen: string } | { readonly close: true };
/** What it answers. */
export interface Report {
  readonly address?: string;
  readonly code?: string;
  readonly closed?: true;
}

let listener: Listener | undefined;

async function obey(order: Order): Promise<Report> {
  if ("close" in order) {
    await listener?.close();
    return { closed: true };
  }
  const { address, load } = routeTo(order.listen);
  const transport = await load();
  const options = accepting(resolveLimits(undefined, transport.limits));
  try {
    listener = await transport.listen(address, options, (channel) => {
      const owner: Recorder = new Recorder(channel, {
        message: () => channel.send(owner.messages.at(-1) as string),
        ended: () => channel.close(),
      });
    });
    return { address: listener.address };
  } catch (error) {
    return { code: String((error as NodeJS.ErrnoException).code) };
  }
}

process.on("message", (order) => {
  void obey(order as Order).then((report) => process.send?.(report));
});
process.on("disconnect", () => process.exit());
