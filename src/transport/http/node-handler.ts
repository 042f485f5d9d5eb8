import type { IncomingMessage, ServerResponse } from "node:http";
import { refused } from "./answer.ts";
import { type BodyPieces, Pieces } from "./body.ts";
import type { Gate } from "./gate.ts";
import { BrokenOff, NodeRequest, write } from "./node-request.ts";
import { answerTo, type HttpFront } from "./serve.ts";

/** What a server of Node.js does with a request. The promise resolves when the answer is written, and never rejects. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What can be made otherwise for some handlers of requests of Node.js. */
export interface NodeHandlerOptions {
  /** Lets in the requests that come over a loopback address. Default: the front's own gate. */
  readonly onLoopback?: Gate;
  /** What keeps a body. Default: {@link Pieces}. */
  readonly newPieces?: (limit: number) => BodyPieces;
}

/** Answers requests of Node.js. */
export function nodeHandlerOf(front: HttpFront, options: NodeHandlerOptions = {}): NodeHandler {
  const { limits, counters } = front;
  const { onLoopback = front.gate, newPieces = (limit) => new Pieces(limit) } = options;
  const careful = { ...front, gate: onLoopback };
  return async (request, response) => {
    try {
      const own = isLoopback(request.socket.localAddress) ? careful : front;
      const answer = await answerTo(own, new NodeRequest(request, response, newPieces));
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

/** Of an IP address, also of version 4 written as one of version 6. */
function isLoopback(address = ""): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./i.test(address);
}
