/**
 * JSON-RPC 1.0 (2005) and the working draft of 1.1 (7 August 2006), for peers that speak nothing newer.
 *
 * What says `jsonrpc` is read as 2.0 says, and so is every batch: neither version has any. Whatever is a message of 2.0
 * therefore means the same with and without this file.
 */
import { ErrorCode } from "./codes.ts";
import { type ErrorObject, INVALID_REQUEST } from "./error-object.ts";
import type { LegacyVersion, Message, Params, RequestId, ResponseMessage, SingleMessage } from "./message.ts";
import { parseMessage } from "./parse.ts";
import { rawIds } from "./raw-id.ts";
import { requestBody } from "./serialize.ts";
import { type Version, version2 } from "./version.ts";

/* The code is txjason's. */
const NAMED_PARAMS: ErrorObject = { code: -32099, message: "JSON-RPC 1.0 has no params by name" };

// Who is called.

/** Reads one text as {@link parseMessage} does, and requests of the older versions too. Never throws. */
export function parseAnyVersion(text: string, batchLength: number): Message {
  const message = parseMessage(text, batchLength);
  // Only what 2.0 can make nothing of, and is JSON, can be older.
  if (message.kind !== "invalid" || message.error !== INVALID_REQUEST) return message;
  return olderRequest(text) ?? message;
}

function olderRequest(text: string): SingleMessage | undefined {
  const request = membersOf(JSON.parse(text));
  const version = request && versionOf(request);
  if (!version) return undefined;
  const { method, params } = request;
  // Of 1.0: "id can be of any type". It comes back as it was written, whatever it is.
  const id = rawIds(text)[0] ?? "null";
  const fault = typeof method === "string" ? paramsFault(version, params) : INVALID_REQUEST;
  if (id === "null" && typeof method === "string") {
    // One that is wrong is a notification all the same: nobody answers it, and it fits no method.
    return { kind: "notification", id: undefined, method, params: fault ? NO_PARAMS : (params as Params) };
  }
  if (fault) return { kind: "invalid", version, id, error: fault };
  return { kind: "request", version, id, method: method as string, params: params as Params | undefined };
}

const NO_PARAMS = null as unknown as Params;

/** The version of a request; `undefined` when it is of none. In 1.0 nothing says so: what has a method and an id is it. */
function versionOf(request: Members): LegacyVersion | undefined {
  if (Object.hasOwn(request, "jsonrpc")) return undefined;
  if (Object.hasOwn(request, "version")) return request.version === "1.1" ? "1.1" : undefined;
  return Object.hasOwn(request, "method") && Object.hasOwn(request, "id") ? "1.0" : undefined;
}

/** Params may be left out, which 1.0 does not allow and its clients do. */
function paramsFault(version: LegacyVersion, params: unknown): ErrorObject | undefined {
  if (params === undefined || Array.isArray(params)) return undefined;
  if (typeof params !== "object" || params === null) return INVALID_REQUEST;
  return version === "1.0" ? NAMED_PARAMS : undefined;
}

/* How every answer of 2.0 starts that `serialize.ts` writes. */
const ENVELOPE = '{"jsonrpc":"2.0","id":';
const RESULT = ',"result":';
const ERROR = ',"error":';
const DATA = /^,"data":/;

/**
 * An answer in the shape of an older version.
 *
 * 1.0 has `result` and `error` both, one of them null. 1.1 has one of the two, and an error of its own shape: its `error`
 * is what 2.0 has as `data`. The codes are those of 2.0, though 1.1 wanted them between 100 and 999.
 *
 * @param id - the JSON text of the request's id
 * @param text - the answer as `resultText` or `errorText` wrote it
 */
export function answerOfVersion(version: LegacyVersion, id: string, text: string): string {
  const rest = text.slice(ENVELOPE.length + id.length, -1);
  const isResult = rest.startsWith(RESULT);
  if (version === "1.0") return isResult ? `{"id":${id}${rest},"error":null}` : `{"id":${id},"result":null${rest}}`;
  if (isResult) return `{"version":"1.1","id":${id}${rest}}`;
  const error = rest.slice(ERROR.length);
  const { code, message } = JSON.parse(error) as ErrorObject;
  const start = JSON.stringify({ code, message }).slice(0, -1);
  // As text: what was written once, however deep it is, need not be written again.
  const data = error.slice(start.length).replace(DATA, ',"error":');
  return `{"version":"1.1","id":${id},"error":{"name":"JSONRPCError",${start.slice(1)}${data}}`;
}

// Who calls.

/** JSON-RPC 1.0, which has no batches and no params by name. It takes answers of 2.0 too: some servers know no other. */
const version1: Version = {
  hasBatches: false,
  requestBody(method, params = []) {
    if (membersOf(params)) throw new TypeError("JSON-RPC 1.0 has no params by name: give an array");
    return requestBody(method, params as Params);
  },
  requestText: (id, body) => `{"id":${id}${body}`,
  notificationText: (body) => `{"id":null${body}`,
  parse(text, batchLength) {
    const message = parseAnyVersion(text, batchLength);
    if (message.kind !== "response" || message.flaw === undefined) return message;
    return olderResponse(JSON.parse(text) as Members) ?? message;
  },
};

const versions = new Map<unknown, Version>([
  ["1.0", version1],
  ["2.0", version2],
]);

/** @throws RangeError when a caller cannot speak it */
export function versionNamed(name: "1.0" | "2.0"): Version {
  const version = versions.get(name);
  if (!version) throw new RangeError(`expected "1.0" or "2.0" as version, got ${String(name)}`);
  return version;
}

function olderResponse(response: Members): ResponseMessage | undefined {
  if (Object.hasOwn(response, "jsonrpc")) return undefined;
  const { id, result, error = null } = response;
  const isId = typeof id === "number" || typeof id === "string" || id === null;
  return {
    kind: "response",
    id: isId ? (id as RequestId) : undefined,
    rawId: undefined,
    result,
    error: error === null ? undefined : errorOf(error),
    flaw: isId ? flawOf(result, error) : "it has no id",
  };
}

/** Servers leave out the one that is null, although 1.0 wants both. */
function flawOf(result: unknown, error: unknown): string | undefined {
  if (error === null) return result === undefined ? "it has neither a result nor an error" : undefined;
  return result === undefined || result === null ? undefined : "it has both a result and an error";
}

/** 1.0 says nothing of what an error is. What is not shaped as one becomes the data of a "Server error". */
function errorOf(error: unknown): ErrorObject {
  const { code, message, data, error: inner } = membersOf(error) ?? {};
  if (Number.isInteger(code) && typeof message === "string")
    return { code: code as number, message, data: data ?? inner };
  const words = typeof error === "string" ? error : message;
  return { code: ErrorCode.ServerError, message: typeof words === "string" ? words : "Server error", data: error };
}

/** An object as it came out of JSON. */
type Members = { readonly [name: string]: unknown };

function membersOf(value: unknown): Members | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}
