import { clientFor } from "../connect/client.ts";
import type { ConnectOptions } from "../connect/options.ts";

/** Asks a server for its OpenRPC document: what it answers is given as it came. */
export async function askForDocument(address: string, options: ConnectOptions, signal: AbortSignal): Promise<unknown> {
  const client = clientFor(address, options);
  try {
    return await client.call("rpc.discover", undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await client.close();
  }
}
