import { isIP, type Socket } from "node:net";
import type { ConnectionOptions, Server, TLSSocket, TlsOptions } from "node:tls";
import { authorizationErrorOf } from "./peer-tls.ts";
import { socketOptions } from "./socket.ts";
import type { HostAndPort } from "./socket-address.ts";
import type { AcceptOptions } from "./transport.ts";

/*
 * What the transports over TLS have in common.
 */

/** What the address and the transport decide. */
type Decided = "host" | "port" | "path" | "socket" | "allowHalfOpen" | "secureProtocol";

/**
 * What a client says of TLS: Node.js' `tls.connect` options, without where to connect to. The usual ones:
 *
 * - `ca`: the authorities to trust, PEM. Default: those Node.js comes with (Mozilla's).
 * - `cert`, `key`: the client's own certificate with its chain, and its key, PEM, for servers that ask for one.
 * - `servername`: the name the server's certificate must be for, and that SNI (RFC 6066, section 3) carries.
 *   Default: the address's host; SNI is left out where that is an IP address.
 * - `rejectUnauthorized`: `false` talks to servers whose certificate cannot be verified, which anyone can pretend to be.
 *   Default: `true`, also where the environment variable NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
 * - `minVersion`: default `"TLSv1.2"`.
 *
 * Errors in them, a key that is no PEM for example, reject the dial.
 */
export type TlsDialOptions = Omit<ConnectionOptions, Decided>;

/**
 * What a server says of TLS: Node.js' `tls.createServer` options. The usual ones:
 *
 * - `cert`, `key`: the server's certificate with its chain, and its key, PEM. Required, unless `pfx`, `SNICallback`
 *   or `pskCallback` stands in for them.
 * - `requestCert`: asks clients for a certificate, which methods find in their context's `peer.tls`. Default: `false`.
 * - `rejectUnauthorized`: refuses clients whose certificate is missing or not signed by a trusted authority; it
 *   matters with `requestCert` only. Default: `true`.
 * - `ca`: the authorities to trust, PEM.
 * - `minVersion`: default `"TLSv1.2"`.
 * - `handshakeTimeout`: milliseconds a handshake may take. Default: `limits.handshakeTime`.
 *
 * Errors in them, a key that is no PEM for example, reject the listening.
 */
export type TlsListenOptions = Omit<TlsOptions, Decided | "pauseOnConnect">;

/* The longest timer of the platform stands for no end. */
const LONGEST_MS = 2 ** 31 - 1;
const MIN_VERSION = "TLSv1.2";

/** What `tls.connect` is told. */
export function secureDialOptions(where: HostAndPort, transport: Readonly<Record<string, unknown>>): ConnectionOptions {
  return { ...trustOptions(where.host, transport), ...socketOptions, ...where };
}

/**
 * Whom to trust, and as whom to come: all but where to go.
 *
 * @throws TypeError when the options make no sense
 */
export function trustOptions(host: string, transport: Readonly<Record<string, unknown>>): ConnectionOptions {
  return {
    minVersion: MIN_VERSION,
    rejectUnauthorized: true,
    servername: isIP(host) ? "" : host,
    ...optionsOf<TlsDialOptions>(transport),
  };
}

/**
 * What `tls.createServer` is told.
 *
 * @throws TypeError when there is no certificate
 */
export function secureListenOptions({ transport, limits }: Pick<AcceptOptions, "transport" | "limits">): TlsOptions {
  const given = optionsOf<TlsListenOptions>(transport);
  if (!((given.cert && given.key) || given.pfx || given.SNICallback || given.pskCallback)) {
    throw new TypeError("expected the server's certificate and key in the options tls.cert and tls.key, got none");
  }
  return {
    minVersion: MIN_VERSION,
    handshakeTimeout: Math.min(limits.handshakeTime, LONGEST_MS),
    ...given,
    ...socketOptions,
    // A client that hangs up in the handshake is gone. Half-closing is for afterwards.
    allowHalfOpen: false,
  };
}

/**
 * Watches a server's handshakes, and reports the ones that fail.
 *
 * @returns what ends the handshakes that are under way
 */
export function watchHandshakes(server: Server, refused: (error: Error) => void): () => void {
  // The connections whose handshake is not over, by who is on the other end.
  const handshakes = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const key = endOf(socket);
    handshakes.set(key, socket);
    socket.once("close", () => handshakes.get(key) === socket && handshakes.delete(key));
  });
  server.on("secureConnection", (socket: TLSSocket) => handshakes.delete(endOf(socket)));
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    refused(whyRefused(error, socket));
    socket.destroy();
  });
  return () => {
    for (const socket of handshakes.values()) socket.destroy();
  };
}

/** What the user said under `tls`. */
function optionsOf<Options extends object>(transport: Readonly<Record<string, unknown>>): Partial<Options> {
  const { tls: given = {} } = transport;
  if (typeof given !== "object" || given === null)
    throw new TypeError(`expected an object as the option tls, got ${typeof given}`);
  for (const name of ["host", "port", "path", "socket"]) {
    if (name in given) throw new TypeError(`expected no ${name} in the option tls: the address says where to go`);
  }
  // What is undefined was not said: it must not stand in for a default.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<Options>;
}

/** Tells the two ends of a server's connections apart from those of all others. */
function endOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress}`;
}

/** Node.js drops a client whose certificate it does not trust without a word, as if the client had hung up. */
function whyRefused(error: Error, socket: TLSSocket): Error {
  const code = authorizationErrorOf(socket);
  if (code === undefined) return error;
  return Object.assign(new Error(`the client's certificate was refused: ${code}`, { cause: error }), { code });
}
