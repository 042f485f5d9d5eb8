import type { Socket } from "node:net";
import type { Server, TLSSocket, TlsOptions } from "node:tls";
import { authorizationErrorOf } from "./secure-peer.ts";

/*
 * What the transports over TLS have in common.
 */

const HANDSHAKE_MS = 10_000;
export const MIN_VERSION = "TLSv1.2";

/** What the user said under `tls`, for either side. */
export function tlsOptions<Options extends object>(transport: Readonly<Record<string, unknown>>): Partial<Options> {
  const { tls: given = {} } = transport;
  if (typeof given !== "object" || given === null)
    throw new TypeError(`expected an object as the option tls, got ${typeof given}`);
  for (const name of ["host", "port", "path", "socket"]) {
    if (name in given) throw new TypeError(`expected no ${name} in the option tls: the address says where to go`);
  }
  // What is undefined was not said: it must not stand in for a default.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<Options>;
}

/** The same to listen, with the defaults. */
export function tlsListenOptions(transport: Readonly<Record<string, unknown>>): TlsOptions {
  const given = tlsOptions<TlsOptions>(transport);
  if (!((given.cert && given.key) || given.pfx || given.SNICallback || given.pskCallback)) {
    throw new TypeError("expected the server's certificate and key in the options tls.cert and tls.key, got none");
  }
  return { minVersion: MIN_VERSION, handshakeTimeout: HANDSHAKE_MS, ...given };
}

/**
 * Looks after a server's handshakes: those that fail are reported.
 *
 * @returns what ends those that are not over
 */
export function watchHandshakes(server: Server, refused: (error: Error) => void): () => void {
  // By who is on the other end, since the socket that is there when it is over is another one.
  const handshakes = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const key = endOf(socket);
    handshakes.set(key, socket);
    socket.once("close", () => handshakes.get(key) === socket && handshakes.delete(key));
  });
  server.prependListener("secureConnection", (socket: TLSSocket) => handshakes.delete(endOf(socket)));
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    refused(whyRefused(error, socket));
    socket.destroy();
  });
  return () => {
    for (const socket of handshakes.values()) socket.destroy();
  };
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
