import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { INTERNAL_ERROR, SERVICE_UNAVAILABLE } from "../../protocol/error-object.ts";
import { errorText } from "../../protocol/serialize.ts";
import { repliesTo } from "../wire/replies.ts";

/**
 * What a proxy answers to a text that its target did not: -32097 where it was not sent, -32603 where only the target knows.
 *
 * @returns `undefined` when nothing in the text wants an answer
 */
export function refusalOf(text: string, error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  const unreached = !(error instanceof ExchangeError) || error.kind === "unreachable";
  const answer = unreached
    ? { ...SERVICE_UNAVAILABLE, data: { reason: `the proxy's target was not reached: ${message}`, executed: false } }
    : { ...INTERNAL_ERROR, data: { reason: `the proxy's target did not answer: ${message}` } };
  return repliesTo(text, ({ id }) => errorText(id, answer));
}
