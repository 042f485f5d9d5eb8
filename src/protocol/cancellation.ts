import type { Params } from "./message.ts";
import { type RequestBody, requestBody } from "./serialize.ts";

/**
 * In whose words a request is cancelled. JSON-RPC itself has none; two protocols over it have each their own.
 *
 * - `lsp`: `$/cancelRequest` with `{ id }`, Language Server Protocol 3.17, "Cancellation Support". Also vscode-jsonrpc's.
 * - `mcp`: `notifications/cancelled` with `{ requestId, reason? }`, Model Context Protocol 2025-06-18, "Cancellation".
 */
export type CancelDialect = "lsp" | "mcp";

/** What a dialect says of cancelling. */
export interface Cancellation {
  /** The name of its notification. */
  readonly method: string;
  /** The name of the param that holds the id of the request. */
  readonly idParam: string;
  /** Whether it has a param `reason`. */
  readonly hasReason: boolean;
  /** Whether a request that was cancelled is still answered, with -32800. */
  readonly isAnswered: boolean;
  /** The one request that is never cancelled. */
  readonly exempt: string | undefined;
}

const dialects = new Map<unknown, Cancellation>([
  ["lsp", { method: "$/cancelRequest", idParam: "id", hasReason: false, isAnswered: true, exempt: undefined }],
  [
    "mcp",
    {
      method: "notifications/cancelled",
      idParam: "requestId",
      hasReason: true,
      isAnswered: false,
      exempt: "initialize",
    },
  ],
]);

/**
 * What a dialect says; `undefined` for none.
 *
 * @throws RangeError when there is no such dialect
 */
export function cancellationIn(dialect: CancelDialect | undefined): Cancellation | undefined {
  if (dialect === undefined) return undefined;
  const cancellation = dialects.get(dialect);
  if (!cancellation) throw new RangeError(`expected "lsp" or "mcp" as cancel, got ${String(dialect)}`);
  return cancellation;
}

/** The notification that cancels a request, but for its envelope. */
export function cancelBody(
  { method, idParam, hasReason }: Cancellation,
  id: number,
  reason: string | undefined,
): RequestBody {
  return requestBody(method, hasReason && reason !== undefined ? { [idParam]: id, reason } : { [idParam]: id });
}

/** What such a notification says. */
export interface CancelNotice {
  /** Which request, see {@link lookupId}. */
  readonly id: string | number;
  readonly reason: string | undefined;
}

/** Reads a notification's params; `undefined` when they name no request. */
export function cancelNotice(
  { idParam, hasReason }: Cancellation,
  params: Params | undefined,
): CancelNotice | undefined {
  if (typeof params !== "object" || params === null || Array.isArray(params)) return undefined;
  const { [idParam]: given, reason } = params as { readonly [name: string]: unknown };
  const id = lookupId(given);
  if (id === undefined) return undefined;
  return { id, reason: hasReason && typeof reason === "string" ? reason : undefined };
}

/**
 * An id as one by which requests can be told apart: strings, and numbers that JavaScript holds exactly. Any other
 * could stand for a neighbour too, and what cannot be told apart is better not cancelled.
 */
export function lookupId(id: unknown): string | number | undefined {
  if (typeof id === "string") return id;
  return typeof id === "number" && Math.abs(id) <= Number.MAX_SAFE_INTEGER ? id : undefined;
}
