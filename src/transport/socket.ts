import type { ListenOptions, Server, Socket } from "node:net";
import type { Channel } from "../connection/channel.ts";
import { FramedChannel } from "../framing/framed-channel.ts";
import { overLimit, SERVER_BUSY } from "../protocol/error-object.ts";
import type { LimitError } from "../protocol/errors/limit-error.ts";
import { errorText } from "../protocol/serialize.ts";
import type { PeerInfo } from "../service/peer.ts";
import type { Address } from "./address.ts";
import { framingOf } from "./socket-address.ts";
import type { AcceptOptions, DialOptions, Listener } from "./transport.ts";
import { tapped } from "./wire-tap.ts";

/*
 * What the transports over sockets have in common.
 */

/* How long a connection is quiet before the system asks whether the other end still lives. */
const KEEP_ALIVE_MS = 60_000;

/** How every socket is made: a peer that has said its last word still gets its answers. */
export const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_MS,
} as const;

/** Makes a channel of a socket. To be called in the very turn the socket came in, so that no event of it is lost. */
export type Wrap<S extends Socket> = (socket: S) => Channel;

/**
 * How to make channels of the sockets of an address.
 *
 * @param peerOf - says who is on the other end
 * @throws InvalidAddressError when the address names a framing there is not
 */
export function framed<S extends Socket>(
  address: Address,
  options: DialOptions | AcceptOptions,
  peerOf: (socket: S) => PeerInfo,
): Wrap<S> {
  const framing = framingOf(address);
  const { limits } = options;
  const tap = "tap" in options ? options.tap : undefined;
  return (socket) => new FramedChannel(tapped(socket, tap), { framing, limits, peer: peerOf(socket) });
}

/** What a peer is told over an address when there is no place for it. */
export function farewellIn(address: Address): (error: LimitError) => string {
  const framing = framingOf(address);
  return ({ limit, max }) => {
    const text = errorText("null", overLimit(SERVER_BUSY, limit, max));
    return framing.frame(text, text.length);
  };
}

/** The peer of a socket on an IP network. */
export function networkPeer(transport: string, socket: Socket): PeerInfo {
  return { transport, address: socket.remoteAddress, port: socket.remotePort };
}

/**
 * Dials.
 *
 * @param ready - the event that says that the socket works
 * @param start - makes the socket, which connects
 * @returns the channel that `wrap` made; when the signal aborts first, the socket is gone and nothing is left of it
 */
export function dial<S extends Socket>(
  ready: "connect" | "secureConnect",
  signal: AbortSignal,
  start: () => S,
  wrap: Wrap<S>,
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = start();
    const settle = () => {
      socket.off(ready, onReady).off("error", onFailure).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    const onFailure = (error: unknown) => {
      settle();
      // An attempt that is under way may fail once more.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onAbort = () => onFailure(signal.reason);
    const onClose = () => onFailure(new Error("the socket closed before it was connected"));
    const onReady = () => {
      settle();
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      resolve(wrap(socket));
    };
    socket.on(ready, onReady).on("error", onFailure).on("close", onClose);
    signal.addEventListener("abort", onAbort);
  });
}

/**
 * Makes a server listen. Errors that come later, of a single accept for example, go to `refused`.
 *
 * @throws what the platform says, for example an `EADDRINUSE`; nothing listens then
 */
export function listening(server: Server, where: ListenOptions, refused: (error: Error) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      server.on("error", refused);
      resolve();
    });
  });
}

/** A server that listens, as a {@link Listener}. */
export class SocketListener implements Listener {
  readonly address: string;
  readonly #server: Server;
  readonly #beforeClose: () => void;
  #closed: Promise<void> | undefined;

  /** @param beforeClose - what else there is to put away, while the server still answers */
  constructor(address: string, server: Server, beforeClose: () => void = () => {}) {
    this.address = address;
    this.#server = server;
    this.#beforeClose = beforeClose;
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve, reject) => {
      try {
        this.#beforeClose();
      } catch (error) {
        reject(error);
      }
      // The server's own callback would wait for the connections too. The address is free when this returns.
      this.#server.close();
      setImmediate(resolve);
    });
    return this.#closed;
  }
}
