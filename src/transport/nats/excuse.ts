import { type ErrorObject, INTERNAL_ERROR, overLimit } from "../../protocol/error-object.ts";
import { isLongerThan } from "../../protocol/limits.ts";
import type { SingleMessage } from "../../protocol/message.ts";
import { parseMessage } from "../../protocol/parse.ts";
import { batchText, errorText } from "../../protocol/serialize.ts";

/**
 * What to answer where the answer is too long to be sent: -32603 for each of its ids, with `data.limit`. The calls have
 * been executed.
 *
 * @param answer - what the service says
 * @param max - in bytes
 */
export function excuse(answer: string, max: number): string {
  const error = overLimit(INTERNAL_ERROR, "maxPayload", max);
  const message = parseMessage(answer, Number.POSITIVE_INFINITY);
  if (message.kind !== "batch") return excuseFor(message, error);
  const text = batchText(message.members.map((member) => excuseFor(member, error)));
  // Ids can be long, and many.
  return isLongerThan(text, max) ? errorText("null", error) : text;
}

function excuseFor(message: SingleMessage, error: ErrorObject): string {
  if (message.kind !== "response") return errorText("null", error);
  return errorText(message.rawId ?? JSON.stringify(message.id ?? null), error);
}
