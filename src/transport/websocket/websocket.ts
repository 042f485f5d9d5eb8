import { untrusted } from "../../protocol/limits.ts";
import type { Transport } from "../transport.ts";
import { dialWebSocket } from "./dial.ts";
import { listenForWebSockets } from "./listen.ts";

/**
 * WebSocket (RFC 6455): `ws://127.0.0.1:7080/rpc`, and `wss://example.org/rpc` over TLS. Port 80 or 443 where none is
 * named, port 0 to listen on one that the system picks. A listener takes one path, which is `/` where none is named; a
 * query is for dialling only, and the server's to read.
 *
 * Each message is a text frame of its own. Default limits: the `untrusted` profile. Options stand under `ws`, those of
 * TLS under `tls`.
 */
export const webSocket: Transport = {
  limits: untrusted,
  connect: dialWebSocket,
  listen: listenForWebSockets,
};
