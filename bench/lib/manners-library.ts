/* The libraries whose manners are looked at, each as its documentation has one write it. */

/** A library's client, or what its user makes of it. */
export interface MannersClient {
  call(method: string, params: readonly unknown[]): PromiseLike<unknown>;
}

export interface MannersLibrary {
  /** Serves `echo(text)`, `slow(ms)`, `big()` (a BigInt) and `fail()` (throws an Error). */
  serve(): Promise<number>;
  connect(port: number): Promise<MannersClient>;
}

/** How a library's messages travel. */
export type MannersWire = "netstring" | "line" | "content-length" | "ws";

export interface MannersEntry {
  readonly package?: string;
  readonly wire: MannersWire;
  /** Its messages are JSON-RPC 2.0. */
  readonly jsonRpc: boolean;
  /** It leaves the connection to its user. */
  readonly ownTransport: boolean;
  readonly load: () => Promise<MannersLibrary>;
}

const libraries = () => import("./manners-libraries.ts");

export const mannersEntries = {
  tsjason: {
    wire: "netstring",
    jsonRpc: true,
    ownTransport: false,
    load: async () => (await libraries()).tsjason,
  },
  jayson: {
    package: "jayson",
    wire: "line",
    jsonRpc: true,
    ownTransport: false,
    load: async () => (await libraries()).jaysonTcp,
  },
  "rpc-websockets": {
    package: "rpc-websockets",
    wire: "ws",
    jsonRpc: true,
    ownTransport: false,
    load: async () => (await libraries()).rpcWebsockets,
  },
  "json-rpc-2.0": {
    package: "json-rpc-2.0",
    wire: "ws",
    jsonRpc: true,
    ownTransport: true,
    load: async () => (await libraries()).jsonRpc20,
  },
  "vscode-jsonrpc": {
    package: "vscode-jsonrpc",
    wire: "content-length",
    jsonRpc: true,
    ownTransport: true,
    load: async () => (await libraries()).vscodeJsonrpc,
  },
  birpc: {
    package: "birpc",
    wire: "line",
    jsonRpc: false,
    ownTransport: true,
    load: async () => (await libraries()).birpc,
  },
} satisfies Record<string, MannersEntry>;

export type MannersName = keyof typeof mannersEntries;

export function mannersEntry(name: MannersName): MannersEntry {
  return mannersEntries[name];
}
