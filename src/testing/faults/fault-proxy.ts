import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../time/clock.ts";
import { type Address, InvalidAddressError, parseAddress } from "../../transport/address.ts";
import { socketPath, unixAddress } from "../../transport/socket-address.ts";
import type { Fault, FaultPlan } from "./fault.ts";
import { ProxiedConnection, reset } from "./proxied-connection.ts";

/** How a {@link FaultProxy} is made. */
export interface FaultProxyOptions {
  /** What befalls each connection. Default: nothing, until `apply`. */
  readonly plan?: FaultPlan;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/* The ports of URLs that name none. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { ws: 80, http: 80, wss: 443, https: 443 };

/**
 * Stands between a client and a server and lets go wrong what goes wrong on networks: it passes bytes on, and breaks,
 * delays, stalls or spoils connections as it is told.
 *
 * ```ts
 * const proxy = await FaultProxy.listen("tcp://127.0.0.1:7080");
 * const client = new Client(proxy.address);
 * proxy.apply({ kind: "cut", towards: "client", after: 10 });
 * ```
 *
 * It knows bytes only, so it stands in front of any address over a byte stream: tcp, tls, unix, ws, wss, http, https
 * and registered ones of the form `scheme://host:port`. TLS is passed through, so the server's certificate has to be one for
 * 127.0.0.1, or the client's option `servername` has to say whose it is.
 */
export class FaultProxy {
  /** What to dial: the target's address, but for host and port, or path. */
  readonly address: string;
  readonly #server: Server;
  readonly #target: Place;
  readonly #directory: string | undefined;
  readonly #clock: Clock;
  readonly #plan: FaultPlan;
  readonly #connections = new Set<ProxiedConnection>();
  #accepted = 0;
  #refuses = false;
  #closed: Promise<void> | undefined;

  private constructor(server: Server, address: Address, directory: string | undefined, options: FaultProxyOptions) {
    this.#server = server;
    this.#target = placeOf(address);
    this.#directory = directory;
    this.#clock = options.clock ?? systemClock;
    this.#plan = options.plan ?? (() => []);
    this.address =
      directory === undefined
        ? withPlace(address, (server.address() as AddressInfo).port)
        : unixAddress(join(directory, "s"), address);
    server.on("connection", (socket) => this.#accept(socket));
  }

  /**
   * Listens, on a port of 127.0.0.1 that the system picks, or for a `unix:` address on a socket in a new directory.
   *
   * @param target - the server's address. Nobody needs to listen there yet
   * @throws InvalidAddressError when it is none that a byte stream leads to
   */
  static async listen(target: string | URL, options: FaultProxyOptions = {}): Promise<FaultProxy> {
    const address = parseAddress(target);
    const place = placeOf(address);
    const directory = "path" in place ? await mkdtemp(join(tmpdir(), "tsj-")) : undefined;
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(directory === undefined ? { host: "127.0.0.1", port: 0 } : { path: join(directory, "s") });
    await once(server, "listening");
    return new FaultProxy(server, address, directory, options);
  }

  /** The connections that are not over. */
  get connections(): ReadonlySet<ProxiedConnection> {
    return this.#connections;
  }

  /** How many connections there have been. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Lets something go wrong on every connection that there is now. */
  apply(fault: Fault): void {
    for (const connection of this.#connections) connection.apply(fault);
  }

  /** Ends every connection. */
  cut(): void {
    for (const connection of [...this.#connections]) connection.cut();
  }

  /** Whether new connections are reset at once, as if nobody listened. Default: `false`. */
  get refuses(): boolean {
    return this.#refuses;
  }

  set refuses(refuses: boolean) {
    this.#refuses = refuses;
  }

  /** Stops listening and ends every connection. Idempotent; resolves when nothing is left. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await Promise.all([closed, ...[...this.#connections].map((connection) => connection.closed)]);
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  #accept(client: Socket): void {
    if (this.#refuses) {
      client.on("error", () => {});
      reset(client);
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const connection = new ProxiedConnection(this.#accepted++, client, server, this.#clock);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    for (const fault of this.#plan(connection.index)) connection.apply(fault);
  }
}

type Place = { readonly path: string } | { readonly host: string; readonly port: number };

/** @throws InvalidAddressError */
function placeOf(address: Address): Place {
  const { scheme, url } = address;
  if (scheme === "unix") return { path: socketPath(address) };
  const port = url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port);
  if (url.hostname === "" || port === undefined) {
    throw new InvalidAddressError(address.text, 'expected one of a byte stream: "scheme://host:port" or "unix:/path"');
  }
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port };
}

function withPlace(address: Address, port: number): string {
  const url = new URL(address.url);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return url.href;
}
