/** `tsjason/websocket`: WebSockets on an HTTP server that is there for other things too. */
import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { untrusted } from "../../protocol/limits.ts";
import type { Attachment } from "../transport.ts";
import { listenSettings, type WebSocketListenOptions } from "./options.ts";
import { takePath } from "./paths.ts";
import { Upgrades } from "./upgrades.ts";

/** Where on an HTTP server WebSockets are taken, and which. */
export interface WebSocketAttachOptions extends WebSocketListenOptions {
  /** The path, exactly: `/rpc`. The request's query is not looked at. */
  readonly path: string;
}

/**
 * Takes WebSockets on a path of an HTTP server, beside its other routes:
 *
 * ```ts
 * const http = createServer(app);
 * const server = new Server(service);
 * server.attach(webSocketsOn(http, { path: "/rpc" }));
 * ```
 *
 * Other requests and other upgrades are left to who else listens for them; an upgrade for a path that nobody is there for
 * gets a 404. The HTTP server has its own limit on how long a client has to ask, and is not closed with the other.
 *
 * @throws TypeError, RangeError when an option makes no sense
 * @throws Error, when it is attached, where the path is taken
 */
export function webSocketsOn(http: HttpServer | HttpsServer, options: WebSocketAttachOptions): Attachment {
  const { path } = options;
  if (typeof path !== "string" || !/^\/[^?#]*$/.test(path)) {
    throw new TypeError(`expected a path like "/rpc" as the option path, got ${JSON.stringify(path)}`);
  }
  // Said now, rather than when it is attached.
  listenSettings(options, untrusted);
  return {
    limits: untrusted,
    listen(accepting, accept) {
      const settings = listenSettings(options, accepting.limits);
      const upgrades = new Upgrades(settings, accepting, accept);
      const release = takePath(http, path, upgrades);
      return {
        get address() {
          return addressOf(http, path);
        },
        async close() {
          release();
          upgrades.close();
        },
      };
    },
  };
}

/** Where to dial. Without a host until the HTTP server listens. */
function addressOf(http: HttpServer | HttpsServer, path: string): string {
  const scheme = "setSecureContext" in http ? "wss" : "ws";
  const where = http.address() as AddressInfo | string | null;
  if (where === null || typeof where === "string") return `${scheme}:${path}`;
  const host = where.family === "IPv6" ? `[${where.address}]` : where.address;
  return `${scheme}://${host}:${where.port}${path}`;
}
