import type { ExchangeCaller, ServeExchange } from "../../connection/exchange.ts";
import { LimitError } from "../../protocol/errors/limit-error.ts";
import type { LimitCounters } from "../../protocol/limit-counters.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { PeerInfo, RequestHeaders } from "../../service/peer.ts";
import type { Authorizing } from "../authorizing.ts";
import { HttpStatusError } from "../status-error.ts";
import { type HttpAnswer, NO_TEXT, refused, served, tooLong } from "./answer.ts";
import type { BodyPieces } from "./body.ts";
import type { Gate, Visitor } from "./gate.ts";

/** What a server over HTTP is made of, whatever brings the requests. */
export interface HttpFront {
  readonly gate: Gate;
  readonly authorizing: Authorizing | undefined;
  readonly limits: Limits;
  readonly counters: LimitCounters;
  readonly serve: ServeExchange;
  /** Where to report what is nobody's answer. */
  readonly failed: (error: Error) => void;
}

/** A request, whatever brings it. */
export interface HttpRequest extends Visitor {
  /** Path and query, as the client wrote them. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** Who sends it, as far as the connection tells. */
  readonly peer: PeerInfo;
  /** Aborts when they have left before they were answered. */
  readonly signal: AbortSignal;
  /**
   * Reads the body.
   *
   * @returns `undefined` when it has more bytes than that; the rest is not read
   * @throws as a rejection, when it breaks off
   */
  read(limit: number): Promise<BodyPieces | undefined>;
}

/**
 * Answers a request.
 *
 * @throws as a rejection, when its body breaks off, or cannot be read
 */
export async function answerTo(front: HttpFront, request: HttpRequest): Promise<HttpAnswer> {
  const answer = front.gate.refusal(request) ?? (await letIn(front, request));
  const readable = front.gate.readable(request);
  return { ...answer, headers: { ...answer.headers, ...readable } };
}

async function letIn(front: HttpFront, request: HttpRequest): Promise<HttpAnswer> {
  const { authorizing, counters } = front;
  const { messageBytes } = front.limits;
  // What is announced is refused before it comes; what is not, when it is too much.
  if (Number(request.header("content-length") ?? 0) > messageBytes) return tooLong(messageBytes, counters);
  const { url, headers, peer } = request;
  let auth: unknown;
  if (authorizing) {
    const decided = await decide(authorizing, request, front.failed);
    if ("status" in decided) return decided;
    auth = decided.auth;
  }
  const body = await request.read(messageBytes);
  if (body === undefined) return tooLong(messageBytes, counters);
  let text: string;
  try {
    text = body.text();
  } catch {
    return NO_TEXT;
  }
  const answer = front.serve(text, new Requester(request, { ...peer, http: { url, headers, auth } }));
  return served(answer instanceof Promise ? await answer : answer);
}

/** A class, since a literal with a getter takes longer to make than all else that is made of it. */
class Requester implements ExchangeCaller {
  readonly peer: PeerInfo;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest, peer: PeerInfo) {
    this.#request = request;
    this.peer = peer;
  }

  /** Made when somebody looks at it: a method that answers at once needs none. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }
}

async function decide(
  authorizing: Authorizing,
  request: HttpRequest,
  failed: (error: Error) => void,
): Promise<HttpAnswer | { readonly auth: unknown }> {
  try {
    const { url, headers, peer } = request;
    return { auth: await authorizing.decide({ url, headers, peer }) };
  } catch (error) {
    if (error instanceof HttpStatusError && error.status >= 400) {
      if (error.cause instanceof LimitError) failed(error.cause);
      return refused(error.status, error.message, error.headers);
    }
    failed(new Error("the authorize hook failed", { cause: error }));
    return refused(500, "whether this request may come in could not be decided");
  }
}
