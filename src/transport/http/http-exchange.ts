import { deferred } from "../../connection/deferred.ts";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import type { Exchange, ExchangeOptions } from "../../connection/exchange.ts";
import type { PeerInfo } from "../../service/peer.ts";
import { HttpStatusError } from "../status-error.ts";
import { isJson } from "./media-type.ts";
import type { HttpDialOptions, HttpHeaders } from "./options.ts";
import type { HttpReply, HttpSender } from "./sender.ts";

/** How exchanges over HTTP are made. */
export interface HttpExchangeOptions extends Pick<HttpDialOptions, "headers"> {
  readonly sender: HttpSender;
  /** The `Authorization` header, unless `headers` has one. */
  readonly authorization: string | undefined;
  readonly peer: PeerInfo;
  readonly concurrency: number;
  /** How many bytes an answer may have. */
  readonly messageBytes: number;
}

/* What a request says of itself and its connection is not for others to say. */
const DECIDED = ["connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/* How much is kept of what is no answer. */
const EXCERPT_BYTES = 1_000;

/** Exchanges that are requests of HTTP. */
export class HttpExchange implements Exchange {
  readonly peer: PeerInfo;
  readonly concurrency: number;
  readonly closed: Promise<undefined>;
  readonly close: () => void;
  readonly #options: HttpExchangeOptions;
  /** The headers, where they are always the same. */
  readonly #headers: HttpHeaders | undefined;

  /** @throws TypeError when the headers cannot be any */
  constructor(options: HttpExchangeOptions) {
    this.#options = options;
    this.peer = options.peer;
    this.concurrency = options.concurrency;
    if (typeof options.headers !== "function") this.#headers = this.#withDefaults(options.headers);
    const { promise, resolve } = deferred<undefined>();
    this.closed = promise;
    this.close = () => {
      options.sender.close();
      resolve(undefined);
    };
  }

  exchange(text: string, options: ExchangeOptions): Promise<string | undefined> {
    return this.#answer(this.#request(text, options), options.expectsAnswer);
  }

  /* What waits for the answer is apart from what has the text, which is not to be kept in memory for so long. */
  async #answer(request: Promise<HttpReply>, expectsAnswer: boolean): Promise<string | undefined> {
    const reply = await request;
    const { contentType } = reply;
    const isText = contentType === null || isJson(contentType);
    const isOk = reply.status >= 200 && reply.status < 300;
    const isFailure = !isOk || (expectsAnswer && !isText);
    if (!isText) {
      // What is no answer to a notification is read too: only so is the connection kept.
      const excerpt = await this.#excerptOf(reply);
      if (isFailure) throw statusFailure(reply, excerpt);
      return undefined;
    }
    const answer = await this.#readAnswer(reply);
    // Gateways refuse in JSON too, which is no answer to anything that was in the text.
    if (!isOk && (answer === "" || !isFromPeer(answer))) throw statusFailure(reply, answer);
    return answer === "" ? undefined : answer;
  }

  #request(text: string, options: ExchangeOptions): Promise<HttpReply> {
    if (this.#headers) return this.#send(text, this.#headers, options);
    return this.#makeHeaders().then((headers) => {
      options.signal.throwIfAborted();
      return this.#send(text, headers, options);
    });
  }

  #send(text: string, headers: HttpHeaders, options: ExchangeOptions): Promise<HttpReply> {
    if (!options.whenGivenUp && options.signal.aborted) return Promise.reject(options.signal.reason);
    return this.#options.sender.send(text, headers, options).catch((error) => {
      throw asExchangeError(error);
    });
  }

  async #makeHeaders(): Promise<HttpHeaders> {
    const { headers } = this.#options;
    try {
      return this.#withDefaults(typeof headers === "function" ? await headers() : headers);
    } catch (cause) {
      const message = `the option http.headers failed: ${String(cause)}`;
      throw new ExchangeError("unreachable", message, { cause: new Error(message, { cause }) });
    }
  }

  #withDefaults(given: HttpHeaders = {}): HttpHeaders {
    const { authorization } = this.#options;
    const headers = new Headers({ "content-type": "application/json", accept: "application/json" });
    if (authorization !== undefined) headers.set("authorization", authorization);
    for (const [name, value] of Object.entries(given)) headers.set(name, value);
    for (const name of DECIDED) {
      if (headers.has(name))
        throw new TypeError(`expected no ${name} in the option http.headers: it is made by itself`);
    }
    return Object.fromEntries(headers);
  }

  /** @returns what is there, maybe nothing */
  async #readAnswer(reply: HttpReply): Promise<string> {
    const { messageBytes, sender } = this.#options;
    const pieces = sender.pieces(messageBytes);
    let isAll: boolean;
    try {
      isAll = await reply.readInto(pieces);
    } catch (error) {
      throw asExchangeError(error);
    }
    if (!isAll) throw new ExchangeError("no-text", `it is longer than limits.messageBytes, ${messageBytes}`);
    try {
      return pieces.text();
    } catch (cause) {
      throw new ExchangeError("no-text", "it is not UTF-8", { cause });
    }
  }

  /** How a body begins, as text; the rest is not read. */
  async #excerptOf(reply: HttpReply): Promise<string> {
    const pieces = this.#options.sender.pieces(EXCERPT_BYTES);
    // What came until it broke off is better than nothing.
    await reply.readInto(pieces).catch(() => false);
    return pieces.excerpt();
  }
}

/** What says nothing else of the text broke off when it may have been sent. */
function asExchangeError(cause: unknown): ExchangeError {
  if (cause instanceof ExchangeError) return cause;
  return new ExchangeError("lost", `the request broke off: ${wordsFor(cause)}`, { cause });
}

/** What went wrong. That a fetch failed says nothing; its cause does. */
function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : wordsFor(error.cause);
}

/** Whether a text was written by something that speaks JSON-RPC, of any version. */
function isFromPeer(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === "object" && first !== null && ("jsonrpc" in first || "id" in first);
  } catch {
    return false;
  }
}

/** @param body - what came, of which the beginning is kept */
function statusFailure({ status, isRedirect, contentType }: HttpReply, body: string): ExchangeError {
  const excerpt = body.slice(0, EXCERPT_BYTES);
  const type = contentType === null ? "" : `, ${JSON.stringify(contentType.slice(0, 100))}`;
  const message = isRedirect
    ? `it is a redirect${status === 0 ? "" : ` (HTTP ${status})`}, which is not followed`
    : `it is HTTP ${status}${type}`;
  const cause = new HttpStatusError(status, message, { contentType: contentType ?? undefined, excerpt });
  return new ExchangeError("no-text", message, { cause });
}
