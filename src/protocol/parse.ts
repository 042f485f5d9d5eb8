import { type ErrorObject, INVALID_REQUEST, overLimit, PARSE_ERROR } from "./error-object.ts";
import type {
  InvalidMessage,
  Message,
  NotificationMessage,
  Params,
  RequestId,
  RequestMessage,
  ResponseMessage,
  SingleMessage,
} from "./message.ts";
import { mayHoldLongIds, rawIds } from "./raw-id.ts";
import { readJson } from "./read-json.ts";
import { closingQuote, hasAt } from "./scan.ts";
import { traceOf } from "./trace-context.ts";

/**
 * Reads one text. Never throws: what is wrong with it is an {@link InvalidMessage}, which carries the error to answer
 * it with.
 *
 * @param batchLength - how many members a batch may have; more make it one Invalid Request with `data.limit`
 */
export function parseMessage(text: string, batchLength: number): Message {
  return parseUsual(text) ?? parseUsualBatch(text, batchLength) ?? parseAny(text, batchLength);
}

function parseAny(text: string, batchLength: number): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid(PARSE_ERROR);
  }
  if (!Array.isArray(value)) return classify(value, idsAsWritten(text)?.[0]);
  if (value.length === 0) return invalid(INVALID_REQUEST);
  if (value.length > batchLength) return invalid(overLimit(INVALID_REQUEST, "batchLength", batchLength));
  const ids = idsAsWritten(text);
  return { kind: "batch", members: value.map((member, index) => classify(member, ids?.[index])) };
}

/** Reads what is known not to be a batch. */
function parseOne(text: string): SingleMessage | undefined {
  try {
    return classify(JSON.parse(text), idsAsWritten(text)?.[0]);
  } catch {
    return undefined;
  }
}

function idsAsWritten(text: string): readonly (string | undefined)[] | undefined {
  return mayHoldLongIds(text) ? rawIds(text) : undefined;
}

function invalid(error: ErrorObject, id = "null"): InvalidMessage {
  return { kind: "invalid", id, error };
}

/** What a value is, by the letter of sections 4 and 5. `rawId` is its id as it was written, where that may matter. */
function classify(value: unknown, rawId: string | undefined): SingleMessage {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return invalid(INVALID_REQUEST);
  const message = value as Record<string, unknown>;
  // Own members only: the object's prototype is not part of the message, and `__proto__` in JSON is a plain member.
  if (!Object.hasOwn(message, "method") && (Object.hasOwn(message, "result") || Object.hasOwn(message, "error"))) {
    return classifyResponse(message, rawId);
  }
  const { method, params } = message;
  const hasId = Object.hasOwn(message, "id");
  const id = hasId ? idText(message.id, rawId) : undefined;
  if (message.jsonrpc !== "2.0" || typeof method !== "string") {
    const isNoRequest = hasId && typeof message.id === "number" && !Object.hasOwn(message, "method");
    return isNoRequest
      ? { ...invalid(INVALID_REQUEST, id), answers: message.id as number }
      : invalid(INVALID_REQUEST, id);
  }
  if (!hasId) {
    return withTrace({ kind: "notification", id: undefined, method, params: params as Params | undefined }, message);
  }
  if (id === undefined) return invalid(INVALID_REQUEST);
  if (Object.hasOwn(message, "params") && (typeof params !== "object" || params === null)) {
    return invalid(INVALID_REQUEST, id);
  }
  return withTrace({ kind: "request", id, method, params: params as Params | undefined }, message);
}

/** Few have one, and only those pay for it. */
function withTrace<M extends RequestMessage | NotificationMessage>(call: M, message: Record<string, unknown>): M {
  if (message.traceparent === undefined) return call;
  const trace = traceOf(message);
  return trace ? { ...call, trace } : call;
}

/** The JSON text of an id; `undefined` when it is not one. */
function idText(id: unknown, raw: string | undefined): string | undefined {
  if (typeof id === "number") return raw ?? String(id);
  return typeof id === "string" || id === null ? JSON.stringify(id) : undefined;
}

function classifyResponse(message: Record<string, unknown>, rawId: string | undefined): ResponseMessage {
  const { id, result, error } = message;
  const flaw = responseFlaw(message);
  return {
    kind: "response",
    id: isRequestId(id) ? id : undefined,
    rawId: typeof id === "number" ? rawId : undefined,
    result,
    error: flaw === undefined && Object.hasOwn(message, "error") ? (error as ErrorObject) : undefined,
    flaw,
  };
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === "number" || typeof id === "string" || id === null;
}

