import type { IncomingMessage, ServerResponse } from "node:http";
import { refused } from "./answer.ts";
import { BrokenOff, NodeRequest, write } from "./node-request.ts";
import { answerTo, type HttpFront } from "./serve.ts";

/** What a server of Node.js does with a request. The promise resolves when the answer is written, and never rejects. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers requests of Node.js. */
export function nodeHandlerOf(front: HttpFront): NodeHandler {
  const { limits, counters } = front;
  return async (request, response) => {
    try {
      const answer = await answerTo(front, new NodeRequest(request, response));
      if (!response.destroyed) write(request, response, answer, limits, counters);
    } catch (error) {
      if (error instanceof BrokenOff) return;
      front.failed(error instanceof Error ? error : new Error(String(error)));
      if (!response.headersSent && !response.destroyed) {
        write(request, response, refused(500, "this cannot be served"), limits, counters);
      }
    }
  };
}
