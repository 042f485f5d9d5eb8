import { INVALID_REQUEST, overLimit, PARSE_ERROR } from "../../protocol/error-object.ts";
import type { LimitCounters } from "../../protocol/limit-counters.ts";
import { errorText } from "../../protocol/serialize.ts";
import type { HttpHeaders } from "./options.ts";

/** What a request gets, whoever sends it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The body, or nothing. */
  readonly body: string | undefined;
}

const JSON_TYPE: HttpHeaders = Object.freeze({ "content-type": "application/json" });

/**
 * What the service says.
 *
 * Its errors have status 200 too: the status tells of HTTP, and the body of the call. A batch could have no other, and
 * what stands between the two ends (proxies, caches, clients that throw) makes up its own mind about any other.
 */
export function served(text: string | undefined): HttpAnswer {
  return text === undefined ? NOTHING : { status: 200, headers: JSON_TYPE, body: text };
}

const NOTHING: HttpAnswer = Object.freeze({ status: 204, headers: Object.freeze({}), body: undefined });

/** For a body that is no text. */
export const NO_TEXT: HttpAnswer = served(errorText("null", PARSE_ERROR));

/** For a body of more than so many bytes. */
export function tooLong(messageBytes: number, counters: LimitCounters): HttpAnswer {
  counters.messageBytes++;
  const body = errorText("null", overLimit(INVALID_REQUEST, "messageBytes", messageBytes));
  return { status: 413, headers: JSON_TYPE, body };
}

/** For what never gets to the service. */
export function refused(status: number, why: string, headers: HttpHeaders = {}): HttpAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: `${why}\n` };
}
