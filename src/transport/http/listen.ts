import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Limits } from "../../protocol/limits.ts";
import { type Address, InvalidAddressError, parametersOf } from "../address.ts";
import { Authorizing } from "../authorizing.ts";
import { guard, UNAVAILABLE } from "../door.ts";
import { pathOf } from "../request-target.ts";
import { secureListenOptions, watchHandshakes } from "../secure.ts";
import { listening } from "../socket.ts";
import { withPort } from "../socket-address.ts";
import type { AcceptOptions, Listener } from "../transport.ts";
import { refused } from "./answer.ts";
import { Gate, namesLoopback } from "./gate.ts";
import { HttpListener } from "./listener.ts";
import { nodeHandlerOf } from "./node-handler.ts";
import { NodePieces } from "./node-pieces.ts";
import { write } from "./node-request.ts";
import type { HttpListenOptions } from "./options.ts";

const KEEP_ALIVE_MS = 5_000;
/* How often Node.js looks for requests that take too long. */
const CHECK_MS = 1_000;

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Listens for requests on one path. See `HttpListenOptions`. */
export async function listen(scheme: "http" | "https", address: Address, options: AcceptOptions): Promise<Listener> {
  const { limits, transport, refused: report, serve, counters } = options;
  const where = { host: hostOf(address), port: portOf(scheme, address) };
  const given = listenOptions(transport);
  const front = {
    gate: new Gate(given, namesLoopback(address.url.hostname)),
    authorizing: given.authorize && new Authorizing(given.authorize, limits, limits.handshakeTime),
    limits,
    counters,
    serve,
    failed: report,
  };
  const handler = nodeHandlerOf(front, { newPieces: (limit) => new NodePieces(limit) });
  const [server, endHandshakes] = scheme === "http" ? plainServer(given, limits) : secureServer(given, options);
  const { pathname } = address.url;
  server.on("request", (request, response) => {
    if (pathOf(request.url ?? "") === pathname) void handler(request, response);
    else write(request, response, refused(404, "there is nothing here"), limits, counters);
  });
  const listener = new HttpListener(server, scheme === "http" ? "connection" : "secureConnection", endHandshakes);
  guard(server, options, scheme === "http" ? () => UNAVAILABLE : undefined);
  await listening(server, where, report);
  listener.address = withPort(address, (server.address() as AddressInfo).port);
  return listener;
}

function plainServer(given: HttpListenOptions, limits: Limits): [server: Server, endHandshakes: () => void] {
  return [createServer(times(given, limits)), () => {}];
}

function secureServer(given: HttpListenOptions, options: AcceptOptions): [server: Server, endHandshakes: () => void] {
  const server = createTlsServer({ ...secureListenOptions(options), ...times(given, options.limits) });
  return [server, watchHandshakes(server, options.refused)];
}

function hostOf(address: Address): string {
  const { username, password, hash, hostname } = address.url;
  const expect = (what: string) => new InvalidAddressError(address.text, what);
  if (username !== "" || password !== "") throw expect("expected no user and no password to listen");
  if (hash !== "") throw expect("expected no fragment");
  parametersOf(address, []);
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function portOf(scheme: "http" | "https", { url }: Address): number {
  return url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port);
}

function times(given: HttpListenOptions, limits: Limits): ServerOptions {
  const { keepAliveTimeout = KEEP_ALIVE_MS } = given;
  const requestTimeout = given.requestTimeout ?? orNone(limits.messageTime);
  const headers = given.headersTimeout ?? orNone(limits.handshakeTime);
  // Node.js refuses one that is longer than the request's.
  const headersTimeout = given.headersTimeout ?? (requestTimeout === 0 ? headers : Math.min(headers, requestTimeout));
  const shortest = Math.min(...[requestTimeout, headersTimeout].filter((ms) => ms > 0));
  return {
    requestTimeout,
    headersTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval: Math.ceil(Math.min(CHECK_MS, shortest)),
  };
}

/** Milliseconds as Node.js has them here: 0 for none. */
function orNone(ms: number): number {
  return ms === Number.POSITIVE_INFINITY ? 0 : ms;
}

function listenOptions({ http: given = {} }: Readonly<Record<string, unknown>>): HttpListenOptions {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`expected an object as the option http, got ${typeof given}`);
  }
  const options = given as HttpListenOptions;
  for (const name of ["requestTimeout", "headersTimeout", "keepAliveTimeout"] as const) {
    const ms = options[name];
    if (ms === undefined || (Number.isFinite(ms) && ms >= 0)) continue;
    throw new RangeError(`expected milliseconds as the option http.${name}, got ${String(ms)}`);
  }
  if (options.authorize !== undefined && typeof options.authorize !== "function") {
    throw new TypeError(`expected a function as the option http.authorize, got ${typeof options.authorize}`);
  }
  return options;
}
