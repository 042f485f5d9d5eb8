import { type VariantName, variantOf } from "../adapters/index.ts";
import type { MemoryResult } from "./results.ts";
import { Pair, shortly, type WireOptions } from "./wire.ts";

/* What connections and calls hold, and what a server holds for a client that never reads. */

const MiB = 1024 * 1024;
const CONNECTIONS = 1_000;
/* Twice as many are outstanding in the end, which is still under every limit. */
const CALLS = 3_500;
const NEVER_READ = { bytes: 48 * MiB, size: 64 * 1024, ms: 6_000 };

/* A heap that has been in use for a while, so that what is measured later is held and not just not collected yet. */
const WARM_UP = { kind: "call", outstanding: 64, ms: 400, maxCalls: 1e9 } as const;

export const memoryVariants: readonly VariantName[] = [
  "floor",
  "tsjason",
  "jayson",
  "rpc-websockets",
  "json-rpc-2.0",
  "birpc",
  "vscode-jsonrpc",
];

export async function measureMemory(variant: VariantName, options: WireOptions): Promise<MemoryResult> {
  const { can = [] } = variantOf(variant);
  try {
    return {
      variant,
      idleConnection: await idleConnection(variant, options),
      ...(can.includes("hold") && { outstandingCall: await outstandingCall(variant, options) }),
      ...(can.includes("raw") && { neverRead: await neverRead(variant, options) }),
    };
  } catch (error) {
    options.warn(`the memory of ${variant} cannot be measured: ${shortly(error)}`);
    return { variant, failure: shortly(error) };
  }
}

async function withPair<T>(
  variant: VariantName,
  options: WireOptions,
  size: number,
  use: (pair: Pair) => Promise<T>,
): Promise<T> {
  const pair = await Pair.open(variant, options);
  try {
    await pair.slice({ ...WARM_UP, size });
    return await use(pair);
  } finally {
    await pair.close();
  }
}

/** Each has made one call. */
function idleConnection(variant: VariantName, options: WireOptions): Promise<number> {
  return withPair(variant, options, 13, async ({ server, client }) => {
    // A first lot is opened and closed, so that tables that only grow have grown.
    const use = async (count: number) => {
      await client.call("connections", { count });
      await client.call("load", { kind: "call", outstanding: 1, size: 13, ms: 0, maxCalls: count });
      await new Promise((resolve) => setTimeout(resolve, 200));
      return await server.call("memory", undefined);
    };
    await use(CONNECTIONS);
    const before = await use(1);
    const after = await use(CONNECTIONS);
    return (after.heapUsed - before.heapUsed) / (CONNECTIONS - 1);
  });
}

function outstandingCall(variant: VariantName, options: WireOptions): Promise<{ client: number; server: number }> {
  return withPair(variant, options, 13, async ({ server, client }) => {
    await client.call("hold", { calls: CALLS, size: 13 });
    const before = { server: await server.call("memory", undefined), client: await client.call("memory", undefined) };
    await client.call("hold", { calls: CALLS, size: 13 });
    const after = { server: await server.call("memory", undefined), client: await client.call("memory", undefined) };
    const each = (side: "server" | "client") => (after[side].heapUsed - before[side].heapUsed) / CALLS;
    return { client: each("client"), server: each("server") };
  });
}

function neverRead(variant: VariantName, options: WireOptions): Promise<Required<MemoryResult>["neverRead"]> {
  return withPair(variant, options, NEVER_READ.size, async ({ server, client }) => {
    const before = await server.call("memory", undefined);
    const { taken, ended } = await client.call("neverRead", NEVER_READ, NEVER_READ.ms + 10_000);
    const after = await server.call("memory", undefined);
    // Queued text is on the heap, or outside of it where Node.js has copied it to write it.
    const held = after.heapUsed + after.external - before.heapUsed - before.external;
    const grown = Math.max(held, after.rss - before.rss, 0);
    return { askedMiB: taken / MiB, grownMiB: grown / MiB, ended };
  });
}
