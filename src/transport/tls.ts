import { type AddressInfo, isIP } from "node:net";
import { type ConnectionOptions, connect, createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { untrusted } from "../protocol/limits.ts";
import type { PeerInfo } from "../service/peer.ts";
import { MIN_VERSION, tlsListenOptions, tlsOptions, watchHandshakes } from "./secure.ts";
import { peerTls } from "./secure-peer.ts";
import { dial, framed, listening, networkPeer, SocketListener, socketOptions } from "./socket.ts";
import { hostAndPort, withPort } from "./socket-address.ts";
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
    const given = tlsOptions<TlsDialOptions>(options.transport);
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
    const given = tlsListenOptions(options.transport);
    const wrap = framed(address, options, tlsPeer);
    const server = createServer({
      ...given,
      ...socketOptions,
      // A client that hangs up in the handshake is gone. Half-closing is for afterwards.
      allowHalfOpen: false,
    });
    const endHandshakes = watchHandshakes(server, options.refused);
    server.on("secureConnection", (socket: TLSSocket) => {
      socket.allowHalfOpen = true;
      accept(wrap(socket));
    });
    await listening(server, where, options.refused);
    return new SocketListener(withPort(address, (server.address() as AddressInfo).port), server, endHandshakes);
  },
};

function tlsPeer(socket: TLSSocket): PeerInfo {
  return { ...networkPeer("tls", socket), tls: peerTls(socket) };
}
