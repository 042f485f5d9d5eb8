import { type AddressInfo, connect, createServer } from "node:net";
import { untrusted } from "../protocol/limits.ts";
import { guard } from "./door.ts";
import { dial, farewellIn, framed, listening, networkPeer, SocketListener, socketOptions } from "./socket.ts";
import { hostAndPort, withPort } from "./socket-address.ts";
import type { Transport } from "./transport.ts";

/**
 * TCP: `tcp://127.0.0.1:7080`, `tcp://[::1]:7080`, `tcp://localhost:7080`, and port 0 to listen on one that the
 * system picks. `?framing=` names the framing: `netstring` (the default), `content-length` or `newline`.
 *
 * A name that stands for several addresses is dialled at each of them until one answers, and listened on at the
 * first. Nagle's algorithm is off, keep-alive on after 60 s of silence. Default limits: the `untrusted` profile.
 */
export const tcp: Transport = {
  limits: untrusted,

  async connect(address, options) {
    const where = hostAndPort(address, "dial");
    const wrap = framed(address, options, (socket) => networkPeer("tcp", socket));
    return dial("connect", options.signal, () => connect({ ...socketOptions, ...where }), wrap);
  },

  async listen(address, options, accept) {
    const where = hostAndPort(address, "listen");
    const wrap = framed(address, options, (socket) => networkPeer("tcp", socket));
    const server = createServer(socketOptions, (socket) => accept(wrap(socket)));
    guard(server, options, farewellIn(address));
    await listening(server, where, options.refused);
    return new SocketListener(withPort(address, (server.address() as AddressInfo).port), server);
  },
};
