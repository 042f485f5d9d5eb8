import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { ExchangeError } from "../../../connection/errors/exchange-error.ts";
import type { HttpReply, SendOptions } from "../sender.ts";
import { ConnectionReply } from "./reply.ts";
import { type ResponseHead, readHead } from "./response-head.ts";

const END_OF_HEAD = Buffer.from("\r\n\r\n");
/* As Node.js' own limit, and that of many others. */
const LONGEST_HEAD = 16 * 1_024;
/* A server means its own clock: what is so near to its end is not used again. */
const MARGIN_MS = 1_000;

/** What whoever keeps connections is told of one. */
export interface HttpConnectionOwner {
  /** It can carry another request. */
  free(connection: HttpConnection): void;
  /** It is over. */
  gone(connection: HttpConnection): void;
}

/** What waits for an answer. */
interface Waiting {
  readonly resolve: (reply: HttpReply) => void;
  readonly reject: (reason: unknown) => void;
  readonly options: SendOptions;
  /** Listens to the signal, where nothing quicker tells of the same. */
  readonly abort: () => void;
}

/**
 * A connection that carries requests of HTTP/1.1 one after the other (RFC 9112).
 *
 * Node.js' own client makes a stream of each request and answer; without them a request costs a third.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #owner: HttpConnectionOwner;
  #isConnected = false;
  /** The request under way, until it has its answer and the whole body. */
  #waiting: Waiting | undefined;
  #reply: ConnectionReply | undefined;
  /** What arrived and has not been read. */
  #rest: Buffer | undefined;
  /** Until when the server keeps it while it is idle, in milliseconds since 1970. */
  #keptUntil = Number.POSITIVE_INFINITY;

  /** @param ready - the event that says that a request can be sent */
  constructor(socket: Socket, ready: "connect" | "secureConnect", owner: HttpConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.setNoDelay(true);
    socket.once(ready, () => {
      this.#isConnected = true;
      this.#waiting?.options.sent?.();
    });
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      this.#fail(new Error("the server closed the connection"));
      owner.gone(this);
    });
  }

  /** Whether an idle one can be used again: the server may be about to close it. */
  get isFresh(): boolean {
    return this.#keptUntil === Number.POSITIVE_INFINITY || Date.now() < this.#keptUntil;
  }

  /**
   * Sends a request; there is one at a time.
   *
   * @param body - a string only of ASCII
   */
  send(head: string, body: string | Buffer, options: SendOptions): Promise<HttpReply> {
    const reply = this.#wait(options);
    const socket = this.#socket;
    socket.ref();
    // Header fields are latin1 (RFC 9110, section 5.5), and so is what is ASCII.
    if (typeof body === "string") socket.write(head + body, "latin1");
    else {
      socket.cork();
      socket.write(head, "latin1");
      socket.write(body);
      socket.uncork();
    }
    if (this.#isConnected) options.sent?.();
    return reply;
  }

  /** Apart from where the text is at hand, which would be kept in memory until the answer comes. */
  #wait(options: SendOptions): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        // It may be at another request by now.
        if (this.#waiting === waiting) this.#fail(options.signal.reason);
      };
      const waiting: Waiting = { resolve, reject, options, abort };
      this.#waiting = waiting;
      if (options.whenGivenUp) options.whenGivenUp(abort);
      else options.signal.addEventListener("abort", abort, { once: true });
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#reply) {
      this.#rest = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
      this.#reply.go();
      // Until somebody reads it.
      if (this.#rest) this.#socket.pause();
    } else if (!this.#waiting) this.destroy();
    else this.#readHead(this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk);
  }

  #readHead(bytes: Buffer): void {
    const end = bytes.indexOf(END_OF_HEAD);
    this.#rest = bytes;
    if (end > LONGEST_HEAD || (end < 0 && bytes.length > LONGEST_HEAD)) {
      this.#fail(new Error(`the answer's head is longer than ${LONGEST_HEAD} bytes`));
      return;
    }
    if (end < 0) return;
    let head: ResponseHead;
    try {
      head = readHead(bytes.toString("latin1", 0, end));
    } catch (error) {
      this.#fail(error);
      return;
    }
    const rest = bytes.subarray(end + END_OF_HEAD.length);
    this.#rest = rest.length > 0 ? rest : undefined;
    // An interim answer, which says that the other is on its way (RFC 9110, section 15.2).
    if (head.status === 101) this.#fail(new Error("the server switched to another protocol"));
    else if (head.status >= 200) this.#answered(head);
    else if (this.#rest) this.#readHead(this.#rest);
  }

  #answered(head: ResponseHead): void {
    const reply = new ConnectionReply(head, {
      takeRest: () => {
        const rest = this.#rest;
        this.#rest = undefined;
        return rest;
      },
      over: (rest) => this.#over(head, rest),
      cut: (reason) => this.#fail(reason),
    });
    this.#reply = reply;
    reply.onReading = () => this.#socket.resume();
    this.#waiting?.resolve(reply);
  }

  #over(head: ResponseHead, rest: boolean): void {
    this.#settle();
    if (!head.isKept || rest || this.#socket.writableLength > 0 || this.#socket.destroyed) {
      this.destroy();
      return;
    }
    const { keptFor } = head;
    if (keptFor !== undefined) this.#keptUntil = Date.now() + keptFor * 1_000 - MARGIN_MS;
    // An idle connection keeps no process alive.
    this.#socket.resume();
    this.#socket.unref();
    this.#owner.free(this);
  }

  #ended(): void {
    const reply = this.#reply;
    if (reply?.endsWithConnection) reply.end();
    else this.#fail(new Error("the server ended the connection before its answer did"));
  }

  #fail(error: unknown): void {
    const { reject } = this.#waiting ?? {};
    const reply = this.#reply;
    this.#settle();
    this.destroy();
    const reason = error instanceof Error ? error : new Error(String(error));
    reply?.fail(reason);
    reject?.(this.#isConnected ? reason : new ExchangeError("unreachable", reason.message, { cause: reason }));
  }

  #settle(): void {
    const { options, abort } = this.#waiting ?? {};
    if (!options?.whenGivenUp && abort) options?.signal.removeEventListener("abort", abort);
    this.#waiting = undefined;
    this.#reply = undefined;
  }
}
