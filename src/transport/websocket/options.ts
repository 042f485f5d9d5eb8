import type { Limits } from "../../protocol/limits.ts";
import type { PeerInfo, RequestHeaders } from "../../service/peer.ts";
import { timeoutOf } from "../../time/clock.ts";

/** What a client says of WebSockets, under `ws`, for `ws:` and `wss:` addresses alike. */
export interface WebSocketDialOptions {
  /**
   * Headers of the request that opens the connection, for example `{ authorization: "Bearer …" }`. A browser has no way
   * to send any: there dialling fails. Default: none.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Subprotocols this side speaks, the dearest first (RFC 6455, section 1.9). The one that the server picks is in the
   * peer's `subprotocol`; a server that picks none of them fails the dial. Default: none.
   */
  readonly subprotocols?: readonly string[] | undefined;
  /**
   * Milliseconds of silence after which the server is pinged; it is cut when it stays silent for as long again. 0 for
   * never. A browser cannot ping, and ignores this. Default: 30,000.
   */
  readonly heartbeat?: number | undefined;
}

/** What a server says of WebSockets, under `ws`, for `ws:` and `wss:` addresses alike. */
export interface WebSocketListenOptions {
  /**
   * Which web pages may connect: the origins of their sites (RFC 6454), as in `["https://app.example"]`, where `"*"` is any
   * and `"null"` what has none, such as a local file; or a function that says so of one. What is no browser sends no
   * `Origin` header, and is never asked.
   *
   * Default: pages of the server's own host and port, going by the request's `Host` header. For a connection to a loopback
   * address instead: pages of `localhost`, `127.0.0.1` and the like on any port, since the `Host` header proves nothing
   * there (DNS rebinding). Everyone else gets a 403.
   */
  readonly origins?: readonly string[] | ((origin: string, request: UpgradeRequest) => boolean) | undefined;
  /**
   * Looks at each request to connect, when its origin has been found good. What it returns, or resolves with, is the
   * peer's `http.auth`. To refuse, it throws an `HttpStatusError`, or any error with such a `status`; other errors refuse
   * with 500. Default: everyone may.
   */
  readonly authorize?: ((request: UpgradeRequest) => unknown) | undefined;
  /**
   * Subprotocols this side speaks, the dearest first. The first that the client offers too is picked; a client that
   * offers none gets none, and one that offers only others refuses to go on. Default: none.
   */
  readonly subprotocols?: readonly string[] | undefined;
  /** Milliseconds a client has to ask, and `authorize` to answer; 0 for no end. Default: `limits.handshakeTime`. */
  readonly handshakeTimeout?: number | undefined;
  /**
   * Milliseconds of silence after which a client is pinged; it is cut when it stays silent for as long again. 0 for
   * never. Default: 30,000.
   */
  readonly heartbeat?: number | undefined;
}

/** A client's request to connect. */
export interface UpgradeRequest {
  /** Path and query, as the client wrote them: `/rpc?room=7`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: RequestHeaders;
  /** Who asks: its address, and what TLS says of it. */
  readonly peer: PeerInfo;
}

const HEARTBEAT_MS = 30_000;

/** What a client said, checked. Times that have no end are Infinity. */
export type DialSettings = Required<{ [Name in keyof WebSocketDialOptions]: NonNullable<WebSocketDialOptions[Name]> }>;

/** What a server said, checked. */
export interface ListenSettings {
  readonly origins: WebSocketListenOptions["origins"];
  readonly authorize: WebSocketListenOptions["authorize"];
  readonly subprotocols: readonly string[];
  readonly handshakeTimeout: number;
  readonly heartbeat: number;
}

/**
 * What the user said under `ws`.
 *
 * @throws TypeError, RangeError when it makes no sense
 */
export function dialSettings(transport: Readonly<Record<string, unknown>>): DialSettings {
  const given: WebSocketDialOptions = objectOf(transport.ws);
  const { headers = {}, subprotocols, heartbeat = HEARTBEAT_MS } = given;
  if (typeof headers !== "object" || headers === null) {
    throw new TypeError(`expected an object as the option ws.headers, got ${typeof headers}`);
  }
  return { headers, subprotocols: subprotocolsOf(subprotocols), heartbeat: timeoutOf(heartbeat) };
}

/**
 * What the user said under `ws`, or when attaching.
 *
 * @throws TypeError, RangeError when it makes no sense
 */
export function listenSettings(options: unknown, { handshakeTime }: Limits): ListenSettings {
  const given: WebSocketListenOptions = objectOf(options);
  const { origins, authorize, subprotocols, handshakeTimeout = handshakeTime, heartbeat = HEARTBEAT_MS } = given;
  if (authorize !== undefined && typeof authorize !== "function") {
    throw new TypeError(`expected a function as the option ws.authorize, got ${typeof authorize}`);
  }
  if (origins !== undefined && typeof origins !== "function") checkOrigins(origins);
  return {
    origins,
    authorize,
    subprotocols: subprotocolsOf(subprotocols),
    handshakeTimeout: timeoutOf(handshakeTimeout),
    heartbeat: timeoutOf(heartbeat),
  };
}

function objectOf(given: unknown = {}): object {
  if (typeof given === "object" && given !== null) return given;
  throw new TypeError(`expected an object as the option ws, got ${given === null ? "null" : typeof given}`);
}

/* RFC 7230, section 3.2.6: a token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function subprotocolsOf(given: readonly string[] = []): readonly string[] {
  const isRight = Array.isArray(given) && given.every((name) => typeof name === "string" && TOKEN.test(name));
  if (isRight && new Set(given).size === given.length) return given;
  throw new TypeError(`expected different tokens as the option ws.subprotocols, got ${JSON.stringify(given)}`);
}

/** A list that nothing could match, for a slash at an end, would keep everyone out without a word. */
function checkOrigins(origins: readonly string[]): void {
  if (!Array.isArray(origins)) {
    throw new TypeError(`expected a list or a function as the option ws.origins, got ${typeof origins}`);
  }
  for (const origin of origins) {
    if (origin === "*" || origin === "null" || isOrigin(origin)) continue;
    throw new TypeError(`expected origins like "https://app.example" in ws.origins, got ${JSON.stringify(origin)}`);
  }
}

function isOrigin(text: unknown): boolean {
  if (typeof text !== "string" || !URL.canParse(text)) return false;
  const { origin } = new URL(text);
  // Of a scheme that is not the web's, an extension's for example, a URL knows no origin.
  return origin === "null" ? /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+$/.test(text) : origin === text;
}
