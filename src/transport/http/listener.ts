import type { Server, ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import type { Listener } from "../transport.ts";
import { drop } from "./drop.ts";

/**
 * A server over HTTP that listens, with its connections: they outlive what they were made for, so they have to be
 * ended.
 */
export class HttpListener implements Listener {
  address = "";
  readonly #server: Server;
  readonly #endHandshakes: () => void;
  /** The connections, each with its answers that are not over. */
  readonly #connections = new Map<Socket, ServerResponse[]>();
  #closed: Promise<void> | undefined;
  #ending = false;
  #onEmpty: () => void = () => {};

  /**
   * @param connected - the server's event that gives the sockets of requests
   * @param endHandshakes - ends those that have not come so far
   */
  constructor(server: Server, connected: "connection" | "secureConnection", endHandshakes: () => void) {
    this.#server = server;
    this.#endHandshakes = endHandshakes;
    server.on(connected, (socket: Socket) => this.#keep(socket));
    server.prependListener("request", (request, response) => this.#owe(request.socket, response));
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      // HTTP's own close would cut the connections whose answers are written and not yet read. The address is free when
      // this returns.
      NetServer.prototype.close.call(this.#server);
      this.#endHandshakes();
      for (const answers of this.#connections.values()) for (const answer of answers) this.#makeLast(answer);
      setImmediate(resolve);
    });
    return this.#closed;
  }

  async end(timeout: number): Promise<void> {
    this.#ending = true;
    for (const socket of this.#connections.keys()) this.#cutIfPaid(socket);
    if (this.#connections.size > 0) await this.#empty(timeout);
    // Puts away what Node.js keeps for connections.
    this.#server.close();
  }

  #empty(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const socket of this.#connections.keys()) socket.destroy();
      }, timeout);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #keep(socket: Socket): void {
    this.#connections.set(socket, []);
    socket.once("close", () => {
      this.#connections.delete(socket);
      if (this.#connections.size === 0) this.#onEmpty();
    });
  }

  #owe(socket: Socket, answer: ServerResponse): void {
    const answers = this.#connections.get(socket);
    answers?.push(answer);
    if (this.#closed !== undefined) this.#makeLast(answer);
    answer.once("close", () => {
      if (answers) drop(answers, answer);
      if (this.#ending) this.#cutIfPaid(socket);
    });
  }

  /** Tells the client that the connection ends with this answer (RFC 9112, section 9.6). */
  #makeLast(answer: ServerResponse): void {
    if (!answer.headersSent) answer.setHeader("connection", "close");
  }

  /** Cuts a connection that is owed nothing: what has not arrived whole will not be answered. */
  #cutIfPaid(socket: Socket): void {
    const answers = this.#connections.get(socket) ?? [];
    if (!answers.some(({ req }) => req.complete)) socket.destroy();
  }
}
