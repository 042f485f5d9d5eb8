import { fromErrorObject, saysDraining } from "../protocol/errors/from-error-object.ts";
import type { RpcError } from "../protocol/errors/rpc-error.ts";
import type { ResponseMessage } from "../protocol/message.ts";
import type { Logger } from "../service/logger.ts";
import { InvalidResponseError } from "./errors/invalid-response-error.ts";
import type { PendingCall } from "./pending-call.ts";

/*
 * What becomes of answers, whatever brought them.
 */

/** Gives a call, which is no longer pending, its answer. */
export function settle(call: PendingCall, { error, result, flaw }: ResponseMessage): void {
  if (flaw !== undefined) call.reject(new InvalidResponseError(call.method, flaw));
  else if (error) call.reject(fromErrorObject(error));
  else call.resolve(result);
}

/** Whether an answer says that the call was not executed since the peer is closing. */
export function isRefusalOfClosing({ error }: ResponseMessage): boolean {
  return error !== undefined && saysDraining(error);
}

/** Reports an answer to a call that is no JSON-RPC 2.0. */
export function logFlaw(flaw: string, who: string, logger: Pick<Logger, "warn">): void {
  logger.warn(`${who} sent an answer that is no JSON-RPC 2.0: ${flaw}`);
}

/**
 * Reports an answer that no call awaits.
 *
 * @returns the error that it carries, if it does
 */
export function logStray(
  { id, error, flaw }: ResponseMessage,
  who: string,
  logger: Pick<Logger, "warn">,
): RpcError | undefined {
  const complaint = error && fromErrorObject(error);
  const shown = JSON.stringify(id)?.slice(0, 100);
  logger.warn(
    `${who} sent an answer that no call awaits (id ${shown})${flaw ? `: ${flaw}` : ""}`,
    ...(complaint ? [complaint] : []),
  );
  return complaint;
}
