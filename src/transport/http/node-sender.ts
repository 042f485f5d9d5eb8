import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { urlToHttpOptions } from "node:url";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { trustOptions } from "../secure.ts";
import type { Pieces } from "./body.ts";
import type { HttpReply, HttpSender } from "./sender.ts";

/**
 * Sends by Node.js' own HTTP, over connections that are kept. Its `fetch` would make an eighth of the calls, gives up
 * after 300 s without an answer, and takes no options of TLS.
 *
 * @param transport - under `tls`, how to connect to an https server
 * @throws TypeError when that makes no sense
 */
export function nodeSender(url: URL, transport: Readonly<Record<string, unknown>>): HttpSender {
  const isSecure = url.protocol === "https:";
  const { hostname, port, path } = urlToHttpOptions(url);
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, ...trustOptions(hostname ?? "", transport) })
    : new HttpAgent({ keepAlive: true });
  const request = isSecure ? httpsRequest : httpRequest;
  const options = { hostname, port, path, agent, method: "POST" };
  return {
    send: (text, headers, signal) =>
      new Promise((resolve, reject) => {
        const sent = request({ ...options, headers: { ...UNENCODED, ...headers } });
        giveUpWith(sent, signal);
        const isConnected = watch(sent, isSecure ? "secureConnect" : "connect");
        sent.on("error", (error) => {
          reject(isConnected() ? error : new ExchangeError("unreachable", error.message, { cause: error }));
        });
        sent.on("response", (response) => resolve(new NodeReply(response)));
        sent.end(text);
      }),

    close: () => agent.destroy(),
  };
}

const UNENCODED = { "accept-encoding": "identity" };

/** What the option `signal` of a request does, at a quarter of its cost. */
function giveUpWith(request: ClientRequest, signal: AbortSignal): void {
  const abort = () => void request.destroy(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  request.once("close", () => signal.removeEventListener("abort", abort));
}

/** Tells whether a request has a connection. What fails before that was not sent. */
function watch(request: ClientRequest, ready: "connect" | "secureConnect"): () => boolean {
  let isConnected = false;
  request.on("socket", (socket) => {
    if (request.reusedSocket) isConnected = true;
    else {
      socket.once(ready, () => {
        isConnected = true;
      });
    }
  });
  return () => isConnected;
}

class NodeReply implements HttpReply {
  readonly status: number;
  readonly isRedirect: boolean;
  readonly contentType: string | null;
  readonly #response: IncomingMessage;

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.isRedirect = this.status >= 300 && this.status < 400;
    this.contentType = response.headers["content-type"] ?? null;
    // One that breaks off before it is read says so when it is.
    response.on("error", () => {});
  }

  readInto(pieces: Pieces): Promise<boolean> {
    const response = this.#response;
    const { "content-encoding": encoding = "identity" } = response.headers;
    if (encoding !== "identity") {
      response.destroy();
      const says = `it is encoded as ${JSON.stringify(encoding.slice(0, 100))}, which was not asked for`;
      return Promise.reject(new ExchangeError("no-text", says));
    }
    return new Promise((resolve, reject) => {
      response.on("data", (piece: Uint8Array) => {
        if (pieces.add(piece)) return;
        pieces.fill(piece);
        // The rest would have to be read for the connection to be kept, and there may be no end of it.
        response.destroy();
        resolve(false);
      });
      response.on("end", () => resolve(true));
      response.on("close", () => {
        if (!response.readableEnded) reject(response.errored ?? new Error("the answer broke off"));
      });
    });
  }
}
