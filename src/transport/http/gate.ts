import { type HttpAnswer, refused } from "./answer.ts";
import { isJson } from "./media-type.ts";
import type { CorsOptions, HttpAccessOptions, HttpHeaders } from "./options.ts";

/** What of a request decides whether it is let in. */
export interface Visitor {
  readonly method: string;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
}

const DEFAULT_MAX_AGE = 600;

/** Lets requests in, or says why not. What it looks at is in their heads: no body is read before it has agreed. */
export class Gate {
  readonly #mayReach: (host: string) => boolean;
  readonly #maySend: (origin: string) => boolean;
  readonly #mayRead: (origin: string) => boolean;
  readonly #cors: CorsOptions | undefined;
  readonly #allow: string;

  /**
   * @param isLoopback - whether it serves this machine alone, which makes it careful of the browsers on it
   * @throws TypeError when the options make no sense
   */
  constructor({ hosts, origins, cors }: HttpAccessOptions, isLoopback: boolean) {
    const byDefault = isLoopback ? [] : ["*"];
    const named = oneOf("hosts", hosts ?? byDefault, (host) => host.toLowerCase());
    this.#mayReach = hosts === undefined && isLoopback ? namesLoopback : (host) => named(host.toLowerCase());
    this.#maySend = oneOf("origins", origins ?? byDefault, originOf);
    this.#mayRead = cors ? oneOf("cors.origins", cors.origins, originOf) : () => false;
    if (cors?.credentials && cors.origins.includes("*")) {
      throw new TypeError("expected http.cors.origins to name them where http.cors.credentials is true");
    }
    this.#cors = cors;
    this.#allow = cors ? "POST, OPTIONS" : "POST";
  }

  /** What to answer a request with that is not let in; `undefined` when it is. */
  refusal(visitor: Visitor): HttpAnswer | undefined {
    const host = visitor.header("host") ?? "";
    if (!this.#mayReach(withoutPort(host))) {
      return refused(403, `the host ${JSON.stringify(host.slice(0, 100))} is not served: see the option http.hosts`);
    }
    const origin = visitor.header("origin");
    if (origin !== undefined && !this.#isWelcome(origin, host)) {
      const why = `requests of the origin ${JSON.stringify(origin.slice(0, 100))} are not served`;
      return refused(403, `${why}: see the options http.origins and http.cors`);
    }
    if (visitor.method === "OPTIONS" && this.#cors && visitor.header("access-control-request-method") !== undefined) {
      return { status: 204, headers: this.#preflight(this.#cors), body: undefined };
    }
    if (visitor.method !== "POST") return refused(405, "only POST is served", { allow: this.#allow });
    if (!isJson(visitor.header("content-type"))) return refused(415, "expected content-type: application/json");
    const encoding = visitor.header("content-encoding") ?? "identity";
    if (encoding.toLowerCase() !== "identity") return refused(415, "expected no content-encoding");
    return undefined;
  }

  /** What lets a page read the answer, whatever it is. */
  readable(visitor: Visitor): HttpHeaders {
    const origin = visitor.header("origin");
    if (!this.#cors) return NONE;
    // A cache must not give one origin what another one was allowed.
    const vary = this.#cors.origins.includes("*") ? undefined : { vary: "origin" };
    if (origin === undefined || !this.#mayRead(origin)) return vary ?? NONE;
    return {
      ...vary,
      "access-control-allow-origin": vary ? origin : "*",
      ...(this.#cors.credentials && { "access-control-allow-credentials": "true" }),
    };
  }

  #isWelcome(origin: string, host: string): boolean {
    return this.#maySend(origin) || this.#mayRead(origin) || isOwnOrigin(origin, host);
  }

  #preflight({ headers = [], maxAge = DEFAULT_MAX_AGE }: CorsOptions): HttpHeaders {
    return {
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": ["content-type", "authorization", ...headers].join(", "),
      "access-control-max-age": String(maxAge),
    };
  }
}

const NONE: HttpHeaders = Object.freeze({});

/** A page may always talk to where it came from. A proxy may have taken off its TLS, so the scheme does not count. */
function isOwnOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && host !== "" && new URL(origin).host === host.toLowerCase();
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, "");
}

/** Whether a host, without a port, is this machine's own and nobody else's. */
export function namesLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/i.test(host);
}

/** Whether something stands in a list, in which a star stands for anything. */
function oneOf(option: string, list: readonly string[], read: (text: string) => string) {
  if (!Array.isArray(list) || list.some((item) => typeof item !== "string")) {
    throw new TypeError(`expected an array of strings as the option http.${option}`);
  }
  if (list.includes("*")) return () => true;
  const set = new Set(list.map(read));
  return (text: string) => set.has(text);
}

function originOf(text: string): string {
  if (text === "null") return text;
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  if (origin === "null") {
    throw new TypeError(
      `expected an origin such as "https://app.example" in the option http, got ${JSON.stringify(text)}`,
    );
  }
  return origin;
}
