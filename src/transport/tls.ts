import { type AddressInfo, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect, createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { untrusted } from "../protocol/limits.ts";
import { dial, framed, listening, SocketListener, socketOptions } from "./socket.ts";
import { hostAndPort, withPort } from "./socket-address.ts";
import { authorizationErrorOf, tlsPeer } from "./tls-peer.ts";
import type { Transport } from "./transport.ts";

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
 * - `handshakeTimeout`: milliseconds a handshake may take. Default: 10,000.
 *
 * Errors in them, a key that is no PEM for example, reject the listening.
 */
export type TlsListenOptions = Omit<TlsOptions, Decided | "pauseOnConnect">;

const HANDSHAKE_MS = 10_000;
const MIN_VERSION = "TLSv1.2";

/**
 * TLS over TCP: `tls://example.org:7443`; otherwise addresses are as tcp's are, and so are the limits. A dial is done
 * when the handshake is, and the server's certificate verified.
 *
 * Its options stand under `tls`: {@link TlsDialOptions}, {@link TlsListenOptions}.
 */
export const tls: Transport = {
  limits: untrusted,

  async connect(address, options) {
    const where = hostAndPort(address, "dial");
    const given = optionsOf<TlsDialOptions>(options.transport);
    const wrap = framed(address, options, tlsPeer);
    const start = () =>
      connect({
        minVersion: MIN_VERSION,
        rejectUnauthorized: true,
        servername: isIP(where.host) ? "" : where.host,
        ...given,
        ...socketOptions,
        ...where,
      });
    return dial("secureConnect", options.signal, start, wrap);
  },

  async listen(address, options, accept) {
    const where = hostAndPort(address, "listen");
    const given = optionsOf<TlsListenOptions>(options.transport);
    if (!((given.cert && given.key) || given.pfx || given.SNICallback || given.pskCallback)) {
      throw new TypeError("expected the server's certificate and key in the options tls.cert and tls.key, got none");
    }
    const wrap = framed(address, options, tlsPeer);
    const server = createServer({
      minVersion: MIN_VERSION,
      handshakeTimeout: HANDSHAKE_MS,
      ...given,
      ...socketOptions,
      // A client that hangs up in the handshake is gone. Half-closing is for afterwards.
      allowHalfOpen: false,
    });
    // The connections whose handshake is not over, by who is on the other end: closing the listener ends them.
    const handshakes = new Map<string, Socket>();
    server.on("connection", (socket: Socket) => {
      const key = endOf(socket);
      handshakes.set(key, socket);
      socket.once("close", () => handshakes.get(key) === socket && handshakes.delete(key));
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      handshakes.delete(endOf(socket));
      socket.allowHalfOpen = true;
      accept(wrap(socket));
    });
    server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
      options.refused(whyRefused(error, socket));
      socket.destroy();
    });
    await listening(server, where, options.refused);
    return new SocketListener(withPort(address, (server.address() as AddressInfo).port), server, () => {
      for (const socket of handshakes.values()) socket.destroy();
    });
  },
};

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
