import { connect, createServer } from "node:net";
import { trusted } from "../../protocol/limits.ts";
import type { PeerInfo } from "../../service/peer.ts";
import type { Address } from "../address.ts";
import { guard } from "../door.ts";
import { dial, farewellIn, framed, SocketListener, socketOptions } from "../socket.ts";
import { assertFits, socketPath, unixAddress } from "../socket-address.ts";
import type { Transport } from "../transport.ts";
import { listenAt, privatePathBytes } from "./listen.ts";

/** What a server says of its unix socket. */
export interface UnixListenOptions {
  /**
   * The permissions of the socket file, of which the ones to write (0o200, 0o020, 0o002) say who may connect: owner,
   * group, others. From 0 to 0o777. Default: 0o600, the owner only.
   */
  readonly mode?: number;
}

const PEER: PeerInfo = { transport: "unix" };

/**
 * Unix domain sockets: `unix:/run/app.sock`, `unix:///run/app.sock`, `unix:relative.sock`. Paths are percent-encoded:
 * `unix:/tmp/a%20b%3F.sock`. `?framing=` names the framing: `netstring` (the default), `content-length` or `newline`.
 *
 * Listening replaces a stale socket file, one that refuses connections. A socket that lives, or anything else of that
 * name, is never touched: listening rejects with an error whose `code` is `EADDRINUSE`. Closing removes the file if it
 * is still the listener's own. There are no unix sockets on Windows. Default limits: the `trusted` profile.
 *
 * Its options stand under `unix`: {@link UnixListenOptions}.
 */
export const unix: Transport = {
  limits: trusted,

  async connect(address, options) {
    const path = socketPath(address);
    const wrap = framed(address, options, () => PEER);
    return dial("connect", options.signal, () => connect({ ...socketOptions, path }), wrap);
  },

  async listen(address, options, accept) {
    const path = pathToListen(address);
    const mode = modeOf(options.transport);
    const wrap = framed(address, options, () => PEER);
    const server = createServer(socketOptions, (socket) => accept(wrap(socket)));
    guard(server, options, farewellIn(address));
    const remove = await listenAt(server, path, mode, options.refused);
    return new SocketListener(unixAddress(path, address), server, remove);
  },
};

function pathToListen(address: Address): string {
  const path = socketPath(address);
  assertFits(address, path, privatePathBytes(path), "the path of its directory and 9 more");
  return path;
}

function modeOf(transport: Readonly<Record<string, unknown>>): number {
  const { unix: given = {} } = transport;
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`expected an object as the option unix, got ${typeof given}`);
  }
  const { mode = 0o600 } = given as UnixListenOptions;
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777) return mode;
  throw new RangeError(`expected a file mode from 0 to 0o777 as the option unix.mode, got ${String(mode)}`);
}
