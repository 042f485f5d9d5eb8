import { once } from "node:events";
import type { TestContext } from "node:test";
import { connectSync, type SyncClient, type SyncClientOptions } from "../../src/sync/index.ts";
import { cleanUp, type Ending } from "./cleanup.ts";
import { Log } from "./log.ts";
import type { Served } from "./serving-worker.ts";
import { startWorker } from "./start-worker.ts";
import { temporaryDirectory } from "./temporary.ts";

/**
 * Serves in a worker until the test, or the file, is over: see `serving-worker.ts`.
 *
 * @param addresses - `unix:` stands for a fresh path
 * @returns the addresses to dial
 */
export async function serveApart(
  test: Ending,
  addresses: readonly string[] = ["tcp://127.0.0.1:0"],
  options: Served["options"] = {},
): Promise<readonly string[]> {
  const real = addresses.map((address) => (address === "unix:" ? `unix:${temporaryDirectory(test)}/s` : address));
  const worker = startWorker(test, "serving-worker.ts", { addresses: real, options } satisfies Served);
  const [served] = await once(worker, "message");
  return served;
}

/** A client whose calls block; closed after the test. */
export function blockingClient(
  test: TestContext,
  address: string | readonly string[],
  options: SyncClientOptions = {},
): SyncClient & { readonly log: Log } {
  const log = new Log();
  const client = connectSync(address, { logger: log, ...options });
  cleanUp(test, () => client.close({ timeout: 0 }));
  return Object.assign(client, { log });
}

/** What a function throws; fails where it throws nothing. */
export function thrownBy(action: () => unknown): Error & Record<string, unknown> {
  try {
    action();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("it threw nothing");
}

/**
 * Plays a peer in a worker until the test is over: see `scripted-worker.ts`.
 *
 * @returns the address to dial
 */
export async function playApart(test: Ending, script: readonly string[]): Promise<string> {
  const worker = startWorker(test, "scripted-worker.ts", script);
  const [port] = await once(worker, "message");
  return `tcp://127.0.0.1:${port}?framing=newline`;
}
