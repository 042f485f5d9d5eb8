import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { untrusted } from "../protocol/limits.ts";
import { guard } from "./door.ts";
import { secureDialOptions, secureListenOptions, watchHandshakes } from "./secure.ts";
import { securePeer } from "./secure-peer.ts";
import { dial, framed, listening, SocketListener } from "./socket.ts";
import { hostAndPort, withPort } from "./socket-address.ts";
import type { Transport } from "./transport.ts";

const peerOf = (socket: TLSSocket) => securePeer("tls", socket);

/**
 * TLS over TCP: `tls://example.org:7443`; otherwise addresses are as tcp's are, and so are the limits. A dial is done
 * when the handshake is, and the server's certificate verified.
 *
 * Its options stand under `tls`: `TlsDialOptions`, `TlsListenOptions`.
 */
export const tls: Transport = {
  limits: untrusted,

  async connect(address, options) {
    const where = secureDialOptions(hostAndPort(address, "dial"), options.transport);
    const wrap = framed(address, options, peerOf);
    return dial("secureConnect", options.signal, () => connect(where), wrap);
  },

  async listen(address, options, accept) {
    const where = hostAndPort(address, "listen");
    const given = secureListenOptions(options);
    const wrap = framed(address, options, peerOf);
    const server = createServer(given);
    const endHandshakes = watchHandshakes(server, options.refused);
    server.on("secureConnection", (socket: TLSSocket) => {
      socket.allowHalfOpen = true;
      accept(wrap(socket));
    });
    guard(server, options);
    await listening(server, where, options.refused);
    return new SocketListener(withPort(address, (server.address() as AddressInfo).port), server, endHandshakes);
  },
};
