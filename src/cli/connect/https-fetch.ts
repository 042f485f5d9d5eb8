import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { Readable } from "node:stream";
import type { TlsDialOptions } from "../../transport/secure.ts";

/** As much of `fetch` as a client needs, by Node.js' own agent: it can be told whom to trust, and the platform's cannot. */
export function httpsFetch(tls: TlsDialOptions): typeof fetch {
  const agent = new Agent({ ...tls, keepAlive: true });
  return async (input, init = {}) => {
    const { method = "GET", body, signal } = init;
    const headers = Object.fromEntries(new Headers(init.headers));
    const sent = request(String(input), { agent, method, headers, ...(signal && { signal }) });
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    // What breaks later shows where the body is read.
    sent.on("error", () => {});
    const { statusCode: status = 0 } = response;
    const stream = status === 204 || status === 304 ? null : (Readable.toWeb(response) as ReadableStream<Uint8Array>);
    return new Response(stream, { status, headers: headersOf(response) });
  };
}

function headersOf({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [value].flat().map((each): [string, string] => [name, each]),
  );
}
