import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pathOf } from "../request-target.ts";
import { answer, type Upgrades } from "./upgrades.ts";

/* One listener a server, so that they agree on what is none of theirs. */
const known = new WeakMap<Server, Paths>();

/** Which paths of an HTTP server take WebSockets. */
class Paths {
  readonly #server: Server;
  readonly #upgrades = new Map<string, Upgrades>();

  constructor(server: Server) {
    this.#server = server;
  }

  add(path: string, upgrades: Upgrades): void {
    if (this.#upgrades.has(path)) throw new Error(`there are WebSockets on ${path} of this server already`);
    if (this.#upgrades.size === 0) this.#server.on("upgrade", this.#onUpgrade);
    this.#upgrades.set(path, upgrades);
  }

  remove(path: string): void {
    this.#upgrades.delete(path);
    if (this.#upgrades.size === 0) this.#server.off("upgrade", this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const upgrades = this.#upgrades.get(pathOf(request.url ?? ""));
    if (upgrades) upgrades.take(request, socket as Socket, head);
    // Where nobody else is there to take it, nobody would ever answer.
    else if (this.#server.listenerCount("upgrade") === 1) {
      socket.on("error", () => socket.destroy());
      answer(socket as Socket, 404);
    }
  };
}

/**
 * Has the WebSockets on a path of a server taken. Requests for other paths, and all that are no upgrades, are left to
 * whoever else listens to the server; an upgrade that nobody is there for gets a 404.
 *
 * @returns what undoes it
 * @throws Error when the path is taken
 */
export function takePath(server: Server, path: string, upgrades: Upgrades): () => void {
  let paths = known.get(server);
  if (!paths) {
    paths = new Paths(server);
    known.set(server, paths);
  }
  paths.add(path, upgrades);
  return () => paths.remove(path);
}
