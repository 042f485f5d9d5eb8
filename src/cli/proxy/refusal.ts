import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { INTERNAL_ERROR, SERVER_TIMEOUT, SERVICE_UNAVAILABLE } from "../../protocol/error-object.ts";
import { errorText } from "../../protocol/serialize.ts";
import { repliesTo } from "../wire/replies.ts";
import { TargetTimeoutError } from "./target-timeout-error.ts";

/**
 * What a proxy answers to a text that its target did not: -32097 where it was not sent, -32098 where the time was up, -32603
 * for all else. But for the first, only the target knows what became of it.
 *
 * @returns `undefined` when nothing in the text wants an answer
 */
export function refusalOf(text: string, error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  const answer = isUnreached(error)
    ? { ...SERVICE_UNAVAILABLE, data: { reason: `the proxy's target was not reached: ${message}`, executed: false } }
    : {
        ...(error instanceof TargetTimeoutError ? SERVER_TIMEOUT : INTERNAL_ERROR),
        data: { reason: `the proxy's target did not answer: ${message}` },
      };
  return repliesTo(text, ({ id }) => errorText(id, answer));
}

/** Whether a text was not sent. */
export function isUnreached(error: unknown): boolean {
  if (error instanceof ExchangeError) return error.kind === "unreachable";
  return !(error instanceof TargetTimeoutError);
}
