import { Asker } from "../../connection/answering-connection.ts";
import { LimitError } from "../../protocol/errors/limit-error.ts";
import type { LimitCounters } from "../../protocol/limit-counters.ts";
import type { Service } from "../../service/service.ts";
import { Authorizing } from "../authorizing.ts";
import { type FetchHandler, fetchHandlerOf } from "./fetch-handler.ts";
import { Gate } from "./gate.ts";
import { type NodeHandler, nodeHandlerOf } from "./node-handler.ts";
import type { HttpAccessOptions } from "./options.ts";
import type { HttpFront } from "./serve.ts";

/*
 * The entry point `tsjason/http`: a service as a handler of somebody else's HTTP server. It loads nothing of Node.js.
 */

export type { Authorize, RequestHead } from "../authorize.ts";
export { HttpStatusError, type HttpStatusErrorOptions } from "../status-error.ts";
export type { FetchHandler } from "./fetch-handler.ts";
export type { NodeHandler } from "./node-handler.ts";
export type { CorsOptions, HttpAccessOptions, HttpDialOptions, HttpHeaders, HttpListenOptions } from "./options.ts";

/**
 * How a handler is made. It does not know how its server is meant to be reached: by default hosts and origins are checked
 * for requests that come to a loopback address, as from this machine's browsers. Behind a proxy on the same machine, say
 * which hosts there are. A handler of the Fetch API is not told the address, and checks what it is told to.
 */
export type HttpHandlerOptions = HttpAccessOptions;

/** How a handler of the Fetch API is made. */
export interface FetchHandlerOptions extends HttpAccessOptions {
  /**
   * The client's IP address, by what the platform gives besides the request, for `authorize` and for handlers'
   * contexts: `(_request, info) => info.remoteAddr.hostname` on Deno. Default: it is not known.
   */
  readonly addressOf?: (request: Request, ...rest: never[]) => string | undefined;
}

/**
 * Serves a service's methods to requests of `node:http`, and of whatever is built on it. Its limits are those of
 * `service.handle`, what stops it is `service.stopServing`, and what goes wrong is for the service's logger.
 *
 * ```ts
 * createServer(nodeHandler(service)).listen(8080);
 * ```
 *
 * @throws TypeError when the options make no sense
 */
export function nodeHandler(service: Service, options: HttpHandlerOptions = {}): NodeHandler {
  return nodeHandlerOf(frontOf(service, options), { onLoopback: new Gate(options, true) });
}

/**
 * Serves a service's methods to requests of the Fetch API, as Deno, Bun, workers and Hono have them. See `nodeHandler`.
 *
 * ```ts
 * Deno.serve(fetchHandler(service));
 * ```
 *
 * @throws TypeError when the options make no sense
 */
export function fetchHandler(service: Service, options: FetchHandlerOptions = {}): FetchHandler {
  const addressOf = options.addressOf as Parameters<typeof fetchHandlerOf>[1] | undefined;
  return fetchHandlerOf(frontOf(service, options), addressOf ?? (() => undefined));
}

function frontOf(service: Service, options: HttpHandlerOptions): HttpFront {
  const { limits, logger } = service;
  const counters: LimitCounters = service.counters;
  return {
    gate: new Gate(options, false),
    authorizing: options.authorize && new Authorizing(options.authorize, limits, limits.handshakeTime),
    limits,
    counters,
    serve: (text, caller) => service.handle(text, new Asker(caller, logger)),
    failed: (error) => {
      if (error instanceof LimitError) counters[error.limit]++;
      logger.error("an HTTP request could not be served:", error);
    },
  };
}
