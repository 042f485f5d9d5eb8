import { type ErrorObject, INTERNAL_ERROR } from "./error-object.ts";
import type { Params } from "./message.ts";
import { hasToJson, jsonOf, LAST_DIGITS } from "./write-json.ts";

/*
 * Values to text. The members of a message always stand in the same order, id before the rest, which is what lets
 * the parser on the other end recognise the usual message at a glance.
 */

/** What of a request does not depend on its id: `,"method":…,"params":…}`. */
export type RequestBody = string;

/** How a request's body starts that has params, and what one is without any. */
interface MethodPart {
  /** `,"method":…,"params":` */
  readonly beforeParams: string;
  /** `,"method":…}` */
  readonly alone: string;
}

/* Quoting a name anew for each call costs 4% of a call. The bound keeps made-up names from growing it for ever. */
const methodParts = new Map<string, MethodPart>();
const MAX_METHOD_PARTS = 1_000;

function methodPart(method: string): MethodPart {
  let part = methodParts.get(method);
  if (part === undefined) {
    const quoted = JSON.stringify(method);
    part = { beforeParams: `,"method":${quoted},"params":`, alone: `,"method":${quoted}}` };
    // The key is a copy: the name itself may be cut from a text, which it would keep alive.
    if (methodParts.size < MAX_METHOD_PARTS) methodParts.set(JSON.parse(quoted) as string, part);
  }
  return part;
}

/**
 * The part of a request or notification that is its own.
 *
 * @throws TypeError when the method is no string or the params are neither array nor object, or cannot be written
 * as JSON
 */
export function requestBody(method: string, params: Params | undefined): RequestBody {
  if (typeof method !== "string") throw new TypeError(`expected a string as the method's name, got ${typeof method}`);
  if (params === undefined) return methodPart(method).alone;
  if (typeof params !== "object" || params === null) {
    throw new TypeError(`expected an array or an object as params, got ${params === null ? "null" : typeof params}`);
  }
  const json = jsonOf(params);
  if (json === undefined || !isStructure(json, params)) {
    const got = json && json.length > 60 ? `${json.slice(0, 60)}…` : json;
    throw new TypeError(`expected params that JSON writes as an array or an object, got ${got}`);
  }
  return `${methodPart(method).beforeParams}${json}}`;
}

/**
 * Whether JSON text is that of an array or an object. To look at a character of text that was made of parts joins them, for
 * 1 MiB half as much work as making it. So where it may be of parts, the params are looked at first.
 */
function isStructure(json: string, params: Params): boolean {
  if ((json.length > LONG_JSON || Array.isArray(params)) && isWrittenAsIs(params)) return true;
  return json[0] === "[" || json[0] === "{";
}

const LONG_JSON = 512;

/** Whether JSON writes it as what it is, for sure. */
function isWrittenAsIs(params: Params): boolean {
  const prototype = Object.getPrototypeOf(params);
  if (prototype !== Array.prototype && prototype !== Object.prototype) return false;
  return !hasToJson(params);
}

/* How requests with ids of the current thousand start; for the rest of an id see `LAST_DIGITS`. */
let thousands = 0;
let start = "";

/**
 * A request (section 4).
 *
 * @param id - a whole number from 1 up
 */
export function requestText(id: number, body: RequestBody): string {
  if (id < 1_000) return `{"jsonrpc":"2.0","id":${id}${body}`;
  if (Math.floor(id / 1_000) !== thousands) {
    thousands = Math.floor(id / 1_000);
    start = `{"jsonrpc":"2.0","id":${thousands}`;
  }
  return start + LAST_DIGITS[id - thousands * 1_000] + body;
}

/** A notification (section 4.1). */
export function notificationText(body: RequestBody): string {
  return `{"jsonrpc":"2.0"${body}`;
}

/**
 * An answer with a result (section 5). `undefined` is answered as `null`: JSON has no word for it.
 *
 * @param id - the JSON text of the request's id
 * @throws when JSON cannot hold the result
 */
export function resultText(id: string, result: unknown): string {
  const json = jsonOf(result);
  if (json === undefined) {
    if (typeof result === "function" || typeof result === "symbol") {
      throw new TypeError(`JSON cannot hold a ${typeof result}`);
    }
    return `{"jsonrpc":"2.0","id":${id},"result":null}`;
  }
  return `{"jsonrpc":"2.0","id":${id},"result":${json}}`;
}

/**
 * An answer with an error (section 5.1). Data that JSON cannot hold is left out rather than losing the answer; an error
 * whose code is no integer or whose message is no string, which no caller could read, goes out as -32603.
 *
 * @param id - the JSON text of the request's id, `null` where it could not be read
 */
export function errorText(id: string, error: ErrorObject): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${errorJson(error)}}`;
}

function errorJson(error: ErrorObject): string {
  try {
    const { code, message } = error;
    if (!Number.isInteger(code) || typeof message !== "string") return JSON.stringify(INTERNAL_ERROR);
    try {
      const { data } = error;
      return JSON.stringify(data === undefined ? { code, message } : { code, message, data });
    } catch {
      return JSON.stringify({ code, message });
    }
  } catch {
    return JSON.stringify(INTERNAL_ERROR);
  }
}

/** A batch of texts, requests or answers (section 6). */
export function batchText(members: readonly string[]): string {
  return `[${members.join(",")}]`;
}
