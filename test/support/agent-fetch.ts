import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { type Agent, request } from "node:https";
import { Readable } from "node:stream";

/** As much of `fetch` as a client needs, by an agent of Node.js: it can be told whom to trust, and the platform's cannot. */
export function agentFetch(agent: Agent): typeof fetch {
  return async (input, init = {}) => {
    const { method, body, signal } = init;
    const headers = Object.fromEntries(new Headers(init.headers));
    const sent = request(String(input), { agent, headers, ...(method && { method }), ...(signal && { signal }) });
    sent.end(body);
    const [response]: IncomingMessage[] = await once(sent, "response");
    if (!response) throw new Error("no response");
    const { statusCode: status = 0 } = response;
    const stream = status === 204 ? null : (Readable.toWeb(response) as ReadableStream<Uint8Array>);
    return new Response(stream, { status, headers: response.headers as Record<string, string> });
  };
}
