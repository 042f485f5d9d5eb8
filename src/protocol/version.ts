import type { Message } from "./message.ts";
import { parseMessage } from "./parse.ts";
import { notificationText, type RequestBody, requestBody, requestText } from "./serialize.ts";

/** A version of JSON-RPC, as a caller speaks it: how calls are written, and how what arrives is read. */
export interface Version {
  /** Whether several calls can travel as one message. */
  readonly hasBatches: boolean;
  /** @throws TypeError when the params cannot be written, or are none of this version */
  requestBody(method: string, params: unknown): RequestBody;
  requestText(id: number, body: RequestBody): string;
  notificationText(body: RequestBody): string;
  /** Reads one text. Never throws. See {@link parseMessage}. */
  parse(text: string, batchLength: number): Message;
}

/** JSON-RPC 2.0. */
export const version2: Version = {
  hasBatches: true,
  requestBody: requestBody as Version["requestBody"],
  requestText,
  notificationText,
  parse: parseMessage,
};
