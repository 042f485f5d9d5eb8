import type { Authorize } from "../authorize.ts";

/** What a client says of HTTP, under `http`. */
export interface HttpDialOptions {
  /**
   * Headers of every request, or a function that gives them, which may be async: for a token that has to be renewed.
   * When it fails, nothing is sent. `authorization` here takes the place of a user and password in the address.
   */
  readonly headers?: HttpHeaders | (() => HttpHeaders | Promise<HttpHeaders>);
  /**
   * How many requests may be under way at once; more wait for their turn, within their timeouts. Under HTTP/1.1 each
   * takes a connection. Default: 256.
   */
  readonly concurrency?: number;
  /** What sends the requests. Default: on Node.js an HTTP/1.1 of the client's own; in browsers their `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Header fields by name. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** What whoever serves over HTTP says of who may come in. */
export interface HttpAccessOptions {
  /**
   * The names by which clients may reach it, without ports: what the `Host` header has to name (RFC 9110, section
   * 7.2), else 403. It stops web pages that point a name of their own at this machine (DNS rebinding). `"*"` is any.
   * Default: for an address of loopback, `localhost` and the addresses of loopback; else any.
   */
  readonly hosts?: readonly string[];
  /**
   * The origins, such as `https://app.example`, whose pages may send requests: what an `Origin` header has to be (RFC
   * 6454), else 403. `"*"` is any, and `"null"` what has none, such as a local file. Its own origin always may, and so may
   * whoever sends none, as programs that are no browsers do. Default: none else for an address of loopback; else any.
   */
  readonly origins?: readonly string[];
  /** Lets pages of other origins read the answers. Default: it does not. */
  readonly cors?: CorsOptions;
  /** Decides by the request's head who may come in. Called for each request, before its body is read. */
  readonly authorize?: Authorize;
}

/** How to answer browsers that ask for cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface CorsOptions {
  /** The origins that may, as in the option `origins`; they need not stand there too. */
  readonly origins: readonly string[];
  /** Request headers that pages may set, besides `content-type` and `authorization`. Default: none. */
  readonly headers?: readonly string[];
  /** Whether pages may send cookies and client certificates. Not with the origin `"*"`. Default: `false`. */
  readonly credentials?: boolean;
  /** Seconds for which a browser may remember the answer. Default: 600. */
  readonly maxAge?: number;
}

/** What a server says of HTTP, under `http`. Times are milliseconds, and 0 takes them away. */
export interface HttpListenOptions extends HttpAccessOptions {
  /** For a request to arrive whole. Default: `limits.messageTime`. */
  readonly requestTimeout?: number;
  /** For its headers to arrive. Default: `limits.handshakeTime`. */
  readonly headersTimeout?: number;
  /** For which a connection is kept without a request. Default: 5,000. */
  readonly keepAliveTimeout?: number;
}
