import type { TLSSocket } from "node:tls";
import type { PeerInfo } from "../service/peer.ts";
import { peerTls } from "./peer-tls.ts";
import { networkPeer } from "./socket.ts";

export { authorizationErrorOf } from "./peer-tls.ts";

/** The peer of a TLS socket whose handshake is over. */
export function securePeer(transport: string, socket: TLSSocket): PeerInfo {
  return { ...networkPeer(transport, socket), tls: peerTls(socket) };
}
