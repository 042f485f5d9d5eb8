import { connect } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { secureDialOptions } from "../secure.ts";
import { tapped, type WireTap } from "../wire-tap.ts";
import { HttpConnection, type HttpConnectionOwner } from "./client/connection.ts";
import { drop } from "./drop.ts";
import { NodePieces } from "./node-pieces.ts";
import type { HttpHeaders } from "./options.ts";
import type { HttpSender } from "./sender.ts";
import { writtenBody } from "./written-body.ts";

/**
 * Sends over connections of its own that are kept. The platform's `fetch` would make an eighth of the calls, gives up after
 * 300 s without an answer, and takes no options of TLS.
 *
 * @param transport - under `tls`, how to connect to an https server
 * @throws TypeError when that makes no sense
 */
export function nodeSender(url: URL, transport: Readonly<Record<string, unknown>>, tap?: WireTap): HttpSender {
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const where = { host, port: Number(url.port || (isSecure ? 443 : 80)) };
  const secure = isSecure ? { ...secureDialOptions(where, transport), allowHalfOpen: false } : undefined;
  const idle: HttpConnection[] = [];
  const all = new Set<HttpConnection>();
  const owner: HttpConnectionOwner = {
    free: (connection) => idle.push(connection),
    gone(connection) {
      all.delete(connection);
      drop(idle, connection);
    },
  };
  const dial = () => {
    const connection = secure
      ? new HttpConnection(tapped(connectSecurely(secure), tap), "secureConnect", owner)
      : new HttpConnection(tapped(connect(where), tap), "connect", owner);
    all.add(connection);
    return connection;
  };
  const start = `POST ${url.pathname}${url.search} HTTP/1.1\r\n`;
  const headOf = headWriter(start, url.host);
  /** The one that was used last: the others may be let go by the server. */
  const take = () => {
    for (let one = idle.pop(); one; one = idle.pop()) {
      if (one.isFresh) return one;
      one.destroy();
    }
    return dial();
  };
  return {
    async send(text, headers, options) {
      const body = writtenBody(text);
      return take().send(headOf(headers, body.length), body, options);
    },

    pieces: (limit) => new NodePieces(limit),

    close() {
      for (const connection of all) connection.destroy();
    },
  };
}

/** Writes heads of requests; what they have in common is kept. */
function headWriter(start: string, host: string): (headers: HttpHeaders, bytes: number) => string {
  let latest: HttpHeaders | undefined;
  let common = "";
  return (headers, bytes) => {
    if (headers !== latest) {
      const fields = Object.entries({ host, "accept-encoding": "identity", ...headers });
      common = start + fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      latest = headers;
    }
    return `${common}content-length: ${bytes}\r\n\r\n`;
  };
}
