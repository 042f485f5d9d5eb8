import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { DisconnectError } from "../../connection/errors/disconnect-error.ts";
import type { LimitCounters } from "../../protocol/limit-counters.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { PeerInfo, RequestHeaders } from "../../service/peer.ts";
import { peerTls } from "../peer-tls.ts";
import type { HttpAnswer } from "./answer.ts";
import type { BodyPieces } from "./body.ts";
import { drop } from "./drop.ts";
import type { HttpRequest } from "./serve.ts";
import { writtenBody } from "./written-body.ts";

/* How long a client may go on sending what is thrown away. It reads its answer meanwhile: a reset would destroy it. */
const LINGER_MS = 1_000;

/** A request of Node.js, as {@link HttpRequest} has it. */
export class NodeRequest implements HttpRequest {
  readonly peer: PeerInfo;
  readonly #request: IncomingMessage;
  readonly #departure: Departure;
  readonly #newPieces: (limit: number) => BodyPieces;

  /** @param newPieces - makes what keeps the body */
  constructor(request: IncomingMessage, response: ServerResponse, newPieces: (limit: number) => BodyPieces) {
    this.#request = request;
    this.#newPieces = newPieces;
    this.peer = peerOf(request.socket);
    this.#departure = departureOf(request.socket, response);
  }

  get method(): string {
    return this.#request.method ?? "";
  }

  get url(): string {
    return this.#request.url ?? "";
  }

  get signal(): AbortSignal {
    return this.#departure.signal;
  }

  get headers(): RequestHeaders {
    return this.#request.headers;
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  read(limit: number): Promise<BodyPieces | undefined> {
    const request = this.#request;
    if (request.readableEnded) {
      const why = "its body was read before: let nothing that parses bodies come before this handler";
      return Promise.reject(new Error(`a request cannot be served, for ${why}`));
    }
    if (request.destroyed) return Promise.reject(new BrokenOff());
    const pieces = this.#newPieces(limit);
    return new Promise((resolve, reject) => {
      const settle = () => request.off("data", onData).off("end", onEnd).off("error", onBreak).off("close", onBreak);
      const onData = (piece: Uint8Array) => {
        if (pieces.add(piece)) return;
        settle();
        resolve(undefined);
      };
      const onEnd = () => {
        settle();
        resolve(pieces);
      };
      const onBreak = () => {
        settle();
        // One more may come.
        request.on("error", () => {});
        reject(new BrokenOff());
      };
      request.on("data", onData).on("end", onEnd).on("error", onBreak).on("close", onBreak);
    });
  }
}

/** The client left in the middle of its request: nobody is there to be answered, nor anything to be reported. */
export class BrokenOff extends Error {
  override name = "BrokenOff";
}

/** Writes an answer. The connection is kept if the client has sent, or soon sends, the whole request. */
export function write(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
  limits: Pick<Limits, "stallTime">,
  counters: LimitCounters,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined || request.method === "HEAD") response.end();
  else response.end(writtenBody(body), "latin1");
  if (!request.complete) throwAway(request);
  if (limits.stallTime < Number.POSITIVE_INFINITY) cutIfStalled(response, limits.stallTime, counters);
}

function throwAway(request: IncomingMessage): void {
  request.on("error", () => {});
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once("close", () => clearTimeout(timer));
}

/** Node.js destroys a socket that times out. It stays alive as long as the reader takes anything. */
function cutIfStalled(response: ServerResponse, stallTime: number, counters: LimitCounters): void {
  const { socket } = response;
  if (!socket) {
    // A pipelined one waits for those before it. What it has to write is written in the turn in which it gets a socket.
    response.once("socket", () => process.nextTick(cutIfStalled, response, stallTime, counters));
    return;
  }
  if (socket.writableLength === 0) return;
  const { timeout = 0 } = socket;
  const count = () => counters.stallTime++;
  socket.setTimeout(stallTime, count);
  // Before Node.js sets the time for which it keeps the connection.
  response.prependOnceListener("finish", () => {
    socket.off("timeout", count);
    socket.setTimeout(timeout);
  });
}

/* Who is on the other end of a connection, which has many requests. */
const peers = new WeakMap<Socket, PeerInfo>();

function peerOf(socket: Socket): PeerInfo {
  let peer = peers.get(socket);
  if (!peer) {
    const where = { address: socket.remoteAddress, port: socket.remotePort };
    peer =
      "encrypted" in socket
        ? { transport: "https", ...where, tls: peerTls(socket as TLSSocket) }
        : { transport: "http", ...where };
    peers.set(socket, peer);
  }
  return peer;
}

/** That a client is gone before its answer. */
class Departure {
  #controller: AbortController | undefined;
  #hasLeft = false;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#hasLeft) this.#abort();
    return this.#controller.signal;
  }

  happen(): void {
    this.#hasLeft = true;
    this.#abort();
  }

  #abort(): void {
    if (this.#controller?.signal.aborted) return;
    this.#controller?.abort(new DisconnectError("ended", "the client left before it was answered"));
  }
}

/* Of the requests of each connection that are not answered. A pipelined one hears nothing of its connection's end. */
const possible = new WeakMap<Socket, Departure[]>();

function departureOf(socket: Socket, response: ServerResponse): Departure {
  const departure = new Departure();
  const all = possible.get(socket) ?? watch(socket);
  all.push(departure);
  response.once("close", () => {
    drop(all, departure);
    if (!response.writableFinished) departure.happen();
  });
  return departure;
}

function watch(socket: Socket): Departure[] {
  const all: Departure[] = [];
  possible.set(socket, all);
  socket.once("close", () => {
    for (const departure of all.splice(0)) departure.happen();
  });
  return all;
}