function responseFlaw(message: Record<string, unknown>): string | undefined {
  if (message.jsonrpc !== "2.0") return 'it does not say "jsonrpc": "2.0"';
  if (!Object.hasOwn(message, "id") || !isRequestId(message.id)) return "it has no id";
  if (!Object.hasOwn(message, "error")) return undefined;
  if (Object.hasOwn(message, "result")) return "it has both a result and an error";
  const error = message.error as Partial<ErrorObject> | null | undefined;
  if (typeof error !== "object" || error === null) return "its error is not an object";
  if (!Number.isInteger(error.code)) return "its error's code is not an integer";
  if (typeof error.message !== "string") return "its error's message is not a string";
  return undefined;
}

/*
 * The usual message at a glance. Requests, notifications and results as `serialize.ts` writes them start with fixed text, so the
 * envelope is read by comparing, and only params or result are read as JSON. It is exact: whatever differs in
 * the least, duplicate members among it, fails one of the comparisons or the inner reading, and is read again the
 * general way.
 */

/* The fixed parts, none longer than 12 characters, see `hasAt`. */
const VERSION = '{"jsonrpc":';
const ID = '"2.0","id":';
const ID_AT = VERSION.length + ID.length;
const NO_ID = '"2.0"';
const NO_ID_END = VERSION.length + NO_ID.length;
const METHOD = ',"method":"';
const PARAMS = ',"params":';
const RESULT = ',"result":';
/* Fifteen digits always fit a JavaScript number to the last. */
const MAX_ID_DIGITS = 15;
const CLOSE_BRACE = 0x7d;
const ZERO = 0x30;

function parseUsual(text: string): SingleMessage | undefined {
  const last = text.length - 1;
  if (!hasAt(text, VERSION, 0) || text.charCodeAt(last) !== CLOSE_BRACE) return undefined;
  if (!hasAt(text, ID, VERSION.length)) return usualNotification(text, last);
  let at = ID_AT;
  let id = 0;
  for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
    id = id * 10 + digit;
    at++;
  }
  const digits = at - ID_AT;
  if (digits === 0 || digits > MAX_ID_DIGITS || (digits > 1 && text.charCodeAt(ID_AT) === ZERO)) return undefined;
  if (hasAt(text, RESULT, at)) return usualResponse(text, id, at + RESULT.length, last);
  if (hasAt(text, METHOD, at)) return usualCall(text, text.substring(ID_AT, at), at + METHOD.length, last);
  return undefined;
}

function usualNotification(text: string, last: number): SingleMessage | undefined {
  if (!hasAt(text, NO_ID, VERSION.length) || !hasAt(text, METHOD, NO_ID_END)) return undefined;
  return usualCall(text, undefined, NO_ID_END + METHOD.length, last);
}

function usualResponse(text: string, id: number, start: number, last: number): SingleMessage | undefined {
  let result: unknown;
  try {
    result = readJson(text, start, last);
  } catch {
    return undefined;
  }
  return { kind: "response", id, rawId: undefined, result, error: undefined, flaw: undefined };
}

/** @param start - where the method's name does */
function usualCall(text: string, id: string | undefined, start: number, last: number): SingleMessage | undefined {
  const end = closingQuote(text, start);
  if (end < 0) return undefined;
  const method = text.substring(start, end);
  if (end + 1 === last) return callOf(id, method, undefined);
  if (!hasAt(text, PARAMS, end + 1)) return undefined;
  let params: unknown;
  try {
    params = readJson(text, end + 1 + PARAMS.length, last);
  } catch {
    return undefined;
  }
  return typeof params === "object" && params !== null ? callOf(id, method, params as Params) : undefined;
}

function callOf(id: string | undefined, method: string, params: Params | undefined): SingleMessage {
  return id === undefined ? { kind: "notification", id, method, params } : { kind: "request", id, method, params };
}

/*
 * A batch of usual messages, cut where one seems to end and another to begin. It is exact as well: when each part is JSON
 * by itself, then those parts are the members, wherever else the same characters may stand.
 */

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const BETWEEN = `},${VERSION}"2.0",`;

function parseUsualBatch(text: string, batchLength: number): Message | undefined {
  const last = text.length - 1;
  if (text.charCodeAt(0) !== OPEN_BRACKET || text.charCodeAt(last) !== CLOSE_BRACKET) return undefined;
  if (!hasAt(text, VERSION, 1)) return undefined;
  const members: SingleMessage[] = [];
  for (let start = 1; start < last; ) {
    const found = text.indexOf(BETWEEN, start);
    const end = found < 0 ? last : found + 1;
    const part = text.substring(start, end);
    const member = parseUsual(part) ?? parseOne(part);
    if (!member || members.length === batchLength) return undefined;
    members.push(member);
    start = end + 1;
  }
  return { kind: "batch", members };
}
