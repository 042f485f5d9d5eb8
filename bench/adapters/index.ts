import type { Adapter } from "../lib/adapter.ts";

/** One row of the results. */
export interface Variant {
  readonly label: string;
  /** The package, whose version is printed; none for what is in this repository. */
  readonly package?: string;
  /** Loaded in the process that needs it, and in no other. */
  readonly load: () => Promise<Adapter>;
  /** What it can do besides calls. */
  readonly can?: readonly ("batch" | "notify" | "tls" | "raw" | "hold")[];
  /** How many calls one slice may make at most. */
  readonly maxCalls?: number;
  /** It blocks: there is one call at a time, and no other. */
  readonly blocks?: boolean;
}

const tsjason = () => import("./tsjason.ts");
const jayson = () => import("./jayson.ts");

/** All there is, by the name it has on the command line. */
export const variants = {
  floor: {
    label: "hand-written floor",
    load: async () => (await import("./floor.ts")).floor,
    can: ["notify", "tls", "raw", "hold"],
  },
  "floor-again": {
    label: "the same floor again (noise)",
    load: async () => (await import("./floor.ts")).floor,
    can: ["notify", "tls", "hold"],
  },
  "floor-once": {
    label: "the floor with one write a turn",
    load: async () => (await import("./floor.ts")).floorOnce,
  },
  tsjason: {
    label: "tsjason",
    load: async () => (await tsjason()).tsjason,
    can: ["batch", "notify", "tls", "raw", "hold"],
  },
  "tsjason-proxy": {
    label: "tsjason, typed proxy",
    load: async () => (await tsjason()).tsjasonProxy,
  },
  "tsjason-async": {
    label: "tsjason, async method",
    load: async () => (await tsjason()).tsjasonAsync,
  },
  "tsjason-ws": {
    label: "tsjason over WebSocket",
    load: async () => (await tsjason()).tsjasonWs,
    can: ["batch", "notify", "raw"],
  },
  "tsjason-http": {
    label: "tsjason over HTTP",
    load: async () => (await tsjason()).tsjasonHttp,
  },
  "tsjason-sync": {
    label: "tsjason, blocking calls",
    load: async () => (await import("./tsjason-sync.ts")).tsjasonSync,
    blocks: true,
  },
  jayson: {
    label: "jayson over tcp, made to pipeline",
    package: "jayson",
    load: async () => (await jayson()).jaysonPipelined,
    can: ["batch", "notify", "raw"],
  },
  "jayson-client": {
    label: "jayson's own tcp client",
    package: "jayson",
    load: async () => (await jayson()).jaysonClient,
    // It opens a connection for each call, and closed ones occupy their ports for a while.
    maxCalls: 1_000,
  },
  "jayson-http": {
    label: "jayson over HTTP, connections kept",
    package: "jayson",
    load: async () => (await import("./jayson-http.ts")).jaysonHttp,
  },
  "rpc-websockets": {
    label: "rpc-websockets",
    package: "rpc-websockets",
    load: async () => (await import("./rpc-websockets.ts")).rpcWebsockets,
    can: ["notify", "raw"],
  },
  "json-rpc-2.0": {
    label: "json-rpc-2.0 over ws",
    package: "json-rpc-2.0",
    load: async () => (await import("./json-rpc-2.0.ts")).jsonRpc20,
    can: ["batch", "notify", "raw"],
  },
  birpc: {
    label: "birpc over a socket",
    package: "birpc",
    load: async () => (await import("./birpc.ts")).birpc,
    can: ["notify", "raw"],
  },
  capnweb: {
    label: "capnweb over ws",
    package: "capnweb",
    load: async () => (await import("./capnweb.ts")).capnweb,
  },
  "vscode-jsonrpc": {
    label: "vscode-jsonrpc over a socket",
    package: "vscode-jsonrpc",
    load: async () => (await import("./vscode-jsonrpc.ts")).vscodeJsonrpc,
    can: ["notify", "raw"],
  },
  grpc: {
    label: "@grpc/grpc-js",
    package: "@grpc/grpc-js",
    load: async () => (await import("./grpc.ts")).grpc,
  },
} satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;

export function variantOf(name: VariantName): Variant {
  return variants[name];
}
