import { deferred } from "../../connection/deferred.ts";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import type { Exchange, ExchangeOptions } from "../../connection/exchange.ts";
import type { PeerInfo } from "../../service/peer.ts";
import { HttpStatusError } from "../status-error.ts";
import { decodeText, Pieces, readInto, readStream } from "./body.ts";
import { isJson } from "./media-type.ts";
import type { HttpDialOptions, HttpHeaders } from "./options.ts";
import { whyUnreached } from "./unreached.ts";

/** How exchanges over `fetch` are made. */
export interface FetchExchangeOptions extends HttpDialOptions {
  /** Where to, without a user and password. */
  readonly url: string;
  /** The `Authorization` header, unless `headers` has one. */
  readonly authorization: string | undefined;
  readonly peer: PeerInfo;
  readonly concurrency: number;
  /** How many bytes an answer may have. */
  readonly messageBytes: number;
}

/* How much is kept of what is no answer. */
const EXCERPT_BYTES = 1_000;

/** Exchanges that are requests of `fetch`, which keeps the connections. */
export class FetchExchange implements Exchange {
  readonly peer: PeerInfo;
  readonly concurrency: number;
  readonly closed: Promise<undefined>;
  readonly close: () => void;
  readonly #options: FetchExchangeOptions;
  readonly #fetch: typeof globalThis.fetch;
  /** The headers, where they are always the same. */
  readonly #headers: Headers | undefined;

  /** @throws TypeError when the headers cannot be any */
  constructor(options: FetchExchangeOptions) {
    this.#options = options;
    this.peer = options.peer;
    this.concurrency = options.concurrency;
    // Whatever it is called on, a browser's fetch wants to be called on nothing.
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    if (typeof options.headers !== "function") this.#headers = this.#withDefaults(options.headers);
    const { promise, resolve } = deferred<undefined>();
    this.closed = promise;
    this.close = () => resolve(undefined);
  }

  async exchange(text: string, { signal, expectsAnswer }: ExchangeOptions): Promise<string | undefined> {
    const response = await this.#request(text, signal);
    const type = response.headers.get("content-type");
    const answer = type === null || isJson(type) ? await this.#readAnswer(response) : "";
    // Gateways refuse in JSON too, which is no answer to anything that was in the text.
    if (answer !== "" && !response.ok && !isFromPeer(answer)) throw statusFailure(response, type, answer);
    if (answer !== "") return answer;
    if (!response.ok || (expectsAnswer && type !== null && !isJson(type)))
      throw statusFailure(response, type, await excerptOf(response));
    // What is no answer to a notification is read too: only so is the connection kept.
    if (!response.bodyUsed) await excerptOf(response);
    return undefined;
  }

  async #request(text: string, signal: AbortSignal): Promise<Response> {
    const headers = this.#headers ?? (await this.#makeHeaders());
    // Making them may have taken long.
    signal.throwIfAborted();
    try {
      // What was sent is not to be sent to somebody else, who may be told what is none of their business.
      const init = { method: "POST", body: text, headers, signal, redirect: "manual" } as const;
      return await this.#fetch.call(undefined, this.#options.url, init);
    } catch (error) {
      const cause = whyUnreached(error);
      if (cause) throw new ExchangeError("unreachable", cause.message, { cause });
      throw brokenOff(error);
    }
  }

  async #makeHeaders(): Promise<Headers> {
    const { headers } = this.#options;
    try {
      return this.#withDefaults(typeof headers === "function" ? await headers() : headers);
    } catch (cause) {
      const message = `the option http.headers failed: ${String(cause)}`;
      throw new ExchangeError("unreachable", message, { cause: new Error(message, { cause }) });
    }
  }

  #withDefaults(given: HttpHeaders = {}): Headers {
    const { authorization } = this.#options;
    const headers = new Headers({ "content-type": "application/json", accept: "application/json" });
    if (authorization !== undefined) headers.set("authorization", authorization);
    for (const [name, value] of Object.entries(given)) headers.set(name, value);
    return headers;
  }

  /** @returns what is there, maybe nothing */
  async #readAnswer(response: Response): Promise<string> {
    const { messageBytes } = this.#options;
    let bytes: Uint8Array | undefined;
    try {
      bytes = await readStream(response.body, messageBytes);
    } catch (error) {
      throw brokenOff(error);
    }
    if (!bytes) throw new ExchangeError("no-text", `it is longer than limits.messageBytes, ${messageBytes}`);
    try {
      return decodeText(bytes);
    } catch (cause) {
      throw new ExchangeError("no-text", "it is not UTF-8", { cause });
    }
  }
}

function brokenOff(cause: unknown): ExchangeError {
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
function statusFailure(response: Response, contentType: string | null, body: string): ExchangeError {
  const { status } = response;
  const excerpt = body.slice(0, EXCERPT_BYTES);
  const type = contentType === null ? "" : `, ${JSON.stringify(contentType.slice(0, 100))}`;
  const isRedirect = response.type === "opaqueredirect" || (status >= 300 && status < 400);
  const message = isRedirect
    ? `it is a redirect${status === 0 ? "" : ` (HTTP ${status})`}, which is not followed`
    : `it is HTTP ${status}${type}`;
  const cause = new HttpStatusError(status, message, { contentType: contentType ?? undefined, excerpt });
  return new ExchangeError("no-text", message, { cause });
}

/** How a body begins, as text; the rest is not read. */
async function excerptOf({ body, bodyUsed }: Response): Promise<string> {
  if (bodyUsed) return "";
  const pieces = new Pieces(EXCERPT_BYTES);
  // What came until it broke off is better than nothing.
  await readInto(pieces, body).catch(() => false);
  return new TextDecoder().decode(pieces.joined());
}
